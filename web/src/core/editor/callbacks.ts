/** What an editor session needs of the world, and what it says of itself. */

import type { DocumentBlock, WrittenDocument } from "../types";
import type { Saved } from "./merging";

type Blocks = readonly DocumentBlock[];

/** What isn't saved, and what it was made of. */
export interface DocumentDraft {
  base: Blocks;
  blocks: Blocks;
}

/** What a session needs of the world. */
export interface SessionCallbacks {
  save: (after: string, saved: Saved) => Promise<WrittenDocument>;
  load: () => Promise<WrittenDocument>;
  /** Keep a draft on this device, or drop it. */
  keep: (draft: DocumentDraft | null) => void;
  /** Called whenever the state or the version changes. */
  onState: (state: SessionState) => void;
  /** Leave the text for the changes that wait. */
  onLeave: () => void;
  /** A change was pressed. */
  onPressed: (edit: string) => void;
}

export interface SessionState {
  /** `conflict`: the same paragraph was changed elsewhere; `failed`: it's tried again. */
  saving: "saved" | "waiting" | "conflict" | "failed";
  error: unknown;
  /** The version that the text has been made of. */
  version: string;
}
