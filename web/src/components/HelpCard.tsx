import { memo, useId } from "react";
import { CARE_STRINGS, cardLanguage, telOf } from "../core/care";
import { LANGUAGE_TAGS } from "../core/strings";
import type { Help } from "../core/types";
import { HelpLines } from "./HelpLines";
import { SideLink } from "./SideLink";

/** The help that is offered with a message, above its reply: in the language of the message. */
export const HelpCard = memo(function HelpCard({ help }: { help: Help }) {
  const language = cardLanguage(help.language);
  const say = CARE_STRINGS[language];
  const title = useId();
  return (
    <section
      aria-labelledby={title}
      lang={LANGUAGE_TAGS[language]}
      data-help={help.level}
      className="grid gap-3.5 rounded-2xl border border-s-4 border-line border-s-accent bg-sheet p-4 sm:p-5"
    >
      <h2 id={title} className="text-lg font-semibold">
        {help.about === "other" ? say.titleOther : say.title}
      </h2>
      <HelpLines lines={help.lines} say={say} />
      <Emergency help={help} />
      <p className="text-sm">
        <SideLink
          to={{ page: "help" }}
          className="text-accent underline underline-offset-[0.2em] hover:opacity-80"
        >
          {say.more}
        </SideLink>
      </p>
    </section>
  );
});

/** The emergency number; both common ones where the country isn't known. */
export function Emergency({ help }: { help: Pick<Help, "country" | "emergency" | "language"> }) {
  const say = CARE_STRINGS[cardLanguage(help.language)];
  if (!help.country) {
    return (
      <p className="text-soft">
        {say.emergencyUnknown} {say.emergencyUnknownMore}
      </p>
    );
  }
  return (
    <p className="text-soft">
      {say.emergency}{" "}
      <a
        href={telOf(help.emergency) ?? undefined}
        className="font-medium whitespace-nowrap text-ink underline underline-offset-[0.2em]"
      >
        {help.emergency}
      </a>
      {help.language === "zh" ? "。" : "."}
    </p>
  );
}
