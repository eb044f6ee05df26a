/** Comparisons of methods: what stands in the table and in the charts. Pure. */

import type { Comparison, ComparisonJob, GradedAnswer, MadeModel, Method, Model } from "../types";

/** The methods that may be asked for, cheapest first. */
export const METHOD_KINDS = [
  "baseline",
  "classifier",
  "prompt",
  "nearest",
  "optimized",
  "tuned",
  "strong",
] as const;
export type AskedMethod = (typeof METHOD_KINDS)[number];
/** What is said: `trained` where a trained model has shown that it is better. */
export type VerdictKind = Comparison["verdict"]["kind"] | "trained";

export type Tried = Method & { passed: NonNullable<Method["passed"]> };

/** Return whether a method was tried. */
export const isTried = (method: Method): method is Tried => method.passed !== null;

/** Return the methods that were tried, in their order. */
export const triedOf = ({ methods }: Comparison): Tried[] => methods.filter(isTried);

/** Return the job that runs, if one does. */
export const runningOf = (jobs: readonly ComparisonJob[]): ComparisonJob | null =>
  jobs.find((job) => job.state === "running") ?? null;

/** Return why the last comparison has no result, or nothing if it has one. */
export function lastFailure(jobs: readonly ComparisonJob[]): string {
  const [last] = [...jobs].sort((one, other) => other.at - one.at);
  return last && (last.state === "failed" || last.state === "stopped") ? last.sentence : "";
}

/** Return the answers with those that are wrong first, or these alone. */
export function shownAnswers(
  answers: readonly GradedAnswer[],
  which: "wrong" | "all",
): GradedAnswer[] {
  const wrong = answers.filter((each) => !each.passed);
  return which === "wrong" ? wrong : [...wrong, ...answers.filter((each) => each.passed)];
}

/** Return the models that can answer prompts, without those for tests. */
export function promptModels(models: readonly Model[]): Model[] {
  return models.filter((each) => each.ready && each.capabilities.includes("chat"));
}

/** Return what a verdict says: to train names no method before a model was trained. */
export const verdictKind = ({ kind, method }: Comparison["verdict"]): VerdictKind =>
  kind === "train" && method ? "trained" : kind;

/** Return whether the verdict says that something is good enough to be used. */
export const isGoodNews = (kind: VerdictKind): boolean =>
  kind === "trained" ||
  kind === "prompt is enough" ||
  kind === "classifier is enough" ||
  kind === "stronger model wins";

/** Return the newest comparison in which a model answered, and the method's name there. */
export function answeredBy(
  comparisons: readonly Comparison[],
  model: Pick<MadeModel, "name" | "comparison" | "method">,
): { comparison: string; method: string } | null {
  for (const comparison of comparisons) {
    const isKept = comparison.id === model.comparison;
    const method = triedOf(comparison).find(
      (each) => each.model === model.name || (isKept && each.name === model.method),
    );
    if (method) return { comparison: comparison.id, method: method.name };
  }
  return null;
}
