/** What a check found, sorted for people. Pure. */

import type { CheckReport, Finding } from "../types";

export type FindingKind = Finding["kind"];

export interface FindingGroup {
  kind: FindingKind;
  severity: Finding["severity"];
  findings: Finding[];
}

/** Findings about examples that are to be read next to each other. */
const COMPARED = new Set<FindingKind>([
  "contradiction",
  "near contradiction",
  "leak",
  "near leak",
  "duplicate",
  "near duplicate",
  "inconsistent value",
]);

/** The order in which kinds are shown: what spoils the test first, then what can't be learned. */
const ORDER: readonly FindingKind[] = [
  "too few",
  "leak",
  "near leak",
  "contradiction",
  "near contradiction",
  "one answer",
  "empty answer",
  "empty input",
  "too long",
  "personal data",
  "control string",
  "inconsistent value",
  "duplicate",
  "near duplicate",
  "rare answer",
  "licence",
  "unreadable",
  "not compared",
];

/** Return whether the examples of a kind stand side by side. */
export const isCompared = (kind: FindingKind): boolean => COMPARED.has(kind);

/** Return the findings by kind: errors first, then by how much they spoil. */
export function groupedFindings({ findings }: CheckReport): FindingGroup[] {
  const groups = new Map<FindingKind, FindingGroup>();
  for (const finding of findings) {
    const { kind, severity } = finding;
    const group = groups.get(kind) ?? { kind, severity, findings: [] };
    group.findings.push(finding);
    if (severity === "error") group.severity = "error";
    groups.set(kind, group);
  }
  const rank = ({ kind, severity }: FindingGroup) =>
    (severity === "error" ? 0 : ORDER.length) + ORDER.indexOf(kind);
  return [...groups.values()].sort((one, other) => rank(one) - rank(other));
}

/** Return the examples of some findings, each once and in their order. */
export function examplesOf(findings: readonly Finding[]): string[] {
  return [...new Set(findings.flatMap((finding) => finding.examples))];
}
