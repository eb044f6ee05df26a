import { createContext } from "react";
import { loadSpaceStrings, type SpaceStrings } from "../core/strings/space";
import { useLoadedStrings, useSectionStrings } from "./useSectionStrings";

export const SpaceStringsContext = createContext<SpaceStrings | null>(null);

/** Return the strings of the care space in the app's language, `null` until they're loaded. */
export const useLoadedSpaceStrings = () => useLoadedStrings(loadSpaceStrings);

/** Return the strings of the care space. */
export const useSpaceStrings = () => useSectionStrings(SpaceStringsContext);
