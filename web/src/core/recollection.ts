/** What is kept of streamed replies while the page is open. */

import type { ForgettingProposal, RecalledPassage, StreamedNote, Suggestion } from "./types";

/** What the server sends only while a reply is streamed: reasons, late notes, what would go. */
export interface Recollection {
  conversation: string;
  passages: readonly RecalledPassage[];
  notes: readonly StreamedNote[];
  forgetting: ForgettingProposal | null;
  notice: string | null;
  suggestion: Suggestion | null;
}

/** What is kept of streamed replies, by message. */
export type Recollections = ReadonlyMap<string, Recollection>;
