import type { StyleSample } from "../../core/types";
import { useStyleActs, useStyleStrings } from "../../hooks/useStyle";
import { Button } from "../Button";
import { ActionError } from "../QueryResult";

/** What the person's documents suggest, with quotations, for them to approve. */
export function FoundStyle({ waiting }: { waiting: readonly StyleSample[] }) {
  const say = useStyleStrings();
  const acts = useStyleActs();
  if (!waiting.length) return <ActionError error={acts.error} />;
  return (
    <section aria-label={say.waiting} className="grid gap-3 rounded-xl bg-wash p-3">
      <div>
        <h3 className="font-serif text-lg">{say.waiting}</h3>
        <p className="text-sm text-soft">{say.waitingAbout}</p>
      </div>
      <ul className="grid gap-3">
        {waiting.map((one) => (
          <li key={one.feature} className="grid gap-1.5">
            <p dir="auto">
              {one.statement}{" "}
              <span className="text-sm text-soft">
                {say.count(one.documents.length, one.shown)}
              </span>
            </p>
            {one.quotations.map((each) => (
              <blockquote
                key={each.document}
                dir="auto"
                className="border-s-2 border-line ps-3 text-sm text-soft wrap-anywhere"
              >
                {each.words} <cite>({each.document})</cite>
              </blockquote>
            ))}
            <div className="flex flex-wrap gap-2">
              <Button
                aria-label={say.applyNamed(one.statement)}
                disabled={acts.busy}
                onClick={() => acts.decide([one.feature], true)}
              >
                {say.apply}
              </Button>
              <Button
                kind="quiet"
                aria-label={say.leaveNamed(one.statement)}
                disabled={acts.busy}
                onClick={() => acts.decide([one.feature], false)}
              >
                {say.leave}
              </Button>
            </div>
          </li>
        ))}
      </ul>
      <Button
        kind="main"
        className="justify-self-start"
        disabled={acts.busy}
        onClick={() =>
          acts.decide(
            waiting.map((one) => one.feature),
            true,
          )
        }
      >
        {say.applyAll}
      </Button>
      <ActionError error={acts.error} />
    </section>
  );
}
