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

/** What to forget: one of these, as the API takes it. */
export type Forgetting =
  | { messages?: string[]; facts?: string[] }
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
            disabled={!preview.data || forgetting.isPending || !removesAnything(preview.data)}
            onClick={() => forgetting.mutate()}
          >
            {say.talk.forgetNow}
          </Button>
        </>
      }
    >
      {preview.isPending && <Waiting />}
      {preview.data && <Preview forgotten={preview.data} />}
      {error && <Notice failure>{sentenceOf(error, say)}</Notice>}
    </Dialog>
  );
}

const removesAnything = (forgotten: Forgotten): boolean =>
  forgotten.messages +
    forgotten.replies +
    forgotten.facts +
    forgotten.titles +
    forgotten.conversations >
  0;

function Preview({ forgotten }: { forgotten: Forgotten }) {
  const { say, dates } = useSpeech();
  if (!removesAnything(forgotten)) return <p className="text-soft">{say.talk.forgetNothing}</p>;
  return (
    <>
      <p className="text-soft">{say.talk.forgetText}</p>
      <ul className="grid max-h-72 gap-2.5 overflow-y-auto rounded-xl border border-line p-3">
        {(forgotten.preview ?? [])
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
      <p className="text-sm text-soft">{say.talk.inAll(forgotten)}</p>
      {forgotten.elsewhere > 0 && (
        <p className="text-sm text-soft">{say.talk.elsewhere(forgotten.elsewhere)}</p>
      )}
    </>
  );
}
