import { keepPreviousData, useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { sentenceOf } from "../core/errors";
import { post } from "../core/http";
import type { Forgotten } from "../core/types";
import { useSpeech } from "../hooks/useStrings";
import { Button } from "./Button";
import { Dialog } from "./Dialog";
import { ForgetChoice, ForgetPreview, idsOf, staysOf } from "./ForgetPreview";
import { Notice } from "./Notice";
import { Waiting } from "./Page";

/** What to forget: one of these, as the API takes it. */
export type Forgetting =
  | { messages?: string[]; facts?: string[]; artifacts?: string[] }
  | { attachments: string[] }
  | { conversation: string }
  | { import_id: string }
  | { since: number; until?: number };

interface Props {
  what: Forgetting;
  onClose: () => void;
  onDone: () => void;
}

/** Dialog that previews what will be forgotten, and forgets it on confirmation. */
export function ForgetDialog({ what, onClose, onDone }: Props) {
  const { say } = useSpeech();
  const [chosen, setChosen] = useState<string[]>([]);
  const asked = withChoices(what, chosen);
  const first = usePreview(what); // what stays is offered, also once it is chosen
  const preview = usePreview(asked);
  const forgetting = useMutation({
    mutationFn: () => post<Forgotten>("/api/memory/forget", asked),
    onSuccess: onDone,
  });
  const error = preview.error ?? forgetting.error;
  const goes = preview.data;
  const isSettled = goes !== undefined && !preview.isPlaceholderData;
  return (
    <Dialog
      title={say.talk.forgetTitle}
      onClose={onClose}
      foot={
        <>
          <Button onClick={onClose}>{say.shell.cancel}</Button>
          <Button
            kind="danger"
            icon="trash"
            disabled={!isSettled || forgetting.isPending || !removesAnything(goes)}
            onClick={() => forgetting.mutate()}
          >
            {say.talk.forgetNow}
          </Button>
        </>
      }
    >
      {preview.isPending && <Waiting />}
      {goes && !removesAnything(goes) && <p className="text-soft">{say.talk.forgetNothing}</p>}
      {goes && removesAnything(goes) && (
        <>
          <ForgetPreview forgotten={goes} />
          <ForgetChoice
            items={offered(first.data, goes)}
            chosen={canAdd(what) ? chosen : null}
            onChoose={setChosen}
          />
        </>
      )}
      {error && <Notice failure>{sentenceOf(error, say)}</Notice>}
    </Dialog>
  );
}

function usePreview(what: Forgetting) {
  return useQuery({
    queryKey: ["forgetting", what],
    queryFn: () => post<Forgotten>("/api/memory/forget", { ...what, dry_run: true }),
    gcTime: 0,
    staleTime: 0,
    placeholderData: keepPreviousData,
  });
}

/** Something can be added to messages and facts only. */
const canAdd = (what: Forgetting): what is { messages?: string[]; facts?: string[] } =>
  "messages" in what || "facts" in what;

function withChoices(what: Forgetting, chosen: string[]): Forgetting {
  if (!canAdd(what) || !chosen.length) return what;
  const { messages, artifacts } = idsOf(chosen);
  return {
    ...what,
    ...(messages.length ? { messages: [...(what.messages ?? []), ...messages] } : {}),
    ...(artifacts.length ? { artifacts } : {}),
  };
}

function offered(first: Forgotten | undefined, now: Forgotten) {
  const items = [...(first ? staysOf(first) : []), ...staysOf(now)];
  return items.filter((one, at) => items.findIndex((other) => other.id === one.id) === at);
}

const removesAnything = (forgotten: Forgotten): boolean =>
  forgotten.messages +
    forgotten.replies +
    forgotten.facts +
    forgotten.titles +
    forgotten.conversations +
    (forgotten.attachments ?? 0) >
  0;
