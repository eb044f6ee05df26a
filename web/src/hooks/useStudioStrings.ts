import { createContext } from "react";
import { loadStudioStrings, type StudioStrings } from "../core/strings/studio";
import { useLoadedStrings, useSectionStrings } from "./useSectionStrings";

export const StudioStringsContext = createContext<StudioStrings | null>(null);

/** Return the strings of the studio in the app's language, `null` until they're loaded. */
export const useLoadedStudioStrings = () => useLoadedStrings(loadStudioStrings);

/** Return the strings of the studio. */
export const useStudioStrings = () => useSectionStrings(StudioStringsContext);
