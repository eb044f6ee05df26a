import { useId } from "react";
import { arrivingModel, BUILT_IN, strongerPacks } from "../../core/models";
import { chosenBefore, type ModelChoice, strongerChoice, talkers } from "../../core/onboarding";
import type { Model, ModelList } from "../../core/types";
import { useSpeech } from "../../hooks/useStrings";
import { Select } from "../Select";
import { EndpointForm } from "../settings/EndpointForm";
import { Card } from "./Card";

interface Props {
  list: ModelList;
  found: readonly Model[];
  choice: ModelChoice;
  onChoose: (choice: ModelChoice) => void;
}

/** The models to choose from: configured, discovered on this machine, or to download. */
export function ModelChoices({ list, found, choice, onChoose }: Props) {
  const { say } = useSpeech();
  const words = say.start;
  const name = useId();
  const before = chosenBefore(list);
  const stronger = strongerChoice(list.models);
  return (
    <fieldset className="grid gap-2.5 border-0 p-0">
      <legend className="sr-only">{words.brain}</legend>
      {before !== null && (
        <Card
          name={name}
          title={words.asIs(before)}
          about={words.asIsAbout}
          checked={choice.kind === "as-is"}
          onChoose={() => onChoose({ kind: "as-is" })}
        />
      )}
      {talkers(found).map((model) => (
        <Card
          key={model.name}
          name={name}
          title={words.found(model.name)}
          about={words.foundAbout(words.foundBy(model.about))}
          checked={choice.kind === "found" && choice.name === model.name}
          onChoose={() => onChoose({ kind: "found", name: model.name })}
        />
      ))}
      <BuiltIn name={name} list={list} choice={choice} onChoose={onChoose} />
      {stronger && (
        <Card
          name={name}
          title={words.stronger}
          about={words.strongerNote}
          checked={choice.kind === "pack"}
          onChoose={() => onChoose(stronger)}
        >
          {choice.kind === "pack" && (
            <Packs list={list} chosen={choice.name} onChoose={(one) => onChoose(one)} />
          )}
        </Card>
      )}
      <Card
        name={name}
        title={words.endpoint}
        about={words.endpointAbout}
        checked={choice.kind === "endpoint"}
        onChoose={() => onChoose({ kind: "endpoint", name: null, stays: false })}
      >
        {choice.kind === "endpoint" && choice.name !== null ? (
          <p className="text-accent">{words.endpointKept(choice.name)}</p>
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

function BuiltIn({ name, list, choice, onChoose }: Omit<Props, "found"> & { name: string }) {
  const { say, dates } = useSpeech();
  const words = say.start;
  const model = list.models.find((one) => one.name === BUILT_IN);
  const missing = model && !model.ready ? words.builtInMissing(dates.bytes(model.bytes)) : "";
  const { names, better } = list.builtin;
  const arriving = arrivingModel(list);
  if (names.length === 0) return null;
  const about = arriving
    ? words.builtInBetter(arriving.name, dates.bytes(arriving.bytes))
    : better === names[0]
      ? say.settings.models.told(
          better,
          list.models.find((one) => one.name === better)?.about ?? "",
        )
      : words.builtInAbout;
  return (
    <Card
      name={name}
      title={words.builtIn}
      about={`${about} ${missing}`}
      checked={choice.kind === "built-in"}
      onChoose={() => onChoose({ kind: "built-in" })}
    />
  );
}

interface PacksProps {
  list: ModelList;
  chosen: string;
  onChoose: (choice: ModelChoice) => void;
}

function Packs({ list, chosen, onChoose }: PacksProps) {
  const { say, dates } = useSpeech();
  const words = say.start;
  const packs = strongerPacks(list.models);
  const model = packs.find((one) => one.name === chosen);
  const about = model && say.settings.models.told(model.name, model.about);
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
          ? `${about} ${words.strongerHere}`
          : words.strongerAbout(about ?? "", dates.bytes(model.bytes), model.licence))
      }
    />
  );
}
