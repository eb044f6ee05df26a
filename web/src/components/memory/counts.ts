import type { Dates } from "../../core/dates";
import type { Strings } from "../../core/strings";
import type { Import } from "../../core/types";

/** Return the counts of an import as a line of text. */
export function countsOf(one: Import, { memory }: Strings, dates: Dates): string {
  return (["conversations", "messages", "facts"] as const)
    .filter((what) => one[what] > 0)
    .map((what) => memory[what](one[what], dates.number(one[what])))
    .join(" · ");
}

/** Return the name of the product that wrote a file. */
export function originOf(origin: string, { memory }: Strings): string {
  return memory.origins[origin] ?? (origin || memory.unknownOrigin);
}
