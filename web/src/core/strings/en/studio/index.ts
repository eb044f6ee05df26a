/** The studio, in English. */

import { examples } from "./examples";
import { findings } from "./findings";
import { general } from "./general";
import { methods } from "./methods";
import { projects } from "./projects";
import { test } from "./test";

export const studio = { general, projects, examples, findings, test, methods };
