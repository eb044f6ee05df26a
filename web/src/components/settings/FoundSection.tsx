import { mayAnswer, withFirst } from "../../core/models";
import { showToast } from "../../core/toast";
import type { ModelList } from "../../core/types";
import { useAction } from "../../hooks/useAction";
import { useFound, useModelActs } from "../../hooks/useModels";
import { useStrings } from "../../hooks/useStrings";
import { Button } from "../Button";
import { Section } from "../Page";
import { ActionError, QueryResult } from "../QueryResult";

/** Models discovered on this machine. */
export function FoundSection({ list }: { list: ModelList }) {
  const say = useStrings();
  const words = say.settings.models;
  const found = useFound();
  const acts = useModelActs();
  const { busy, error, run } = useAction();
  const use = (name: string) =>
    void run(
      () => acts.use("companion", withFirst(list.aliases.companion ?? [], name)),
      () => showToast(words.usedNow(name)),
    );
  return (
    <Section title={words.found} about={words.foundAbout}>
      <QueryResult query={found}>
        {({ models }) => (
          <ul className="grid">
            {models.map((model) => (
              <li
                key={model.name}
                className="flex flex-wrap items-center gap-x-3 gap-y-1 border-line py-2.5 not-first:border-t"
              >
                <div className="min-w-0 flex-1 basis-60">
                  <p className="font-medium wrap-anywhere">{model.name}</p>
                  <p className="text-sm text-soft">{say.start.foundBy(model.about)}</p>
                </div>
                {mayAnswer("companion", model) && list.aliases.companion?.[0] !== model.name && (
                  <Button disabled={busy} onClick={() => use(model.name)}>
                    {words.use}
                  </Button>
                )}
              </li>
            ))}
            {models.length === 0 && <li className="text-soft">{words.foundNone}</li>}
          </ul>
        )}
      </QueryResult>
      <ActionError error={error} />
      <Button
        icon="again"
        className="justify-self-start"
        disabled={found.isFetching}
        onClick={() => void found.refetch()}
      >
        {found.isFetching ? words.looking : words.look}
      </Button>
    </Section>
  );
}
