/** Messages as the server sends them, for tests. */

import type { Message } from "../core/types";

/** A whole message in conversation `c` that nothing was recalled for. */
export const messageOf = (
  id: string,
  by: "person" | "tau",
  more: Partial<Message> = {},
): Message => ({
  id,
  conversation: "c",
  by,
  speaker: null,
  text: id,
  at: 1,
  parent: null,
  turn: null,
  status: "complete",
  model: null,
  recalled: [],
  facts: [],
  notes: [],
  version: 1,
  versions: [id],
  ...more,
});
