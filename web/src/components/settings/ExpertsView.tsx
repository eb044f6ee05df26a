import type { Expert } from "../../core/types";
import { useExperts } from "../../hooks/useExperts";
import { useStrings } from "../../hooks/useStrings";
import { Section } from "../Page";
import { QueryResult } from "../QueryResult";
import { StyleSection } from "../style/StyleSection";
import { ExpertScope } from "./ExpertScope";
import { InlineCode } from "./InlineCode";
import { OwnSkill } from "./OwnSkill";

/** The page of specialists: what each may read and learn, and skills of one's own. */
export function ExpertsView() {
  const words = useStrings().experts;
  const experts = useExperts();
  return (
    <>
      <p className="text-soft">{words.about}</p>
      <QueryResult query={experts}>
        {(known) => (
          <>
            {known
              .filter((one) => !one.own)
              .map((one) => (
                <Section
                  key={one.name}
                  title={words.name(one.name)}
                  about={words.description(one.name) ?? one.description}
                >
                  <ExpertScope expert={one} experts={known} />
                </Section>
              ))}
            <StyleSection />
            <Own experts={known} />
          </>
        )}
      </QueryResult>
    </>
  );
}

function Own({ experts }: { experts: readonly Expert[] }) {
  const words = useStrings().experts;
  const own = experts.filter((one) => one.own);
  return (
    <Section title={words.ownTitle} about={<InlineCode text={words.ownAbout} />}>
      <ul className="grid gap-6">
        {own.map((one) => (
          <OwnSkill key={one.name} expert={one} experts={experts} />
        ))}
        {own.length === 0 && <li className="text-soft">{words.ownEmpty}</li>}
      </ul>
    </Section>
  );
}
