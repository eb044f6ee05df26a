import { useMutation, useQuery } from "@tanstack/react-query";
import { sentenceOf } from "../core/errors";
import { post } from "../core/http";
import { plain } from "../core/markdown";
import type { Forgotten } from "../core/types";
import { useSpeech } from "../hooks/useStrings";
import { Button } from "./Button";
import { Dialog } from "./Dialog";
import { Notice } from "./Notice";
import { Waiting } from "./Page";

/** What to forget: exactly one of these, as the API takes it. */
export type Forgetting =
  | { messages: string[] }
  | { facts: string[] }
  | { conversation: string }
  | { import_id: string }
  | { since: number; until?: number };

interface Props {
  what: Forgetting;
  onClose: () => void;
  onDone: () => void;
}

/** Shows all that would go, and lets it go for good when the person says so. */
export function ForgetDialog({ what, onClose, onDone }: Props) {
  const { say } = useSpeech();
  const preview = useQuery({
    queryKey: ["forgetting", what],
    queryFn: () => post<Forgotten>("/api/memory/forget", { ...what, dry_run: true }),
    gcTime: 0,
    staleTime: 0,
  });
  const forgetting = useMutation({
    mutationFn: () => post<Forgotten>("/api/memory/forget", what),
    onSuccess: onDone,
  });
  const error = preview.error ?? forgetting.error;
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
            disabled={!preview.data || forgetting.isPending || !goes(preview.data)}
            onClick={() => forgetting.mutate()}
          >
            {say.talk.forgetNow}
          </Button>
        </>
      }
    >
      {preview.isPending && <Waiting />}
      {preview.data && <Going told={preview.data} />}
      {error && <Notice failure>{sentenceOf(error, say)}</Notice>}
    </Dialog>
  );
}

const goes = (told: Forgotten): boolean =>
  told.messages + told.replies + told.facts + told.titles + told.conversations > 0;

function Going({ told }: { told: Forgotten }) {
  const { say, dates } = useSpeech();
  if (!goes(told)) return <p className="text-soft">{say.talk.forgetNothing}</p>;
  return (
    <>
      <p className="text-soft">{say.talk.forgetText}</p>
      <ul className="grid max-h-72 gap-2.5 overflow-y-auto rounded-xl border border-line p-3">
        {(told.preview ?? [])
          .filter((one) => one.what !== "elsewhere")
          .map((one) => (
            <li key={`${one.what} ${one.id}`}>
              <p className="text-xs text-soft">
                {say.talk.going[one.what]}
                {one.at !== null && one.at !== undefined && `, ${dates.day(one.at)}`}
              </p>
              <p dir="auto" className="line-clamp-3 font-serif wrap-anywhere">
                {plain(one.text)}
              </p>
            </li>
          ))}
      </ul>
      <p className="text-sm text-soft">{say.talk.inAll(told)}</p>
      {told.elsewhere > 0 && (
        <p className="text-sm text-soft">{say.talk.elsewhere(told.elsewhere)}</p>
      )}
    </>
  );
}
