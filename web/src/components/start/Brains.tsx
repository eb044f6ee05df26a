import { useId } from "react";
import { BUILT_IN, strongerPacks } from "../../core/models";
import { type Brain, chosenBefore, strongerBrain, talkers } from "../../core/start";
import type { Model, ModelList } from "../../core/types";
import { useSpeech } from "../../hooks/useStrings";
import { Select } from "../Select";
import { EndpointForm } from "../settings/EndpointForm";
import { Card } from "./Card";

interface Props {
  list: ModelList;
  found: readonly Model[];
  brain: Brain;
  onChoose: (brain: Brain) => void;
}

/** The brains there are: what is there, what was found, what can be had. */
export function Brains({ list, found, brain, onChoose }: Props) {
  const { say } = useSpeech();
  const words = say.start;
  const name = useId();
  const before = chosenBefore(list);
  const stronger = strongerBrain(list.models);
  return (
    <fieldset className="grid gap-2.5 border-0 p-0">
      <legend className="sr-only">{words.brain}</legend>
      {before !== null && (
        <Card
          name={name}
          title={words.asIs(before)}
          about={words.asIsAbout}
          checked={brain.kind === "as-is"}
          onChoose={() => onChoose({ kind: "as-is" })}
        />
      )}
      {talkers(found).map((model) => (
        <Card
          key={model.name}
          name={name}
          title={words.found(model.name)}
          about={words.foundAbout(words.foundBy(model.about))}
          checked={brain.kind === "found" && brain.name === model.name}
          onChoose={() => onChoose({ kind: "found", name: model.name })}
        />
      ))}
      <BuiltIn name={name} list={list} brain={brain} onChoose={onChoose} />
      {stronger && (
        <Card
          name={name}
          title={words.stronger}
          about={words.strongerNote}
          checked={brain.kind === "pack"}
          onChoose={() => onChoose(stronger)}
        >
          {brain.kind === "pack" && (
            <Packs list={list} chosen={brain.name} onChoose={(one) => onChoose(one)} />
          )}
        </Card>
      )}
      <Card
        name={name}
        title={words.endpoint}
        about={words.endpointAbout}
        checked={brain.kind === "endpoint"}
        onChoose={() => onChoose({ kind: "endpoint", name: null, stays: false })}
      >
        {brain.kind === "endpoint" && brain.name !== null ? (
          <p className="text-accent">{words.endpointKept(brain.name)}</p>
        ) : (
          <EndpointForm
            models={list.models}
            keep={say.settings.models.keep}
            onKept={(kept) => onChoose({ kind: "endpoint", name: kept.name, stays: kept.stays })}
          />
        )}
      </Card>
    </fieldset>
  );
}

function BuiltIn({ name, list, brain, onChoose }: Omit<Props, "found"> & { name: string }) {
  const { say, dates } = useSpeech();
  const words = say.start;
  const model = list.models.find((one) => one.name === BUILT_IN);
  const missing = model && !model.ready ? words.builtInMissing(dates.bytes(model.bytes)) : "";
  return (
    <Card
      name={name}
      title={words.builtIn}
      about={`${words.builtInAbout} ${missing}`}
      checked={brain.kind === "built-in"}
      onChoose={() => onChoose({ kind: "built-in" })}
    />
  );
}

interface PacksProps {
  list: ModelList;
  chosen: string;
  onChoose: (brain: Brain) => void;
}

function Packs({ list, chosen, onChoose }: PacksProps) {
  const { say, dates } = useSpeech();
  const words = say.start;
  const packs = strongerPacks(list.models);
  const model = packs.find((one) => one.name === chosen);
  const told = model && say.settings.models.told(model.name, model.about);
  return (
    <Select
      className="flex-1 basis-52"
      label={words.strongerPick}
      value={chosen}
      options={packs.map((one) => ({
        value: one.name,
        label: `${one.name} (${dates.bytes(one.bytes)})`,
      }))}
      onChange={(name) => onChoose({ kind: "pack", name })}
      hint={
        model &&
        (model.ready
          ? `${told} ${words.strongerHere}`
          : words.strongerAbout(told ?? "", dates.bytes(model.bytes), model.licence))
      }
    />
  );
}
