import { useEffect } from "react";
import { careTalk } from "../core/space/opened";
import type { Conversation } from "../core/types";
import { go } from "./useRoute";

/** Show a talk of the care space there, where none of it stays on this device. */
export function useCareConversation(conversation: Conversation | undefined): void {
  const id = conversation?.expert === "care" ? conversation.id : null;
  useEffect(() => {
    if (id === null) return;
    careTalk.set(id);
    go({ page: "care", view: "talk" }, { replace: true });
  }, [id]);
}
