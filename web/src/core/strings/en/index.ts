/** English. */

import { care } from "./care";
import { desk } from "./desk";
import { door } from "./door";
import { errors } from "./errors";
import { experts } from "./experts";
import { link } from "./link";
import { memory } from "./memory";
import { offline } from "./offline";
import { past } from "./past";
import { provider } from "./provider";
import { settings } from "./settings";
import { shell } from "./shell";
import { start } from "./start";
import { talk } from "./talk";

export const en = {
  shell,
  errors,
  experts,
  care,
  desk,
  door,
  link,
  talk,
  offline,
  past,
  memory,
  provider,
  settings,
  start,
};
