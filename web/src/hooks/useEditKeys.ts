import { useEffect } from "react";
import { editAct, following } from "../core/documents";
import type { DocumentEdit } from "../core/types";

type Decide = (decision: "accepted" | "rejected", edit: string) => void;

/**
 * Let keys accept and reject changes, and go to others: `a`, `r`, `j` and `k` wherever nobody
 * writes, Enter and Backspace on a note.
 */
export function useEditKeys(
  open: readonly DocumentEdit[],
  at: string | null,
  onMove: (to: string | null) => void,
  onDecide: Decide,
) {
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      if (document.querySelector("dialog[open]")) return; // the keys are the dialog's
      const act = editAct(event, placeOf(event.target as HTMLElement));
      if (act === null || !open.length || event.defaultPrevented) return;
      event.preventDefault();
      const current = open.some((edit) => edit.id === at) ? at : null;
      if (act === "next" || act === "previous" || current === null) {
        toNote(following(open, current, act === "previous" ? -1 : 1), onMove);
        return;
      }
      const next = following(open, current);
      onDecide(act === "accept" ? "accepted" : "rejected", current);
      toNote(next === current ? null : next, onMove);
    };
    addEventListener("keydown", pressed);
    return () => removeEventListener("keydown", pressed);
  }, [open, at, onMove, onDecide]);
}

/** Go to the note of an edit, which takes the focus. */
export function toNote(edit: string | null, onMove: (to: string | null) => void): void {
  onMove(edit);
  const note = edit && document.getElementById(`edit-${edit}`);
  if (!note) return;
  note.focus({ preventScroll: true });
  note.scrollIntoView({ block: "nearest" });
}

function placeOf(element: HTMLElement) {
  const isField =
    ["TEXTAREA", "INPUT", "SELECT"].includes(element.tagName) || element.isContentEditable;
  return { isField, isNote: element.id.startsWith("edit-") };
}
