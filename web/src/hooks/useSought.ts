import { useCallback } from "react";
import { useRoute } from "./useRoute";

/** Return a ref that brings the line one came for into view, and marks it. */
export function useSought(id: string) {
  const route = useRoute();
  const isSought = route.page === "talk" && route.message === id;
  return useCallback(
    (node: HTMLElement | null) => {
      if (!node || !isSought) return;
      node.dataset.sought = "";
      // Once the page is laid out: the viewport first goes to its end.
      requestAnimationFrame(() =>
        requestAnimationFrame(() => node.scrollIntoView({ block: "center" })),
      );
    },
    [isSought],
  );
}
