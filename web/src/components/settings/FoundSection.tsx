import { mayAnswer, withFirst } from "../../core/models";
import { tell } from "../../core/toast";
import type { ModelList } from "../../core/types";
import { useAct } from "../../hooks/useAct";
import { useFound, useModelActs } from "../../hooks/useModels";
import { useStrings } from "../../hooks/useStrings";
import { Button } from "../Button";
import { Section } from "../Page";
import { Asked, Failure } from "./Asked";

/** Models of other programs on this machine, to talk with at once. */
export function FoundSection({ list }: { list: ModelList }) {
  const say = useStrings();
  const words = say.settings.models;
  const found = useFound();
  const acts = useModelActs();
  const { busy, error, run } = useAct();
  const use = (name: string) =>
    void run(
      () => acts.use("companion", withFirst(list.aliases.companion ?? [], name)),
      () => tell(words.usedNow(name)),
    );
  return (
    <Section title={words.found} about={words.foundAbout}>
      <Asked query={found}>
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
      </Asked>
      <Failure error={error} />
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
