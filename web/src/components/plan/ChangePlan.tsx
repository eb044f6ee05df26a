import { type FormEvent, useState } from "react";
import type { usePlanChange } from "../../hooks/usePlans";
import { useSketchStrings } from "../../hooks/useSketchStrings";
import { Button } from "../Button";
import { Field } from "../Field";

/** Changes a plan by words. They stay until the change is made. */
export function ChangePlan({ change }: { change: ReturnType<typeof usePlanChange> }) {
  const say = useSketchStrings();
  const [words, setWords] = useState("");
  const send = (event: FormEvent) => {
    event.preventDefault();
    if (!words.trim() || change.isPending) return;
    change.mutate({ to: "words", words: words.trim() }, { onSuccess: () => setWords("") });
  };
  const isRunning = change.isPending && change.variables.to === "words";
  return (
    <form onSubmit={send} className="grid gap-2">
      <div className="flex items-end gap-2">
        <Field
          label={say.change}
          placeholder={say.changeHint}
          value={words}
          maxLength={2000}
          dir="auto"
          className="min-w-0 flex-1"
          onChange={(event) => setWords(event.target.value)}
        />
        <Button kind="main" type="submit" disabled={change.isPending || !words.trim()}>
          {isRunning ? say.changing : say.changeNow}
        </Button>
      </div>
      <p className="text-sm text-soft">{say.examples}</p>
    </form>
  );
}
