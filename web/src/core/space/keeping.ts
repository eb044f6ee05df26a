/**
 * Keeps a form while it's being filled in: each pause of typing is saved as a version.
 *
 * Knows nothing of React. One request at a time, so that versions follow each other; what can't be
 * saved is tried again.
 */

import { Refused } from "../errors";
import { Store } from "../store";
import type { CareForm, FormContent, Help, SavedForm } from "../types";

export type Keeping =
  /** Everything that was typed is saved. */
  | "kept"
  /** Something isn't saved yet. */
  | "waiting"
  /** Saving failed; it's tried again. */
  | "failed"
  /** The form was changed elsewhere, so this became a form of its own. */
  | "apart"
  /** The form was deleted elsewhere. */
  | "gone";

export interface KeeperNeed {
  /** Keep a new form. */
  start: (content: FormContent, keepalive: boolean) => Promise<SavedForm>;
  save: (
    form: string,
    version: string,
    content: FormContent,
    keepalive: boolean,
  ) => Promise<SavedForm>;
  onHelp: (help: Help) => void;
  pauseMs?: number;
  againMs?: number;
}

export class FormKeeper {
  readonly state = new Store<Keeping>("kept");
  #form: CareForm | null;
  #content: FormContent | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #busy: Promise<void> | null = null;

  constructor(
    readonly need: KeeperNeed,
    form: CareForm | null,
  ) {
    this.#form = form;
  }

  /** The form as it was last saved; `null` if it never was. */
  get form(): CareForm | null {
    return this.#form;
  }

  /** Take what is in the form now, and save it after a pause. */
  edit(content: FormContent): void {
    this.#content = content;
    if (this.state.get() === "gone") return;
    this.state.set("waiting");
    this.#later(this.need.pauseMs ?? 1200);
  }

  /** Save at once what isn't saved; with `keepalive` also while the page is being closed. */
  flush(keepalive = false): Promise<void> {
    clearTimeout(this.#timer);
    this.#busy ??= this.#saveAll(keepalive).finally(() => {
      this.#busy = null;
    });
    return this.#busy;
  }

  #later(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.flush(), ms);
  }

  async #saveAll(keepalive: boolean): Promise<void> {
    let content = this.#content;
    let state: Keeping = "kept";
    while (content) {
      try {
        state = (await this.#saveOne(content, keepalive)) ? state : "apart";
      } catch (error) {
        const gone = error instanceof Refused && error.status === 404;
        this.state.set(gone ? "gone" : "failed");
        if (!gone) this.#later(this.need.againMs ?? 5000);
        return;
      }
      if (this.#content === content) this.#content = null;
      content = this.#content;
    }
    this.state.set(state);
  }

  /** Save one content; returns whether it's still the same form. */
  async #saveOne(content: FormContent, keepalive: boolean): Promise<boolean> {
    let same = true;
    let saved: SavedForm;
    const form = this.#form;
    try {
      saved = form
        ? await this.need.save(form.id, form.version, content, keepalive)
        : await this.need.start(content, keepalive);
    } catch (error) {
      if (!(form && error instanceof Refused && error.status === 409)) throw error;
      saved = await this.need.start(content, keepalive);
      same = false;
    }
    this.#form = saved.form;
    if (saved.help) this.need.onHelp(saved.help);
    return same;
  }
}
