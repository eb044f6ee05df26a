import { useEffect, useState } from "react";
import { ArrivingModel } from "../components/ArrivingModel";
import { Button } from "../components/Button";
import { Composer } from "../components/Composer";
import { ConversationHeader } from "../components/ConversationHeader";
import { DeskLayout } from "../components/desk/DeskLayout";
import { Notice } from "../components/Notice";
import { SpecialistSelect } from "../components/SpecialistSelect";
import { Thread } from "../components/Thread";
import { Refused, sentenceOf } from "../core/errors";
import { TALK } from "../core/experts";
import type { Route } from "../core/routes";
import { useCareConversation } from "../hooks/useCareConversation";
import { useConversation } from "../hooks/useConversations";
import { useDesk, useDeskExpert } from "../hooks/useDesk";
import { usePrivateEnd, usePrivateTalk } from "../hooks/usePrivateTalk";
import { go } from "../hooks/useRoute";
import { useStrings } from "../hooks/useStrings";
import { useTalk } from "../hooks/useTalk";

type Props = { route: Extract<Route, { page: "new" | "talk" }> };

/** The page of a conversation, existing or new. */
export function Talk({ route }: Props) {
  const asPrivate = route.page === "new" && route.private;
  const hidden = usePrivateTalk(asPrivate);
  const shown = route.page === "talk" ? route.conversation : null;
  const id = asPrivate ? hidden.id : shown;
  useEffect(() => {
    document.documentElement.toggleAttribute("data-private", asPrivate);
    return () => document.documentElement.removeAttribute("data-private");
  }, [asPrivate]);
  return (
    <TalkIn
      key={id ?? (asPrivate ? "private" : "new")}
      id={id}
      route={route}
      isPrivate={asPrivate}
      hasEnded={asPrivate && hidden.ended}
    />
  );
}

interface TalkInProps {
  id: string | null;
  route: Props["route"];
  isPrivate: boolean;
  /** Whether a private conversation was here and has ended. */
  hasEnded: boolean;
}

function TalkIn({ id, route, isPrivate, hasEnded }: TalkInProps) {
  const say = useStrings();
  const { data: conversation, error } = useConversation(id);
  const [chosen, setExpert] = useState<string | null>(null);
  const message = route.page === "talk" ? route.message : null;
  const artifact = (route.page === "talk" && route.open) || null;
  const made = useDeskExpert(artifact);
  const expert = chosen ?? made;
  const talk = useTalk({
    conversation: id,
    expert,
    artifact,
    message,
    isPrivate,
    liveTurn: conversation?.live_turn ?? null,
  });
  const failure = talk.failure ?? talk.thread.error ?? error;
  const isGone = !isPrivate && error instanceof Refused && error.status === 404;
  useCareConversation(conversation);
  usePrivateEnd(isPrivate ? id : null, error, talk.failure ?? talk.thread.error);
  const desk = useDesk(route, talk.live);
  return (
    <DeskLayout
      desk={desk}
      talk={
        <>
          <ConversationHeader conversation={conversation ?? null} isPrivate={isPrivate}>
            <SpecialistSelect
              chosen={expert ?? conversation?.expert ?? TALK}
              onChoose={setExpert}
            />
          </ConversationHeader>
          <Thread talk={talk} sought={message} isPrivate={isPrivate} />
        </>
      }
      composer={
        <div className="mx-auto grid w-full max-w-[46rem] gap-2 px-3 pb-[max(0.75rem,env(safe-area-inset-bottom))] sm:px-6">
          {isGone ? (
            <Gone />
          ) : (
            <>
              <ArrivingModel />
              {hasEnded && <Notice>{say.talk.privateEnded}</Notice>}
              {failure !== null && <Notice failure>{sentenceOf(failure, say)}</Notice>}
              <Composer
                conversation={id}
                isPrivate={isPrivate}
                isReplying={talk.isReplying}
                failure={talk.failure}
                onSay={talk.acts.say}
                onStop={talk.acts.stop}
              />
            </>
          )}
        </div>
      }
    />
  );
}

/** Shown for a conversation that was erased or never existed. */
function Gone() {
  const say = useStrings();
  return (
    <div role="alert" className="grid justify-items-center gap-4 pb-16 text-center">
      <p className="font-serif text-xl text-soft">{say.talk.gone}</p>
      <Button kind="main" icon="plus" onClick={() => go({ page: "new", private: false })}>
        {say.shell.begin}
      </Button>
    </div>
  );
}
