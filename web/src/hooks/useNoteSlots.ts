import { useMemo, useRef } from "react";
import type { DocumentBlock } from "../core/types";

/** Return an element for the notes below each block that has some; it stays the same. */
export function useNoteSlots(
  blocks: readonly DocumentBlock[],
  noted: readonly { block: string }[],
): ReadonlyMap<string, HTMLElement> {
  const made = useRef(new Map<string, HTMLElement>());
  const wanted = new Set(noted.map((one) => one.block));
  const ids = blocks.map((block) => block.id).filter((id) => wanted.has(id));
  const names = JSON.stringify(ids);
  return useMemo(() => {
    const slots = new Map<string, HTMLElement>();
    for (const id of JSON.parse(names) as string[]) {
      const slot = made.current.get(id) ?? document.createElement("div");
      made.current.set(id, slot);
      slots.set(id, slot);
    }
    return slots;
  }, [names]);
}
