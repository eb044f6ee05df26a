import { usePortrait } from "../../hooks/useMemory";
import { useStrings } from "../../hooks/useStrings";
import { Section } from "../Page";
import { ForgetWhile } from "./ForgetWhile";
import { Learning } from "./Learning";
import { Listed } from "./Listed";
import { LineItem } from "./PortraitLine";
import { Tell } from "./Tell";

/** Who the person is to Tau, and whether Tau learns on. */
export function PortraitView() {
  const say = useStrings();
  return (
    <>
      <section className="grid gap-3">
        <div className="grid gap-1">
          <h2 className="font-serif text-xl">{say.memory.portraitTitle}</h2>
          <p className="text-soft">{say.memory.portraitAbout}</p>
        </div>
        <Listed
          of={usePortrait()}
          isEmpty={(portrait) => portrait.lines.length === 0}
          empty={say.memory.portraitEmpty}
        >
          {(portrait) => (
            <ul className="divide-y divide-line rounded-2xl border border-line bg-sheet">
              {portrait.lines.map((line) => (
                <LineItem key={line.facts.join(" ") || line.text} line={line} />
              ))}
            </ul>
          )}
        </Listed>
      </section>
      <Tell />
      <Section title={say.memory.learningTitle}>
        <Learning />
      </Section>
      <Section title={say.memory.forgetTitle} about={say.memory.forgetAbout}>
        <ForgetWhile />
      </Section>
    </>
  );
}
