import { createContext } from "react";
import { loadSketchStrings, type SketchStrings } from "../core/strings/sketch";
import { useLoadedStrings, useSectionStrings } from "./useSectionStrings";

export const SketchStringsContext = createContext<SketchStrings | null>(null);

/** Return the strings of plans in the app's language, `null` until they're loaded. */
export const useLoadedSketchStrings = () => useLoadedStrings(loadSketchStrings);

/** Return the strings of plans. */
export const useSketchStrings = () => useSectionStrings(SketchStringsContext);
