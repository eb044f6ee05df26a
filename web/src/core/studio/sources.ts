/** Where examples come from. Pure. */

import type { Source } from "../types";

export type ExampleTrust = Source["trust"];

/** What a person can say of a file; the others are said by what made the examples. */
export const FILE_TRUSTS = ["own", "document", "imported", "synthetic"] as const;

/** Return whether somebody else's terms may apply. */
export const needsLicence = (trust: ExampleTrust): boolean =>
  trust === "imported" || trust === "document";
