import { useState } from "react";
import { type Alias, aliasesOf, canRemove } from "../../core/models";
import type { Check, Model, ModelList } from "../../core/types";
import { useAction } from "../../hooks/useAction";
import { useModelActs, usePull } from "../../hooks/useModels";
import { useSpeech } from "../../hooks/useStrings";
import { Button } from "../Button";
import { Menu } from "../Menu";
import { ActionError } from "../QueryResult";
import { ConfirmDialog } from "./ConfirmDialog";
import { DownloadProgress } from "./DownloadProgress";
import { Mark } from "./SlotRow";
import { Speed } from "./Speed";

interface Props {
  model: Model;
  aliases: ModelList["aliases"];
  /** Whether the person may change it. */
  mayChange: boolean;
}

/** A row for a model: description, speed and actions. */
export function ModelRow({ model, aliases, mayChange }: Props) {
  const { say, dates } = useSpeech();
  const words = say.settings.models;
  const acts = useModelActs();
  const testing = useAction();
  const pulling = useAction();
  const [check, setCheck] = useState<Check | null>(null);
  const [removing, setRemoving] = useState(false);
  const isMissing = model.origin === "pack" && !model.ready;
  const pull = usePull(model.name, mayChange && isMissing);
  const size = model.bytes > 0 ? dates.bytes(model.bytes) : "";
  return (
    <li className="grid gap-2 border-line py-3.5 not-first:border-t">
      <div className="flex flex-wrap items-start gap-x-3 gap-y-2">
        <Details model={model} aliases={aliases} />
        {mayChange && (
          <div className="flex items-center gap-1">
            {isMissing && pull?.state !== "running" && (
              <Button
                icon="bring"
                disabled={pulling.busy}
                onClick={() => void pulling.run(() => acts.pull(model.name))}
              >
                {words.download(size)}
              </Button>
            )}
            {!isMissing && (
              <Button
                aria-label={words.testNamed(model.name)}
                disabled={testing.busy}
                onClick={() => void testing.run(() => acts.check(model.name), setCheck)}
              >
                {testing.busy ? words.testing : words.test}
              </Button>
            )}
            {canRemove(model, aliases) && (
              <Menu
                label={words.menu(model.name)}
                items={[
                  {
                    label: model.origin === "pack" ? words.deleteDownload : words.forgetEndpoint,
                    icon: "trash",
                    danger: true,
                    act: () => setRemoving(true),
                  },
                ]}
              />
            )}
          </div>
        )}
      </div>
      {isMissing && pull && <DownloadProgress download={pull} />}
      {check && !testing.busy && <Speed measured={check} />}
      <ActionError error={testing.error ?? pulling.error} />
      {removing && <Removing model={model} aliases={aliases} onClose={() => setRemoving(false)} />}
    </li>
  );
}

function useAliasNames(model: Model, aliases: ModelList["aliases"]): string {
  const words = useSpeech().say.settings.models;
  return aliasesOf(model.name, aliases)
    .map((alias) => words.aliases[alias as Alias] ?? alias)
    .join(words.between);
}

/** Return what a loaded model takes and how fast it was last; empty for one that isn't loaded. */
function useLoaded({ running }: Model): string {
  const { say, dates } = useSpeech();
  if (!running) return "";
  const words = say.settings.models;
  const { memory_bytes: memory, tokens_per_second: speed } = running;
  const rate = speed === null ? "" : words.rate(dates.number(speed, { maximumFractionDigits: 0 }));
  return words.loaded(memory === null ? "" : dates.bytes(memory), rate);
}

function Details({ model, aliases }: Omit<Props, "mayChange">) {
  const { say, dates } = useSpeech();
  const words = say.settings.models;
  const used = useAliasNames(model, aliases);
  const facts = [
    model.origin === "pack" && !model.ready ? words.toDownload : "",
    model.capabilities.map((one) => words.capability[one] ?? one).join(words.between),
    model.ready && model.bytes > 0 ? dates.bytes(model.bytes) : "",
    model.licence,
    useLoaded(model),
  ].filter(Boolean);
  return (
    <div className="grid min-w-0 flex-1 basis-64 gap-0.5">
      <p className="flex flex-wrap items-baseline gap-x-2 gap-y-1">
        <span className="font-medium wrap-anywhere">{model.name}</span>
        {used && <Mark>{words.usedFor(used)}</Mark>}
      </p>
      {model.about && <p>{words.told(model.name, model.about)}</p>}
      <p className="text-sm text-soft">{facts.join(" · ")}</p>
      <p className="text-sm text-soft">{words.origin[model.origin]}</p>
    </div>
  );
}

function Removing({ model, aliases, onClose }: Omit<Props, "mayChange"> & { onClose: () => void }) {
  const { say } = useSpeech();
  const words = say.settings.models;
  const acts = useModelActs();
  const used = useAliasNames(model, aliases);
  const text = model.origin === "pack" ? words.removePack : words.removeEndpoint;
  return (
    <ConfirmDialog
      title={words.removeTitle(model.name)}
      text={used ? `${text} ${words.removeUsed(used)}` : text}
      action={say.settings.remove}
      act={() => acts.remove(model.name)}
      onClose={onClose}
    />
  );
}
