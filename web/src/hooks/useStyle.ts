import { useQuery, useQueryClient } from "@tanstack/react-query";
import { createContext } from "react";
import { erase, get, part, post } from "../core/http";
import { loadStyleStrings, type StyleStrings } from "../core/strings/style";
import type { PersonalStyle } from "../core/types";
import { type Action, useAction } from "./useAction";
import { useLoadedStrings, useSectionStrings } from "./useSectionStrings";

const STYLE = "/api/experts/writing/style";
const KEY = ["style"];

export const StyleStringsContext = createContext<StyleStrings | null>(null);

/** Return the strings of the section in the app's language, `null` until they're loaded. */
export const useLoadedStyleStrings = () => useLoadedStrings(loadStyleStrings);

/** Return the strings of the section. */
export const useStyleStrings = () => useSectionStrings(StyleStringsContext);

/** The rules of the person's style, and what waits for their approval. */
export function useStyle() {
  return useQuery({
    queryKey: KEY,
    queryFn: ({ signal }) => get<PersonalStyle>(STYLE, signal),
  });
}

/** Change the style; each answer is the whole of it, and is shown at once. */
export function useStyleActs(): Action & {
  add: (statement: string, done: () => void) => void;
  remove: (fact: string) => void;
  sample: (kept: string[], done: (found: PersonalStyle) => void) => void;
  decide: (features: string[], accepted: boolean) => void;
} {
  const action = useAction();
  const cache = useQueryClient();
  const act = (change: () => Promise<PersonalStyle>, done?: (found: PersonalStyle) => void) =>
    void action.run(change, (found) => {
      cache.setQueryData(KEY, found);
      done?.(found);
    });
  return {
    ...action,
    add: (statement, done) => act(() => post(STYLE, { statement }), done),
    remove: (fact) => act(() => erase(`${STYLE}/${part(fact)}`)),
    sample: (kept, done) => act(() => post(`${STYLE}/samples`, { kept }), done),
    decide: (features, accepted) =>
      act(() => post(`${STYLE}/samples/decisions`, { features, accepted })),
  };
}
