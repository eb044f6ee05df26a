/** Graders as a form: the usual ones in fields, the others as JSON. Pure. */

export type GraderJson = Record<string, unknown>;

export const FORM_KINDS = [
  "exact",
  "json_match",
  "json_keys",
  "string_check",
  "text_similarity",
] as const;
export type FormKind = (typeof FORM_KINDS)[number];

export const OPERATIONS = ["eq", "ne", "like", "ilike"] as const;
export type Operation = (typeof OPERATIONS)[number];

export const METRICS = [
  "fuzzy_match",
  "cosine",
  "bleu",
  "gleu",
  "meteor",
  "rouge_1",
  "rouge_2",
  "rouge_3",
  "rouge_4",
  "rouge_5",
  "rouge_l",
] as const;
export type Metric = (typeof METRICS)[number];

export interface GraderForm {
  kind: FormKind;
  /** The name that a person gave it; empty for the usual one. */
  name: string;
  operation: Operation;
  metric: Metric;
  /** The least value that passes, as typed; empty for the usual one. */
  threshold: string;
}

export const EMPTY_FORM: GraderForm = {
  kind: "exact",
  name: "",
  operation: "eq",
  metric: "fuzzy_match",
  threshold: "",
};

const ANSWER = "{{sample.output_text}}";
const EXPECTED = "{{item.answer}}";
const KNOWN = new Set([
  "type",
  "name",
  "input",
  "reference",
  "operation",
  "evaluation_metric",
  "pass_threshold",
]);

/** Return whether a kind has a threshold that's worth setting. */
export const hasThreshold = (kind: FormKind): boolean =>
  kind === "json_keys" || kind === "text_similarity";

/** Return a grader as a form, or `null` if it says more than the form can. */
export function formOf(grader: GraderJson): GraderForm | null {
  const kind = FORM_KINDS.find((each) => each === grader.type);
  if (kind === undefined || Object.keys(grader).some((key) => !KNOWN.has(key))) return null;
  if ((grader.input ?? ANSWER) !== ANSWER) return null;
  if ((grader.reference ?? EXPECTED) !== EXPECTED) return null;
  const threshold = grader.pass_threshold;
  if (threshold !== undefined && threshold !== null && !hasThreshold(kind)) return null;
  const form = {
    kind,
    name: "",
    operation: OPERATIONS.find((each) => each === grader.operation) ?? EMPTY_FORM.operation,
    metric: METRICS.find((each) => each === grader.evaluation_metric) ?? EMPTY_FORM.metric,
    threshold: typeof threshold === "number" ? String(threshold) : "",
  };
  const { name } = grader;
  return typeof name === "string" && name !== usualName(form) ? { ...form, name } : form;
}

/** Return a form as a grader in OpenAI's shape. */
export function graderOf(form: GraderForm): GraderJson {
  const { kind, operation, metric, threshold } = form;
  const name = form.name || usualName(form);
  const compared = { input: ANSWER, reference: EXPECTED };
  const passing =
    hasThreshold(kind) && threshold.trim() !== "" ? { pass_threshold: Number(threshold) } : {};
  if (kind === "string_check") return { type: kind, name, ...compared, operation };
  if (kind === "text_similarity") {
    return { type: kind, name, ...compared, evaluation_metric: metric, ...passing };
  }
  return { type: kind, name, ...passing };
}

const usualName = ({ kind, metric }: Pick<GraderForm, "kind" | "metric">): string =>
  kind === "text_similarity" ? metric : kind;

/** Return whether a form's threshold can be used: empty, or from 0 to 1. */
export function isUsable({ kind, threshold }: GraderForm): boolean {
  if (!hasThreshold(kind) || threshold.trim() === "") return true;
  const value = Number(threshold);
  return value >= 0 && value <= 1;
}

/** Return JSON that a person wrote, or `null` if it isn't an object. */
export function parsedGrader(text: string): GraderJson | null {
  try {
    const value: unknown = JSON.parse(text);
    const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
    return isObject ? (value as GraderJson) : null;
  } catch {
    return null;
  }
}
