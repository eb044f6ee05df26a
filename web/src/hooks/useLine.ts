import { useAuiState } from "@assistant-ui/react";
import type { Line } from "../core/thread";

/** Return the line that the message around this component shows. */
export function useLine(): Line {
  return useAuiState((state) => state.message.metadata.custom.line as Line);
}
