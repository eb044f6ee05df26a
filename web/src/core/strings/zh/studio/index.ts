/** The studio, in Chinese. */

import type { StudioStrings } from "../../studio";
import { examples } from "./examples";
import { findings } from "./findings";
import { general } from "./general";
import { methods } from "./methods";
import { projects } from "./projects";
import { test } from "./test";

export const studio: StudioStrings = { general, projects, examples, findings, test, methods };
