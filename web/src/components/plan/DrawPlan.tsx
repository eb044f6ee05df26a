import { type FormEvent, useState } from "react";
import { briefOf, FIRST_FORM, type PlanForm, totalOf } from "../../core/plan-brief";
import type { Language } from "../../core/preferences";
import { useDraw } from "../../hooks/usePlans";
import { go } from "../../hooks/useRoute";
import { useSketchStrings } from "../../hooks/useSketchStrings";
import { useSpeech } from "../../hooks/useStrings";
import { Button } from "../Button";
import { Area } from "../Field";
import { Section } from "../Page";
import { Segments } from "../Segments";
import { PlanError } from "./PlanError";
import { PlanFields } from "./PlanFields";

type Way = "words" | "form";

/** Begins a plan, from words or from a form. What was written stays if it can't be drawn. */
export function DrawPlan() {
  const say = useSketchStrings();
  const language = useSpeech().dates.language as Language;
  const [way, setWay] = useState<Way>("words");
  const [words, setWords] = useState("");
  const [form, setForm] = useState<PlanForm>(FIRST_FORM);
  const draw = useDraw((made) => go({ page: "plans", plan: made.id }));
  const isReady = way === "words" ? Boolean(words.trim()) : !Number.isNaN(totalOf(form.total));
  const send = (event: FormEvent) => {
    event.preventDefault();
    if (!isReady || draw.isPending) return;
    draw.mutate(way === "words" ? { words: words.trim() } : { brief: briefOf(form, language) });
  };
  return (
    <Section title={say.begin} about={say.beginAbout}>
      <div className="flex">
        <Segments<Way>
          label={say.how}
          value={way}
          options={[
            { value: "words", label: say.inWords },
            { value: "form", label: say.byForm },
          ]}
          onChange={setWay}
        />
      </div>
      <form onSubmit={send} className="grid gap-4">
        {way === "words" ? (
          <Area
            label={say.words}
            placeholder={say.wordsHint}
            value={words}
            maxLength={20_000}
            dir="auto"
            onChange={(event) => setWords(event.target.value)}
          />
        ) : (
          <PlanFields form={form} onChange={setForm} />
        )}
        <PlanError error={draw.error} />
        <div className="flex flex-wrap items-center gap-3">
          <Button kind="main" type="submit" disabled={!isReady || draw.isPending}>
            {say.draw}
          </Button>
          <p role="status" className="text-sm text-soft">
            {draw.isPending && say.drawing}
          </p>
        </div>
      </form>
    </Section>
  );
}
