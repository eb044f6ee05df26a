// Reads the OpenAPI description of Tau from standard input and writes src/core/api-types.ts.
// With `--check` nothing is written: it fails if the file doesn't match the description.

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { text } from "node:stream/consumers";
import openapiTypescript, { astToString, COMMENT_HEADER } from "openapi-typescript";

const FILE = new URL("../src/core/api-types.ts", import.meta.url);

// The app requests paths by name, so it needs only the schemas of the description.
const description = { ...JSON.parse(await text(process.stdin)), paths: {} };
const made = COMMENT_HEADER + astToString(await openapiTypescript(description, { silent: true }));
const kept = existsSync(FILE) ? readFileSync(FILE, "utf-8") : "";
if (made !== kept && process.argv.includes("--check")) {
  console.error("web/src/core/api-types.ts is not what the API is: type `make api-types`.");
  process.exit(1);
}
if (made !== kept) {
  writeFileSync(FILE, made);
}
