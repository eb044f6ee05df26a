import { useProfile } from "../../hooks/useMemory";
import { useStrings } from "../../hooks/useStrings";
import { Section } from "../Page";
import { QueryResult } from "../QueryResult";
import { AddFact } from "./AddFact";
import { ForgetPeriod } from "./ForgetPeriod";
import { Learning } from "./Learning";
import { LineItem } from "./ProfileLine";

/** The profile, and the switch for learning. */
export function ProfileView() {
  const say = useStrings();
  return (
    <>
      <section className="grid gap-3">
        <div className="grid gap-1">
          <h2 className="font-serif text-xl">{say.memory.portraitTitle}</h2>
          <p className="text-soft">{say.memory.portraitAbout}</p>
        </div>
        <QueryResult
          query={useProfile()}
          isEmpty={(profile) => profile.lines.length === 0}
          empty={say.memory.portraitEmpty}
        >
          {(profile) => (
            <ul className="divide-y divide-line rounded-2xl border border-line bg-sheet">
              {profile.lines.map((line) => (
                <LineItem key={line.facts.join(" ") || line.text} line={line} />
              ))}
            </ul>
          )}
        </QueryResult>
      </section>
      <AddFact />
      <Section title={say.memory.learningTitle}>
        <Learning />
      </Section>
      <Section title={say.memory.forgetTitle} about={say.memory.forgetAbout}>
        <ForgetPeriod />
      </Section>
    </>
  );
}
