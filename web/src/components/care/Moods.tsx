import { useState } from "react";
import type { MoodCheckIn } from "../../core/types";
import { useCheckIns, useForget } from "../../hooks/useSpace";
import { useSpaceStrings } from "../../hooks/useSpaceStrings";
import { useSpeech } from "../../hooks/useStrings";
import { IconButton } from "../Button";
import { Section } from "../Page";
import { QueryResult } from "../QueryResult";
import { ConfirmDialog } from "../settings/ConfirmDialog";
import { MoodChart } from "./MoodChart";

const SHOWN = 10;

/** The moods of the last days, and the last check-ins with their words. */
export function Moods() {
  const say = useSpaceStrings();
  const query = useCheckIns();
  return (
    <Section title={say.days} about={say.daysAbout}>
      <QueryResult query={query} isEmpty={(all) => !all.length} empty={say.noDays}>
        {(all) => (
          <>
            <MoodChart checkins={all} />
            <Latest checkins={all.slice(-SHOWN).reverse()} />
          </>
        )}
      </QueryResult>
    </Section>
  );
}

function Latest({ checkins }: { checkins: readonly MoodCheckIn[] }) {
  const say = useSpaceStrings();
  const { dates } = useSpeech();
  const forget = useForget("checkins");
  const [asked, setAsked] = useState<string | null>(null);
  return (
    <>
      <ul className="grid gap-1">
        {checkins.map(({ id, at, mood, words }) => {
          const when = dates.moment(at);
          return (
            <li key={id} className="flex items-start gap-2">
              <div className="min-w-0 flex-1 py-2">
                <p>
                  {say.moods[mood - 1]} <span className="text-sm text-soft">{when}</span>
                </p>
                {words && (
                  <p dir="auto" className="wrap-anywhere whitespace-pre-wrap text-soft">
                    {words}
                  </p>
                )}
              </div>
              <IconButton icon="trash" label={say.forgetNamed(when)} onClick={() => setAsked(id)} />
            </li>
          );
        })}
      </ul>
      {asked && (
        <ConfirmDialog
          title={say.forgetTitle}
          text={say.forgetText}
          action={say.forget}
          act={() => forget.mutateAsync(asked)}
          onClose={() => setAsked(null)}
        />
      )}
    </>
  );
}
