import { type ReactNode, useEffect } from "react";
import { plain } from "../core/markdown";
import type { Conversation } from "../core/types";
import { go } from "../hooks/useRoute";
import { useStrings } from "../hooks/useStrings";
import { ConversationMenu } from "./ConversationMenu";
import { Icon } from "./Icon";

interface Props {
  conversation: Conversation | null;
  isPrivate: boolean;
  /** What stands before the menu. */
  children?: ReactNode;
}

/** The header of a conversation: its title and menu. */
export function ConversationHeader({ conversation, isPrivate, children }: Props) {
  const say = useStrings();
  const unnamed = isPrivate ? say.shell.privateTitle : say.shell.untitled;
  const title = plain(conversation?.title ?? unnamed);
  useEffect(() => {
    document.title = conversation ? `${title} · ${say.shell.product}` : say.shell.product;
  }, [conversation, title, say]);
  return (
    <header className="flex min-h-14 items-center gap-2 py-1.5 ps-14 pe-3 md:ps-6">
      {isPrivate && (
        <span className="me-auto flex items-center gap-1.5 rounded-full border border-dashed border-accent px-2.5 py-0.5 text-sm text-accent">
          <Icon name="lock" className="size-3.5" />
          {say.talk.privateMark}
        </span>
      )}
      <h1 dir="auto" className={isPrivate ? "sr-only" : "min-w-0 flex-1 truncate text-soft"}>
        {title}
      </h1>
      {children}
      {conversation && <ConversationMenu conversation={conversation} onErased={leave} />}
    </header>
  );
}

/** Leave the page of a conversation that was erased. */
const leave = () => go({ page: "new", private: false }, { replace: true });
