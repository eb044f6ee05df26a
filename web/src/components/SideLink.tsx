import type { ComponentProps } from "react";
import { privateTalk } from "../core/private";
import { useStore } from "../hooks/useStore";
import { Link } from "./Link";

/** A link out of a conversation. It opens a new tab where leaving the page would end it. */
export function SideLink(props: ComponentProps<typeof Link>) {
  const { id } = useStore(privateTalk);
  return <Link {...props} {...(id === null ? {} : { target: "_blank", rel: "noopener" })} />;
}
