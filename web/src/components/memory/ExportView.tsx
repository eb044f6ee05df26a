import { useState } from "react";
import { query } from "../../core/http";
import { useStrings } from "../../hooks/useStrings";
import { Icon } from "../Icon";

const FORMATS = ["jsonl", "zip", "markdown", "pam"] as const;

/** Links that download everything in each format. */
export function ExportView() {
  const say = useStrings();
  const [withCare, setWithCare] = useState(false);
  return (
    <section className="grid gap-4">
      <div className="grid gap-1">
        <h2 className="font-serif text-xl">{say.memory.takeTitle}</h2>
        <p className="text-soft">{say.memory.takeAbout}</p>
      </div>
      <label className="flex items-start gap-3">
        <input
          type="checkbox"
          checked={withCare}
          onChange={(event) => setWithCare(event.target.checked)}
          className="mt-1 size-4.5 shrink-0 accent-accent"
        />
        <span>{say.memory.takeCare}</span>
      </label>
      <ul className="grid gap-3">
        {FORMATS.map((format) => {
          const { title, text } = say.memory.takes[format];
          return (
            <li
              key={format}
              className="flex flex-wrap items-center gap-x-5 gap-y-3 rounded-2xl border border-line bg-sheet p-4 sm:p-5"
            >
              <div className="min-w-56 flex-1">
                <h3 className="font-serif text-lg">{title}</h3>
                <p className="text-soft">{text}</p>
              </div>
              <a
                href={`/api/export${query({ format, with_care: withCare || null })}`}
                download
                aria-label={say.memory.downloadOf(title)}
                className="inline-flex min-h-10 items-center gap-2 rounded-xl border border-line px-4 py-1.5 font-medium hover:bg-wash"
              >
                <Icon name="bring" className="size-4.5" />
                {say.memory.download}
              </a>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
