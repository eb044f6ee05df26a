import { LANGUAGES, prefer, preferences } from "../../core/preferences";
import { LANGUAGE_NAMES } from "../../core/strings";
import { useStore } from "../../hooks/useStore";
import { useStrings } from "../../hooks/useStrings";
import { Choice } from "../Choice";
import { Switch } from "../Field";
import { Section } from "../Page";

const THEMES = ["system", "light", "dark"] as const;
const SIZES = ["small", "medium", "large", "huge"] as const;

/** Appearance and offline copies in this browser. */
export function AppearanceView() {
  const words = useStrings().settings.appearance;
  const chosen = useStore(preferences);
  return (
    <>
      <Section title={words.looks} about={words.looksAbout}>
        <div className="grid gap-5">
          <Choice
            label={words.language}
            value={chosen.language}
            options={LANGUAGES.map((value) => ({ value, label: LANGUAGE_NAMES[value] }))}
            onChange={(language) => prefer({ language })}
          />
          <Choice
            label={words.theme}
            value={chosen.theme}
            options={THEMES.map((value) => ({ value, label: words.themes[value] }))}
            onChange={(theme) => prefer({ theme })}
          />
          <Choice
            label={words.textSize}
            value={chosen.textSize}
            options={SIZES.map((value) => ({ value, label: words.sizes[value] }))}
            onChange={(textSize) => prefer({ textSize })}
          />
          <div className="prose border-s-2 border-line ps-4">
            <p>{words.sample}</p>
          </div>
        </div>
      </Section>
      <Section title={words.device}>
        <Switch
          label={words.keepsOffline}
          hint={words.keepsOfflineHint}
          checked={chosen.keepsOffline}
          onChange={(keepsOffline) => prefer({ keepsOffline })}
        />
      </Section>
    </>
  );
}
