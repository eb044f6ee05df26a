import { useQuery } from "@tanstack/react-query";
import { get } from "../core/http";
import type { Attachment } from "../core/types";

/** The files that messages name, newest first. */
export function useAttachments() {
  return useQuery({
    queryKey: ["attachments"],
    queryFn: async () => {
      const { attachments } = await get<{ attachments: Attachment[] }>("/api/attachments");
      return attachments.reverse();
    },
  });
}
