import { createContext, useContext } from "react";
import type { TalkState } from "../hooks/useTalk";

export const TalkContext = createContext<TalkState | null>(null);

/** Return the conversation that this line stands in. */
export function useTalkHere(): TalkState {
  const talk = useContext(TalkContext);
  if (!talk) throw new Error("There is no conversation above this component.");
  return talk;
}
