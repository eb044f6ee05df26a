/** The view of the editor, with what it does on keys, pastes and presses. */

import type { Node } from "prosemirror-model";
import { EditorState, type Transaction } from "prosemirror-state";
import { EditorView } from "prosemirror-view";
import { keyPlugins } from "./commands";
import { herePlugin, looksPlugin, marksPlugin } from "./marks";
import { pasted } from "./pasting";

export interface ViewEvents {
  label: string;
  dispatch: (tr: Transaction) => void;
  /** An input method has ended composing. */
  composed: () => void;
  leave: () => void;
  pressed: (edit: string) => void;
}

/** Open a view of a document in an element. */
export function openView(
  host: HTMLElement,
  doc: Node,
  isMarkdown: boolean,
  events: ViewEvents,
): EditorView {
  const plugins = [
    marksPlugin(),
    ...(isMarkdown ? [looksPlugin()] : []),
    herePlugin(),
    ...keyPlugins(isMarkdown, events.leave),
  ];
  return new EditorView(host, {
    state: EditorState.create({ doc, plugins }),
    attributes: { role: "textbox", "aria-multiline": "true", "aria-label": events.label },
    dispatchTransaction: events.dispatch,
    clipboardTextSerializer: ({ content }) => content.textBetween(0, content.size, "\n\n"),
    handleDOMEvents: {
      paste: (view, event) => paste(view, event, event.clipboardData, isMarkdown),
      drop: (view, event) => !view.dragging && paste(view, event, event.dataTransfer, isMarkdown),
      compositionend: () => {
        events.composed();
        return false;
      },
    },
    handleClick: (_, __, { target }) => {
      const pressed = target instanceof Element ? target.closest("[data-proposed]") : null;
      if (pressed instanceof HTMLElement) events.pressed(pressed.dataset.proposed ?? "");
      return false;
    },
  });
}

/** Insert the text of a paste. The editor itself never sees what else was in it. */
function paste(
  view: EditorView,
  event: Event,
  data: DataTransfer | null,
  isMarkdown: boolean,
): boolean {
  event.preventDefault();
  const [html, text] = ["text/html", "text/plain"].map((type) => data?.getData(type) ?? "");
  const slice = pasted(html ?? "", text ?? "", isMarkdown);
  if (slice) view.dispatch(view.state.tr.replaceSelection(slice).scrollIntoView());
  return true;
}
