import { useState } from "react";
import {
  addsSomething,
  canImport,
  mayClaim,
  NO_TERMS,
  type Problem,
  type Terms,
} from "../../core/imports";
import { plain } from "../../core/markdown";
import type { Import } from "../../core/types";
import { useSpeech } from "../../hooks/useStrings";
import { Button } from "../Button";
import { Switch } from "../Field";
import { Notice } from "../Notice";
import { countsOf, originOf } from "./counts";
import { LeftOutList } from "./LeftOutList";
import { PreviewFacts } from "./PreviewFacts";
import { ProblemText } from "./ProblemText";

interface Props {
  one: Import;
  problem: Problem | null;
  onTake: (terms: Terms) => void;
  onOther: () => void;
}

/** The preview of an import: what it holds and what would be added. */
export function ImportPreview({ one, problem, onTake, onOther }: Props) {
  const { say, dates } = useSpeech();
  const [terms, setTerms] = useState(NO_TERMS);
  const [taken, setTaken] = useState(false);
  const { memory } = say;
  const name = plain(one.name) || memory.namelessFile;
  const take = () => {
    setTaken(true);
    onTake(terms);
  };
  return (
    <section className="grid gap-5 rounded-2xl border border-line bg-sheet p-4 sm:p-6">
      <div className="grid gap-1">
        <h2 className="font-serif text-xl">{memory.reviewTitle}</h2>
        <p className="text-soft wrap-anywhere">
          {memory.reviewFile(name, originOf(one.origin, say))}
        </p>
        <p className="font-serif text-lg">{countsOf(one, say, dates) || memory.nothingNew}</p>
        {one.known > 0 && (
          <p className="text-sm text-soft">{memory.known(one.known, dates.number(one.known))}</p>
        )}
        {one.forgotten > 0 && (
          <p className="text-sm text-soft">
            {memory.forgottenBefore(one.forgotten, dates.number(one.forgotten))}
          </p>
        )}
      </div>
      {addsSomething(one) && <PreviewFacts facts={one.learned} count={one.facts} terms={terms} />}
      <LeftOutList title={memory.wouldLeave} items={one.skipped} count={one.skipped_count} />
      <LeftOutList title={memory.notes} items={one.notes} count={one.notes.length} />
      {(mayClaim(one) || one.forgotten > 0) && (
        <TermsFields one={one} terms={terms} onChange={setTerms} />
      )}
      {problem && (
        <Notice failure>
          <ProblemText problem={problem} />
        </Notice>
      )}
      <div className="flex flex-wrap justify-end gap-2">
        <Button onClick={onOther}>{memory.otherFile}</Button>
        {canImport(one) && (
          <Button kind="main" icon="check" disabled={taken && !problem} onClick={take}>
            {memory.bringNow}
          </Button>
        )}
      </div>
    </section>
  );
}

interface TermsProps {
  one: Import;
  terms: Terms;
  onChange: (terms: Terms) => void;
}

function TermsFields({ one, terms, onChange }: TermsProps) {
  const { say } = useSpeech();
  return (
    <div className="grid gap-4 border-t border-line pt-5">
      {mayClaim(one) && (
        <Switch
          label={say.memory.trust}
          hint={say.memory.trustHint}
          checked={terms.trust}
          onChange={(trust) => onChange({ ...terms, trust })}
        />
      )}
      {one.forgotten > 0 && (
        <Switch
          label={say.memory.bringBack}
          hint={say.memory.bringBackHint}
          checked={terms.forgotten}
          onChange={(forgotten) => onChange({ ...terms, forgotten })}
        />
      )}
    </div>
  );
}
