import { createContext } from "react";
import { loadWritingStrings, type WritingStrings } from "../core/strings/writing";
import { useLoadedStrings, useSectionStrings } from "./useSectionStrings";

export const WritingStringsContext = createContext<WritingStrings | null>(null);

/** Return the strings of documents in the app's language, `null` until they're loaded. */
export const useLoadedWritingStrings = () => useLoadedStrings(loadWritingStrings);

/** Return the strings of documents. */
export const useWritingStrings = () => useSectionStrings(WritingStringsContext);
