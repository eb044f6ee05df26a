/**
 * A document that is written in: what is typed is saved, and what others change is taken over.
 *
 * What isn't saved yet lies in a draft on this device. Nothing is saved or taken over while an input
 * method composes. Knows no React, and the network only through `SessionCallbacks`.
 */

import type { Transaction } from "prosemirror-state";
import type { EditorView } from "prosemirror-view";
import { Refused } from "../errors";
import type { WrittenDocument } from "../types";
import type { DocumentDraft, SessionCallbacks } from "./callbacks";
import { FROM_SERVER } from "./commands";
import { type Marks, withMarks } from "./marks";
import { changesOf, isSame, merged, type Saved } from "./merging";
import { blocksOf, docOf, placesOf, unitsOf } from "./schema";
import { withBlocks, withIds } from "./taking";
import { openView } from "./view";

const KEEP_AFTER_MS = 300;
const SAVE_AFTER_MS = 1500;
const AGAIN_AFTER_MS = 4000;
const CONFLICT = 409;

export class EditorSession {
  readonly view: EditorView;
  #base: WrittenDocument;
  /** Somebody else's version, which touches the same paragraph. */
  #theirs: WrittenDocument | null = null;
  /** A version that came while it couldn't be taken over. */
  #pending: WrittenDocument | null = null;
  /** What was saved last: what the server reads otherwise isn't saved for ever. */
  #last = "";
  readonly #isMarkdown: boolean;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #keeping: ReturnType<typeof setTimeout> | undefined;
  #saving: Promise<void> | null = null;
  #wanted: Marks | null = null;
  #seen = new Set<string>();
  #sent: Transaction[] = [];
  #error: unknown = null;

  constructor(
    host: HTMLElement,
    first: WrittenDocument,
    draft: DocumentDraft | null,
    label: string,
    readonly callbacks: SessionCallbacks,
  ) {
    this.#base = first;
    const isMarkdown = first.format === "md";
    this.#isMarkdown = isMarkdown;
    this.view = openView(host, docOf(first.blocks), isMarkdown, {
      label,
      dispatch: (tr) => this.#dispatch(tr),
      composed: () => this.#later(SAVE_AFTER_MS),
      leave: callbacks.onLeave,
      pressed: callbacks.onPressed,
    });
    if (draft) this.#restore(draft);
  }

  get isDirty(): boolean {
    return this.#changes() !== null;
  }

  /** Take over a version of the document: text that isn't saved stays. */
  receive(document: WrittenDocument): void {
    if (this.#seen.has(document.version)) return; // an answer that was overtaken
    if (document.version === this.#base.version) {
      this.#base = document;
      return;
    }
    if (this.#saving || this.view.composing) {
      this.#pending = document;
      this.#later(SAVE_AFTER_MS);
      return;
    }
    this.#takeOver(document);
  }

  /** Show marks, once the text is the one that they are about. */
  mark(marks: Marks): void {
    this.#wanted = marks;
    if (this.view.composing || this.isDirty) return;
    this.#wanted = null;
    this.view.dispatch(withMarks(this.view.state.tr, marks));
  }

  /** Replace characters of a block, as if they were typed. */
  replace(block: string, start: number, end: number, text: string): void {
    const place = placesOf(this.view.state.doc).get(block);
    if (!place) return;
    const units = (at: number) => place.start + 1 + unitsOf(place.node.textContent, at);
    this.view.dispatch(this.view.state.tr.insertText(text, units(start), units(end)));
  }

  /** Save what isn't saved. Rejects if that can't be now. */
  async flush(): Promise<void> {
    while (this.#saving) await this.#saving;
    const pending = this.#pending;
    this.#pending = null;
    if (pending) this.receive(pending);
    if (this.#theirs) throw this.#error;
    if (!this.isDirty) return;
    await this.#save();
    if (this.#error) throw this.#error;
  }

  /** End a conflict: what is written here stays, or what was written elsewhere. */
  settle(mine: boolean): void {
    const theirs = this.#theirs;
    if (!theirs) return;
    this.#theirs = null;
    this.#error = null;
    this.#last = "";
    this.#be(theirs);
    if (!mine) this.view.dispatch(withBlocks(this.view.state, theirs.blocks));
    this.look();
  }

  /** See what isn't saved: keep it on this device, and save it soon. */
  look(): void {
    clearTimeout(this.#keeping);
    if (this.view.isDestroyed) return;
    const isDirty = this.isDirty;
    const draft = { base: this.#base.blocks, blocks: blocksOf(this.view.state.doc) };
    this.callbacks.keep(isDirty ? draft : null);
    this.#tell(isDirty);
    const isRefused = this.#error instanceof Refused; // until something else is typed
    if (isDirty && !isRefused) this.#later(this.#error ? AGAIN_AFTER_MS : SAVE_AFTER_MS);
    else if (!isDirty && this.#wanted) this.mark(this.#wanted);
  }

  close(): void {
    this.look();
    clearTimeout(this.#timer);
    if (this.isDirty && !this.#theirs) void this.#save().catch(() => undefined);
    this.callbacks.onState = () => undefined;
    this.view.destroy();
  }

  #dispatch(tr: Transaction): void {
    this.view.updateState(this.view.state.apply(tr));
    if (!tr.docChanged) return;
    if (this.#saving) this.#sent.push(tr);
    if (tr.getMeta(FROM_SERVER) !== true) this.#typed();
  }

  /** Text was typed: a pause keeps it here, a longer one saves it. */
  #typed(): void {
    this.#tell(true);
    clearTimeout(this.#keeping);
    this.#keeping = setTimeout(() => this.look(), KEEP_AFTER_MS);
    this.#later(SAVE_AFTER_MS);
  }

  #later(afterMs: number): void {
    clearTimeout(this.#timer);
    if (this.view.isDestroyed) return;
    this.#timer = setTimeout(() => {
      if (this.view.composing || this.#saving) this.#later(SAVE_AFTER_MS);
      else void this.flush().catch(() => undefined);
    }, afterMs);
  }

  #changes(): Saved | null {
    const saved = changesOf(this.#base.blocks, blocksOf(this.view.state.doc), this.#isMarkdown);
    return saved && JSON.stringify(saved) !== this.#last ? saved : null;
  }

  #save(): Promise<void> {
    this.#saving ??= this.#send().finally(() => {
      this.#saving = null;
    });
    return this.#saving;
  }

  async #send(): Promise<void> {
    const saved = this.#changes();
    if (saved === null) return;
    const { doc } = this.view.state;
    this.#sent = [];
    try {
      const document = await this.callbacks.save(this.#base.version, saved);
      this.#error = null;
      this.#last = JSON.stringify(saved);
      this.#be(document);
      if (!this.view.isDestroyed) {
        this.view.dispatch(withIds(this.view.state, doc, this.#sent, document.blocks));
      }
    } catch (error) {
      this.#error = error;
      if (error instanceof Refused && error.status === CONFLICT) await this.#meet();
    }
    if (!this.view.isDestroyed) this.look();
    // Something may have been typed between sending and closing.
    else if (!this.#error) await (this.isDirty ? this.#send() : this.callbacks.keep(null));
  }

  /** It was changed elsewhere since: look at that. */
  async #meet(): Promise<void> {
    const theirs = await this.callbacks.load().catch(() => null);
    if (theirs === null) this.#later(AGAIN_AFTER_MS);
    else if (!this.view.isDestroyed) this.#takeOver(theirs);
  }

  /** Return whether somebody else's version goes together with what is written here. */
  #takeOver(theirs: WrittenDocument): boolean {
    const mine = blocksOf(this.view.state.doc);
    const both = merged(this.#base.blocks, mine, theirs.blocks);
    if (both === null) {
      this.#theirs = theirs;
      this.#error = new Refused(CONFLICT, "conflict", "");
      this.look();
      return false;
    }
    this.#theirs = null;
    this.#error = null;
    this.#last = "";
    this.#be(theirs);
    if (!isSame(mine, both)) this.view.dispatch(withBlocks(this.view.state, both));
    this.look();
    return true;
  }

  #be(document: WrittenDocument): void {
    this.#seen.add(this.#base.version);
    this.#seen.delete(document.version);
    this.#base = document;
  }

  #restore({ base, blocks }: DocumentDraft): void {
    const first = this.#base;
    this.#base = { ...first, blocks: [...base] };
    this.view.dispatch(withBlocks(this.view.state, blocks));
    this.#takeOver(first);
  }

  #tell(isDirty: boolean): void {
    const saving = this.#theirs
      ? "conflict"
      : this.#error
        ? "failed"
        : isDirty
          ? "waiting"
          : "saved";
    this.callbacks.onState({ saving, error: this.#error, version: this.#base.version });
  }
}
