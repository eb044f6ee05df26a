import type { Node } from "prosemirror-model";
import { EditorState } from "prosemirror-state";
import { describe, expect, it, vi } from "vitest";
import type { WrittenDocument } from "../types";
import type { DocumentDraft } from "./callbacks";
import type { Saved } from "./merging";
import { EditorSession } from "./session";

/** The state of a view, without the page that it's drawn on. */
class StateOnly {
  state: EditorState;
  composing = false;
  isDestroyed = false;

  constructor(
    doc: Node,
    readonly dispatch: (tr: EditorState["tr"]) => void,
  ) {
    this.state = EditorState.create({ doc });
  }

  updateState(state: EditorState) {
    this.state = state;
  }

  destroy() {
    this.isDestroyed = true;
  }
}

vi.mock("./view", () => ({
  openView: (_: unknown, doc: Node, __: unknown, { dispatch }: StateOnly) =>
    new StateOnly(doc, dispatch),
}));

const versionOf = (version: string, text: string) => {
  const blocks = [{ id: "b1", kind: "paragraph", level: 0, marker: "", text }];
  return { id: "d", format: "md", version, blocks } as unknown as WrittenDocument;
};

/** Open a document whose saves are answered one by one. */
function opened() {
  const sent: { saved: Saved; answer: (document: WrittenDocument) => void }[] = [];
  let draft: DocumentDraft | null = null;
  const session = new EditorSession({} as HTMLElement, versionOf("v1", ""), null, "Text", {
    save: (_, saved) => new Promise((answer) => void sent.push({ saved, answer })),
    load: () => Promise.reject(new TypeError("offline")),
    keep: (one) => {
      draft = one;
    },
    onState: () => undefined,
    onLeave: () => undefined,
    onPressed: () => undefined,
  });
  const type = (text: string) => {
    const { tr } = session.view.state;
    session.view.dispatch(tr.insertText(text, tr.doc.content.size - 1));
  };
  return { session, sent, type, kept: () => draft?.blocks[0]?.text ?? null };
}

describe("a text that is closed while it's being saved", () => {
  it("loses nothing of what was typed meanwhile", async () => {
    const { session, sent, type, kept } = opened();
    type("One.");
    void session.flush();
    await vi.waitFor(() => expect(sent).toHaveLength(1));
    type(" Two.");
    session.close();
    sent[0]?.answer(versionOf("v2", "One."));
    await vi.waitFor(() => expect(sent).toHaveLength(2));
    expect(JSON.stringify(sent[1]?.saved)).toContain("One. Two.");
    expect(kept()).toBe("One. Two.");
    sent[1]?.answer(versionOf("v3", "One. Two."));
    await vi.waitFor(() => expect(kept()).toBeNull());
  });
});
