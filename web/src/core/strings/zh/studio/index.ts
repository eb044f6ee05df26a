/** The studio, in Chinese. */

import type { StudioStrings } from "../../studio";
import { compare } from "./compare";
import { examples } from "./examples";
import { findings } from "./findings";
import { general } from "./general";
import { methods } from "./methods";
import { projects } from "./projects";
import { releases } from "./releases";
import { test } from "./test";
import { training } from "./training";

export const studio: StudioStrings = {
  general,
  projects,
  examples,
  findings,
  test,
  methods,
  training,
  compare,
  releases,
};
