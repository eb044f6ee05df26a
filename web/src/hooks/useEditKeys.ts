import { useEffect } from "react";
import { editAct, following } from "../core/documents";
import type { DocumentEdit } from "../core/types";

/** Let `a`, `r` and `n` accept and reject changes, and go on to the next. */
export function useEditKeys(
  open: readonly DocumentEdit[],
  at: string | null,
  onMove: (to: string | null) => void,
  onDecide: (decision: "accepted" | "rejected", edit: string) => void,
) {
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      const act = editAct(event, (event.target as HTMLElement).tagName);
      if (act === null || !open.length) return;
      event.preventDefault();
      const current = open.some((edit) => edit.id === at) ? at : following(open, null);
      const next = following(open, current);
      if (act === "next" || current === null) {
        show(at === null ? current : next);
        return;
      }
      onDecide(act === "accept" ? "accepted" : "rejected", current);
      show(next === current ? null : next);
    };
    const show = (edit: string | null) => {
      onMove(edit);
      if (edit) document.getElementById(`edit-${edit}`)?.scrollIntoView({ block: "nearest" });
    };
    addEventListener("keydown", pressed);
    return () => removeEventListener("keydown", pressed);
  }, [open, at, onMove, onDecide]);
}
