/** Runs of training: what may be done, and the curves of their figures. Pure. */

import type { Run, RunStep, RunUpdate } from "../types";

export type RunAct = "pause" | "resume" | "cancel";
type RunStatus = Run["status"];
export type Point = readonly [step: number, value: number];

const ALLOWED: Record<RunAct, readonly RunStatus[]> = {
  pause: ["queued", "running"],
  resume: ["paused"],
  cancel: ["validating_files", "queued", "running", "paused"],
};
const OVER: readonly RunStatus[] = ["succeeded", "failed", "cancelled"];
const MOST_POINTS = 240;

/** Return whether nothing more happens to a run. */
export const isOver = ({ status }: Pick<Run, "status">): boolean => OVER.includes(status);

/** Return what may be asked of a run now: nothing that was asked already. */
export function actsOf({ status, asked }: Pick<Run, "status" | "asked">): RunAct[] {
  const acts = (Object.keys(ALLOWED) as RunAct[]).filter((act) => ALLOWED[act].includes(status));
  return asked === "cancel" ? [] : acts.filter((act) => act !== asked);
}

/** Return a run after an update. A step that was done twice counts as done last. */
export function updated(run: Run, { run: now, steps }: RunUpdate): Run {
  return { ...now, steps: merged(run.steps, steps) };
}

function merged(before: readonly RunStep[], steps: readonly RunStep[]): RunStep[] {
  const byNumber = new Map(before.map((each) => [each.step, each]));
  for (const each of steps) byNumber.set(each.step, each);
  return [...byNumber.values()].sort((one, other) => one.step - other.step);
}

/** Return the loss on what was learned, by step; of many steps, the means of neighbours. */
export const trainLoss = ({ steps }: Pick<Run, "steps">): Point[] =>
  thinned(steps.map(({ step, loss }) => [step, loss] as const));

/** Return the loss on validation examples, by checkpoint. */
export const validLoss = ({ checkpoints }: Pick<Run, "checkpoints">): Point[] =>
  checkpoints.flatMap(({ step, valid_loss: loss }) => (loss === null ? [] : [[step, loss]]));

/** Return the task score, by checkpoint. */
export const taskScore = ({ checkpoints }: Pick<Run, "checkpoints">): Point[] =>
  checkpoints.flatMap(({ step, score }) => (score === null ? [] : [[step, score]]));

/** Return at most so many points: neighbours become their mean. */
export function thinned(points: readonly Point[], most = MOST_POINTS): Point[] {
  const size = Math.ceil(points.length / most);
  if (size <= 1) return [...points];
  const means: Point[] = [];
  for (let start = 0; start < points.length; start += size) {
    const part = points.slice(start, start + size);
    const mean = (place: 0 | 1) => part.reduce((sum, each) => sum + each[place], 0) / part.length;
    means.push([mean(0), mean(1)]);
  }
  return means;
}

/** Return the part of a run that is done, from 0 to 1; `null` while unknown. */
export function partDone({ step, all_steps: all }: Pick<Run, "step" | "all_steps">): number | null {
  return all > 0 ? Math.min(1, step / all) : null;
}

/** Return a whole number from 1 that a person typed, `null` for nothing, `undefined` for nonsense. */
export function typedCount(text: string): number | null | undefined {
  if (text.trim() === "") return null;
  const value = Number(text);
  return Number.isInteger(value) && value >= 1 ? value : undefined;
}
