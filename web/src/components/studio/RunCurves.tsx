import { taskScore, trainLoss, validLoss } from "../../core/studio/runs";
import type { Run } from "../../core/types";
import { useFigures } from "../../hooks/useFigures";
import { useSpeech } from "../../hooks/useStrings";
import { useStudioStrings } from "../../hooks/useStudioStrings";
import { Section } from "../Page";
import { CurveChart } from "./charts/CurveChart";

const TWO_DIGITS = { maximumFractionDigits: 2 };

/** The curves of a run: the loss by step, and the task score by checkpoint. */
export function RunCurves({ run }: { run: Run }) {
  const { dates } = useSpeech();
  const figures = useFigures();
  const { training: words } = useStudioStrings();
  const losses = trainLoss(run);
  const scores = taskScore(run);
  const first = losses[0]?.[1] ?? 0;
  const last = losses.at(-1)?.[1] ?? 0;
  const best = run.checkpoints.find(({ step }) => step === run.best_step);
  return (
    <>
      {losses.length > 1 && (
        <Section title={words.loss} about={words.lossAbout}>
          <CurveChart
            label={words.lossLabel(dates.number(first, TWO_DIGITS), dates.number(last, TWO_DIGITS))}
            steps={run.all_steps}
            line={losses}
            dots={validLoss(run)}
            names={[words.onTraining, words.onValidation]}
            yLabel={words.lossAxis}
            yText={(value) => dates.number(value, TWO_DIGITS)}
          />
        </Section>
      )}
      {scores.length > 0 && (
        <Section title={words.score} about={words.scoreAbout}>
          <CurveChart
            label={
              best
                ? words.scoreLabel(figures.percent(best.score ?? 0), dates.number(best.step))
                : words.noneRight
            }
            steps={run.all_steps}
            line={scores}
            dots={scores}
            best={run.best_step}
            to={1}
            yLabel={words.scoreAxis}
            yText={(value) => figures.whole(value)}
          />
        </Section>
      )}
    </>
  );
}
