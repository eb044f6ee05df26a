import { type KeyboardEvent, type RefObject, useCallback } from "react";
import { type ReviewAct, reviewAct, stepped } from "../core/studio/review";

interface Review {
  /** The list, whose items are `[data-place]`. */
  list: RefObject<HTMLElement | null>;
  at: number;
  length: number;
  onMove: (to: number) => void;
  onAct: (act: ReviewAct) => void;
}

/** Return a handler of keys for a list of examples that has the focus. */
export function useReviewKeys({ list, at, length, onMove, onAct }: Review) {
  return useCallback(
    (event: KeyboardEvent<HTMLElement>) => {
      const { tagName } = event.target as HTMLElement;
      const { key, ctrlKey, metaKey, altKey } = event;
      const act = reviewAct({ key, ctrlKey, metaKey, altKey, within: tagName });
      if (act === null) return;
      event.preventDefault();
      if (act !== "next" && act !== "previous") {
        onAct(act);
        return;
      }
      const to = stepped(at, act, length);
      onMove(to);
      const item = list.current?.querySelector<HTMLElement>(`[data-place="${to}"]`);
      item?.focus({ preventScroll: true });
      item?.scrollIntoView({ block: "nearest" });
    },
    [list, at, length, onMove, onAct],
  );
}
