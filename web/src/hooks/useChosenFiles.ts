import { type ClipboardEvent, type DragEvent, useState } from "react";
import { attach, type ChosenFile, chosenFiles } from "../core/attachments";
import { useStore } from "./useStore";

export interface FileActs {
  files: readonly ChosenFile[];
  /** Whether something is dragged over the field. */
  isOver: boolean;
  add: (files: FileList | null) => void;
  /** The events of the field: dropping and pasting. */
  events: {
    onDragOver: (event: DragEvent) => void;
    onDragLeave: () => void;
    onDrop: (event: DragEvent) => void;
    onPaste: (event: ClipboardEvent) => void;
  };
}

/** Return the files of a draft, and how more are added. */
export function useChosenFiles(draft: string, isAllowed: boolean): FileActs {
  const files = useStore(chosenFiles).get(draft) ?? [];
  const [isOver, setOver] = useState(false);
  const add = (given: FileList | null) => {
    if (isAllowed && given?.length) void attach(draft, [...given]);
  };
  const hasFiles = (event: DragEvent) => event.dataTransfer.types.includes("Files");
  return {
    files,
    isOver,
    add,
    events: {
      onDragOver: (event) => {
        if (!hasFiles(event)) return;
        event.preventDefault();
        setOver(isAllowed);
      },
      onDragLeave: () => setOver(false),
      onDrop: (event) => {
        if (!hasFiles(event)) return;
        event.preventDefault();
        setOver(false);
        add(event.dataTransfer.files);
      },
      onPaste: (event) => {
        if (!isAllowed || !event.clipboardData.files.length) return;
        if (event.clipboardData.types.includes("text/plain")) return; // a picture of the text
        event.preventDefault();
        add(event.clipboardData.files);
      },
    },
  };
}
