import { useState } from "react";
import { useDocuments } from "../../hooks/useDocuments";
import { useStyleActs, useStyleStrings } from "../../hooks/useStyle";
import { Button } from "../Button";
import { ActionError, QueryResult } from "../QueryResult";

const LEAST_DOCUMENTS = 3;

/** Chooses documents in which the person's style is looked for. */
export function SampleStyle() {
  const say = useStyleStrings();
  const documents = useDocuments();
  const acts = useStyleActs();
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const [found, setFound] = useState<number | null>(null);
  const toggle = (id: string) =>
    setChosen(chosen.includes(id) ? chosen.filter((one) => one !== id) : [...chosen, id]);
  return (
    <details>
      <summary>{say.sample}</summary>
      <div className="grid gap-3 pt-2">
        <QueryResult query={documents}>
          {(known) =>
            known.length < LEAST_DOCUMENTS ? (
              <p className="text-soft">{say.tooFew}</p>
            ) : (
              <fieldset className="grid gap-1">
                <legend className="pb-1 text-soft">{say.sampleAbout}</legend>
                {known.map((one) => (
                  <label key={one.id} className="flex min-h-10 items-center gap-2.5">
                    <input
                      type="checkbox"
                      className="size-4 shrink-0 accent-accent"
                      checked={chosen.includes(one.id)}
                      onChange={() => toggle(one.id)}
                    />
                    <span dir="auto" className="wrap-anywhere">
                      {one.title || say.untitled}
                    </span>
                  </label>
                ))}
              </fieldset>
            )
          }
        </QueryResult>
        <Button
          className="justify-self-start"
          disabled={chosen.length < LEAST_DOCUMENTS || acts.busy}
          onClick={() => acts.sample([...chosen], ({ waiting }) => setFound(waiting.length))}
        >
          {say.look}
        </Button>
        <p role="status" className="text-soft">
          {found === 0 && say.nothing}
        </p>
        <ActionError error={acts.error} />
      </div>
    </details>
  );
}
