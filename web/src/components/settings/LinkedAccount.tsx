import { useAccountLink, useLinkedAccount } from "../../hooks/useProvider";
import { useSpeech } from "../../hooks/useStrings";
import { Button } from "../Button";
import { Section } from "../Page";
import { ActionError } from "../QueryResult";

/** The account at a provider that signs the person in; nothing where this Tau has no provider. */
export function LinkedAccount() {
  const { say, dates } = useSpeech();
  const words = say.provider;
  const { data } = useLinkedAccount();
  const { link, unlink } = useAccountLink();
  if (!data?.name) return null;
  return (
    <Section title={words.title(data.name)} about={words.about(data.name)}>
      <ActionError error={link.error ?? unlink.error} />
      {data.linked_at ? (
        <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
          <p className="flex-1 text-soft">{words.linkedOn(dates.day(data.linked_at))}</p>
          <Button disabled={unlink.isPending} onClick={() => unlink.mutate()}>
            {words.unlink}
          </Button>
        </div>
      ) : (
        <Button
          kind="main"
          icon="link"
          className="justify-self-start"
          disabled={link.isPending || link.isSuccess}
          onClick={() => link.mutate()}
        >
          {words.link}
        </Button>
      )}
    </Section>
  );
}
