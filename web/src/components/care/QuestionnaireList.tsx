import type { Questionnaire } from "../../core/types";
import { useForget, useQuestionnaires } from "../../hooks/useSpace";
import { useSpaceStrings } from "../../hooks/useSpaceStrings";
import { useSpeech } from "../../hooks/useStrings";
import { IconButton } from "../Button";
import { Section } from "../Page";
import { QueryResult } from "../QueryResult";

const SHOWN = 6;

/** The questionnaires, and the last results. */
export function QuestionnaireList({ onOpen }: { onOpen: (asked: Questionnaire) => void }) {
  const say = useSpaceStrings();
  const { dates } = useSpeech();
  const query = useQuestionnaires();
  const forget = useForget("checkins");
  return (
    <Section title={say.questionnaires} about={say.questionnairesAbout}>
      <QueryResult query={query}>
        {({ questionnaires, results }) => (
          <>
            <ul className="grid gap-2 sm:grid-cols-2">
              {questionnaires.map((asked) => (
                <li key={asked.name}>
                  <button
                    type="button"
                    onClick={() => onOpen(asked)}
                    className="grid w-full rounded-xl border border-line p-3.5 text-start hover:border-accent"
                  >
                    <span className="font-medium">{asked.title}</span>
                    <span className="text-sm text-soft">{asked.about}</span>
                  </button>
                </li>
              ))}
            </ul>
            {results.length > 0 && (
              <ul className="grid gap-1">
                {results
                  .slice(-SHOWN)
                  .reverse()
                  .map(({ id, name, at, score, most, label }) => {
                    const title = questionnaires.find((one) => one.name === name)?.title ?? name;
                    const when = dates.moment(at);
                    return (
                      <li key={id} className="flex items-center gap-2">
                        <p className="min-w-0 flex-1">
                          {title} {say.scoreOf(score, most)}, {label}{" "}
                          <span className="text-sm text-soft">{when}</span>
                        </p>
                        <IconButton
                          icon="trash"
                          label={say.forgetNamed(`${title}, ${when}`)}
                          onClick={() => forget.mutate(id)}
                        />
                      </li>
                    );
                  })}
              </ul>
            )}
          </>
        )}
      </QueryResult>
    </Section>
  );
}
