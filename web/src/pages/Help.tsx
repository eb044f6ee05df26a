import { useState } from "react";
import { Emergency } from "../components/HelpCard";
import { HelpLines } from "../components/HelpLines";
import { Link } from "../components/Link";
import { Notice } from "../components/Notice";
import { Page, Waiting } from "../components/Page";
import { Select } from "../components/Select";
import { namedCountries } from "../core/care";
import { preferences } from "../core/preferences";
import { planCopy } from "../core/space/planCopy";
import { LANGUAGE_TAGS } from "../core/strings";
import { useHelp } from "../hooks/useHelp";
import { useStore } from "../hooks/useStore";
import { useStrings } from "../hooks/useStrings";

/** The page with all help lines of a country: signed in or not, and offline from its copy. */
export default function Help({ alone = false }: { alone?: boolean }) {
  const { care: say, shell } = useStrings();
  const { language } = useStore(preferences);
  const [country, setCountry] = useState<string | null>(null);
  const hasCopy = useStore(planCopy) !== null;
  const { data, error } = useHelp(language, country);
  return (
    <Page
      title={say.page}
      aside={alone && <Link to={{ page: "new", private: false }}>{shell.back}</Link>}
    >
      <p className="text-lg">{say.pageText}</p>
      {(!alone || hasCopy) && (
        <p>
          <Link
            to={{ page: "care", view: "plan" }}
            className="text-accent underline underline-offset-[0.2em] hover:opacity-80"
          >
            {say.safetyPlan}
          </Link>
        </p>
      )}
      {error && <Notice failure>{say.notLoaded}</Notice>}
      {error && !data && (
        <p>
          {say.emergencyUnknown} {say.emergencyUnknownMore}
        </p>
      )}
      {!data && !error && <Waiting />}
      {data && (
        <>
          <Select
            label={say.country}
            value={country ?? data.country ?? ""}
            empty={say.unknown}
            options={namedCountries(shownCountries(data), LANGUAGE_TAGS[language])}
            onChange={(chosen) => setCountry(chosen || null)}
          />
          <section className="grid gap-5 rounded-2xl border border-line bg-sheet p-4 sm:p-5">
            <Emergency help={{ ...data, language }} />
            <HelpLines lines={data.lines} say={say} />
          </section>
        </>
      )}
    </Page>
  );
}

/** The person's own country may have no lines of its own. */
function shownCountries({ countries, country }: { countries: string[]; country: string | null }) {
  return country && !countries.includes(country) ? [...countries, country] : countries;
}
