import { useState } from "react";
import { type Alias, CONFIGURED, candidates, canMove, canTakeOut, moved } from "../../core/models";
import type { Model, ModelList } from "../../core/types";
import { useAction } from "../../hooks/useAction";
import { useModelActs } from "../../hooks/useModels";
import { useStrings } from "../../hooks/useStrings";
import { Button, IconButton } from "../Button";
import { Section } from "../Page";
import { ActionError } from "../QueryResult";
import { Select } from "../Select";

interface Props {
  alias: Alias;
  list: ModelList;
  mayChange: boolean;
}

/** The models of an alias, in order. */
export function AliasSection({ alias, list, mayChange }: Props) {
  const words = useStrings().settings.models;
  const acts = useModelActs();
  const { busy, error, run } = useAction();
  const names = list.aliases[alias] ?? [];
  const use = (next: readonly string[]) => void run(() => acts.use(alias, next));
  return (
    <Section title={words.aliases[alias]} about={words.aliasAbout[alias]}>
      {names.length === 0 && <p className="text-soft">{words.nobody}</p>}
      <ol className="grid">
        {names.map((name, index) => (
          <Place
            key={name}
            alias={alias}
            names={names}
            index={index}
            model={list.models.find((one) => one.name === name)}
            busy={busy}
            onUse={mayChange ? use : null}
          />
        ))}
      </ol>
      {mayChange && <Adding alias={alias} list={list} names={names} busy={busy} onUse={use} />}
      <ActionError error={error} />
    </Section>
  );
}

interface PlaceProps {
  alias: Alias;
  names: readonly string[];
  index: number;
  model: Model | undefined;
  busy: boolean;
  onUse: ((names: readonly string[]) => void) | null;
}

function Place({ alias, names, index, model, busy, onUse }: PlaceProps) {
  const words = useStrings().settings.models;
  const name = names[index] as string;
  const isMissing = model?.origin === "pack" && !model.ready;
  return (
    <li className="flex min-h-12 flex-wrap items-center gap-x-3 border-line not-first:border-t">
      <span aria-hidden="true" className="w-5 text-end font-serif text-soft tabular-nums">
        {index + 1}
      </span>
      <span className="min-w-0 flex-1 basis-40 py-2">
        <span className="wrap-anywhere">{name}</span>
        {isMissing && (
          <span className="block text-sm text-soft">
            {names.length > index + 1 ? words.notReadyNext : words.notReady}
          </span>
        )}
        {name === CONFIGURED && <span className="block text-sm text-soft">{words.fixed}</span>}
      </span>
      {onUse && (
        <span className="ms-auto flex">
          {names.length > 1 && (
            <>
              <IconButton
                icon="up"
                label={words.up(name)}
                disabled={busy || !canMove(names, index, -1)}
                onClick={() => onUse(moved(names, index, -1))}
              />
              <IconButton
                icon="down"
                label={words.down(name)}
                disabled={busy || !canMove(names, index, 1)}
                onClick={() => onUse(moved(names, index, 1))}
              />
            </>
          )}
          {canTakeOut(alias, names, name) && (
            <IconButton
              icon="close"
              label={words.takeOut(name)}
              disabled={busy}
              onClick={() => onUse(names.filter((one) => one !== name))}
            />
          )}
        </span>
      )}
    </li>
  );
}

interface AddingProps {
  alias: Alias;
  list: ModelList;
  names: readonly string[];
  busy: boolean;
  onUse: (names: readonly string[]) => void;
}

function Adding({ alias, list, names, busy, onUse }: AddingProps) {
  const say = useStrings();
  const words = say.settings.models;
  const [chosen, setChosen] = useState("");
  const offered = candidates(alias, list.models, names);
  if (!offered.length) return null;
  return (
    <form
      className="flex flex-wrap gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        if (chosen) onUse([...names, chosen]);
        setChosen("");
      }}
    >
      <Select
        className="flex-1 basis-52"
        quiet
        label={words.addTo(words.aliases[alias])}
        empty={words.choose}
        value={chosen}
        options={offered.map((model) => ({ value: model.name, label: model.name }))}
        onChange={setChosen}
      />
      <Button type="submit" icon="plus" disabled={busy || !chosen}>
        {say.settings.add}
      </Button>
    </form>
  );
}
