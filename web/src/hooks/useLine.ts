import { useAuiState } from "@assistant-ui/react";
import { type Line, THINKING } from "../core/thread";

/** Return the line that the message around this component shows. */
export function useLine(): Line {
  // The runtime puts a message of its own where a reply is due and none has begun.
  return useAuiState(
    (state) => (state.message.metadata.custom.line as Line | undefined) ?? THINKING,
  );
}
