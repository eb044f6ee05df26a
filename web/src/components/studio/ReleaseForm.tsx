import { type FormEvent, useState } from "react";
import { isAlias } from "../../core/studio/releases";
import { showToast } from "../../core/toast";
import { useReleaseActs } from "../../hooks/useReleases";
import { useStudioStrings } from "../../hooks/useStudioStrings";
import { Button } from "../Button";
import { Choice } from "../Choice";
import { Field } from "../Field";
import { ConfirmDialog } from "../settings/ConfirmDialog";
import { ShareField } from "./ShareField";

const USUAL_SHARE = 10;

/** Releases a model under a name: to everybody, or to a share of the callers. */
export function ReleaseForm({ project, model }: { project: string; model: string }) {
  const { releases: words } = useStudioStrings();
  const acts = useReleaseActs(project);
  const [alias, setAlias] = useState("");
  const [who, setWho] = useState<"share" | "everybody">("everybody");
  const [share, setShare] = useState(USUAL_SHARE);
  const [asked, setAsked] = useState(false);
  const name = alias.trim();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setAsked(true);
  };
  return (
    <>
      <form onSubmit={submit} className="grid gap-4 border-t border-line pt-4">
        <h3 className="font-serif text-lg">{words.releaseTitle}</h3>
        <Field
          label={words.alias}
          hint={words.aliasHint}
          error={name === "" || isAlias(name) ? null : words.aliasWrong}
          value={alias}
          maxLength={64}
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => setAlias(event.target.value)}
          className="sm:max-w-80"
        />
        <Choice
          label={words.who}
          value={who}
          options={[
            { value: "everybody", label: words.everybody },
            { value: "share", label: words.someShare },
          ]}
          onChange={setWho}
        />
        {who === "share" && (
          <>
            <ShareField share={share} onChange={setShare} />
            <p className="text-sm text-soft">{words.shareHint}</p>
          </>
        )}
        <Button kind="main" type="submit" className="justify-self-start" disabled={!isAlias(name)}>
          {words.release}
        </Button>
      </form>
      {asked && (
        <ConfirmDialog
          title={words.releaseTitle}
          text={words.releaseText(name)}
          action={words.release}
          act={() => acts.release(model, name, who === "share" ? share : 0)}
          onClose={() => setAsked(false)}
          onDone={() => showToast(words.released(name))}
        />
      )}
    </>
  );
}
