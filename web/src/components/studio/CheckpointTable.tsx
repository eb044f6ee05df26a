import type { Run, RunCheckpoint } from "../../core/types";
import { useFigures } from "../../hooks/useFigures";
import { useSpeech } from "../../hooks/useStrings";
import { useStudioStrings } from "../../hooks/useStudioStrings";
import { Section } from "../Page";
import { Mark } from "./Mark";

const CELL = "border-t border-line py-2 pe-4 text-start font-normal";
const TWO_DIGITS = { minimumFractionDigits: 2, maximumFractionDigits: 2 };

/** The checkpoints of a run with their figures. */
export function CheckpointTable({ run }: { run: Run }) {
  const { training: words } = useStudioStrings();
  const { step, loss, valid, score, right } = words.columns;
  return (
    <Section title={words.checkpoints}>
      <div className="overflow-x-auto" data-scrolls>
        <table className="w-full tabular-nums">
          <caption className="sr-only">{words.checkpoints}</caption>
          <thead>
            <tr>
              {[step, loss, valid, score, right].map((name) => (
                <th
                  key={name}
                  scope="col"
                  className="pe-4 pb-1.5 text-start text-sm font-normal text-soft"
                >
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {run.checkpoints.map((each) => (
              <Row key={each.step} checkpoint={each} best={each.step === run.best_step} />
            ))}
          </tbody>
        </table>
      </div>
    </Section>
  );
}

function Row({ checkpoint, best }: { checkpoint: RunCheckpoint; best: boolean }) {
  const { dates } = useSpeech();
  const figures = useFigures();
  const { training: words } = useStudioStrings();
  const { step, loss, valid_loss: valid, score, graded, passed } = checkpoint;
  const number = (value: number | null) => (value === null ? "" : dates.number(value, TWO_DIGITS));
  return (
    <tr>
      <th scope="row" className={CELL}>
        {dates.number(step)} {best && <Mark>{words.best}</Mark>}
      </th>
      <td className={CELL}>{number(loss)}</td>
      <td className={CELL}>{number(valid)}</td>
      <td className={CELL}>{score === null ? "" : figures.percent(score)}</td>
      <td className={CELL}>
        {graded > 0 && words.ofCount(dates.number(passed), dates.number(graded))}
      </td>
    </tr>
  );
}
