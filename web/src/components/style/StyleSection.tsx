import { StyleStringsContext, useLoadedStyleStrings, useStyle } from "../../hooks/useStyle";
import { Section } from "../Page";
import { QueryResult } from "../QueryResult";
import { FoundStyle } from "./FoundStyle";
import { SampleStyle } from "./SampleStyle";
import { StyleRules } from "./StyleRules";

/** How the person writes: rules with their sources, and what their documents suggest. */
export function StyleSection() {
  const say = useLoadedStyleStrings();
  const style = useStyle();
  if (!say) return null;
  return (
    <StyleStringsContext value={say}>
      <Section title={say.title} about={say.about}>
        <QueryResult query={style}>
          {(known) => (
            <>
              <StyleRules rules={known.rules} />
              <FoundStyle waiting={known.waiting} />
              <SampleStyle />
            </>
          )}
        </QueryResult>
      </Section>
    </StyleStringsContext>
  );
}
