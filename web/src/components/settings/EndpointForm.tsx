import { type FormEvent, useState } from "react";
import { hostOf, isLoopback, likelyCapabilities, nameFor } from "../../core/models";
import type { EndpointTried, Model } from "../../core/types";
import { useAction } from "../../hooks/useAction";
import { tryEndpoint, useModelActs } from "../../hooks/useModels";
import { useStrings } from "../../hooks/useStrings";
import { Button } from "../Button";
import { Field } from "../Field";
import { Notice } from "../Notice";
import { ActionError } from "../QueryResult";
import { Select } from "../Select";
import { Speed } from "./Speed";

export interface Kept {
  name: string;
  /** Whether it can chat. */
  talks: boolean;
  /** Whether it's on this machine, so that no data leaves it. */
  stays: boolean;
}

interface Props {
  models: readonly Model[];
  /** The label of the last button. */
  keep: string;
  /** Called when the endpoint was tested and saved. */
  onKept: (kept: Kept) => void;
}

/** A form for an endpoint, its key and model; saves it after a successful test. */
export function EndpointForm({ models, keep, onKept }: Props) {
  const words = useStrings().settings.models;
  const acts = useModelActs();
  const { busy, error, run } = useAction();
  const [url, setUrl] = useState("");
  const [key, setKey] = useState("");
  const [model, setModel] = useState("");
  const [name, setName] = useState("");
  const [tried, setTried] = useState<EndpointTried | null>(null);
  const works = tried?.ok && tried.model !== null;

  const heard = (result: EndpointTried) => {
    setTried(result);
    if (result.model) setModel(result.model);
    if (result.ok && result.model) setName(nameFor(result.model, models));
  };
  const ask = (which: string) => void run(() => tryEndpoint(url, key, which), heard);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!works) return ask(model);
    const added = { name, url, model, key: key || null, capabilities: likelyCapabilities(model) };
    void run(
      () => acts.add(added),
      () => {
        setKey("");
        onKept({ name, talks: added.capabilities[0] === "chat", stays: isLoopback(url) });
      },
    );
  };
  /** A changed address or key is another endpoint, so earlier test results are dropped. */
  const change = (set: (value: string) => void) => (value: string) => {
    set(value);
    setTried(null);
    setModel("");
  };
  return (
    <form onSubmit={submit} className="grid gap-4">
      <Field
        label={words.address}
        hint={words.addressHint}
        type="url"
        inputMode="url"
        required
        spellCheck={false}
        value={url}
        onChange={(event) => change(setUrl)(event.target.value)}
      />
      <Field
        label={words.key}
        hint={words.keyHint}
        type="password"
        autoComplete="off"
        value={key}
        onChange={(event) => change(setKey)(event.target.value)}
      />
      {hostOf(url) && <Notice>{isLoopback(url) ? words.stays : words.leaves(hostOf(url))}</Notice>}
      {tried && <Which tried={tried} model={model} onModel={setModel} onAsk={ask} />}
      {works && (
        <Field
          label={words.name}
          required
          maxLength={128}
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
      )}
      <ActionError error={error} />
      <Button
        kind="main"
        type="submit"
        className="justify-self-start"
        disabled={busy || !url.trim() || (works === true && !name.trim())}
      >
        {busy ? words.trying : works ? keep : words.try}
      </Button>
    </form>
  );
}

interface WhichProps {
  tried: EndpointTried;
  model: string;
  onModel: (model: string) => void;
  onAsk: (model: string) => void;
}

/** The result of the test, and a list of the endpoint's models. */
function Which({ tried, model, onModel, onAsk }: WhichProps) {
  const words = useStrings().settings.models;
  const isListed = tried.models.length > 0;
  return (
    <>
      {isListed && (
        <Select
          className="flex-1 basis-52"
          label={words.which}
          hint={tried.model === null ? words.hasModels(tried.models.length) : undefined}
          value={model}
          empty={words.choose}
          options={tried.models.map((one) => ({ value: one, label: one }))}
          onChange={(chosen) => {
            onModel(chosen);
            if (chosen) onAsk(chosen);
          }}
        />
      )}
      {!isListed && !tried.ok && (
        <Field
          label={words.modelName}
          spellCheck={false}
          value={model}
          onChange={(event) => onModel(event.target.value)}
        />
      )}
      {(!tried.ok || tried.model !== null) && <Speed measured={tried} />}
    </>
  );
}
