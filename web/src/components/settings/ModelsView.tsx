import { useState } from "react";
import { sentenceOf } from "../../core/errors";
import { ALIASES, shownModels, withFirst } from "../../core/models";
import { showToast } from "../../core/toast";
import type { ModelList } from "../../core/types";
import { useMe } from "../../hooks/useAccount";
import { useModelActs, useModels } from "../../hooks/useModels";
import { useStrings } from "../../hooks/useStrings";
import { Button } from "../Button";
import { Notice } from "../Notice";
import { Section } from "../Page";
import { QueryResult } from "../QueryResult";
import { AliasSection } from "./AliasSection";
import { EndpointForm, type Kept } from "./EndpointForm";
import { FoundSection } from "./FoundSection";
import { ModelRow } from "./ModelRow";

/** The model that Tau uses, its speed, and the other models. */
export function ModelsView() {
  const words = useStrings().settings.models;
  const { owner } = useMe();
  const models = useModels();
  return (
    <QueryResult query={models}>
      {(list) => (
        <>
          {!owner && <Notice>{words.readOnly}</Notice>}
          {ALIASES.map((alias) => (
            <AliasSection key={alias} alias={alias} list={list} mayChange={owner} />
          ))}
          <All list={list} mayChange={owner} />
          {owner && <FoundSection list={list} />}
          {owner && <Connecting list={list} />}
        </>
      )}
    </QueryResult>
  );
}

function All({ list, mayChange }: { list: ModelList; mayChange: boolean }) {
  const words = useStrings().settings.models;
  const shown = shownModels(list.models, list.aliases);
  return (
    <Section title={words.list} about={mayChange ? words.listAbout : undefined}>
      {shown.length === 0 && <p className="text-soft">{words.empty}</p>}
      <ul className="grid">
        {shown.map((model) => (
          <ModelRow key={model.name} model={model} aliases={list.aliases} mayChange={mayChange} />
        ))}
      </ul>
    </Section>
  );
}

function Connecting({ list }: { list: ModelList }) {
  const say = useStrings();
  const words = say.settings.models;
  const acts = useModelActs();
  const [open, setOpen] = useState(false);
  const use = (name: string) =>
    acts.use("companion", withFirst(list.aliases.companion ?? [], name)).then(
      () => showToast(words.usedNow(name)),
      (why) => showToast(sentenceOf(why, say), { failure: true }),
    );
  const kept = ({ name, talks }: Kept) => {
    setOpen(false);
    const action = { label: words.use, act: () => void use(name) };
    showToast(words.kept(name), { action: talks ? action : undefined });
  };
  return (
    <Section title={words.addEndpoint} about={words.addEndpointAbout}>
      {open ? (
        <EndpointForm models={list.models} keep={words.keep} onKept={kept} />
      ) : (
        <Button icon="plus" className="justify-self-start" onClick={() => setOpen(true)}>
          {words.addEndpoint}
        </Button>
      )}
    </Section>
  );
}
