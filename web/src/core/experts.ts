/** Specialists: their names, and what their scopes allow. Pure. */

import { TOPICS, type Topic } from "./memory";
import type { Expert, ScopeChange } from "./types";

/** Reflective support, whose words stay there. */
export const CARE = "care";
/** Plain talk, which is no specialist. */
export const TALK = "talk";

/** Return the change that lets a specialist read a topic, or not; all topics are `null`. */
export function withTopic(expert: Expert, topic: Topic, reads: boolean): ScopeChange {
  const before: readonly Topic[] = expert.scope.topics ?? TOPICS;
  const after = TOPICS.filter((one) => (one === topic ? reads : before.includes(one)));
  return { topics: after.length === TOPICS.length ? null : after };
}

/** Return the change that lets a specialist recall another one, or not. */
export function withRecalled(expert: Expert, name: string, recalls: boolean): ScopeChange {
  const others = expert.scope.experts.filter((one) => one !== name);
  return { experts: recalls ? [...others, name] : others };
}

/** Return who may reply in a conversation besides care; nobody else where `chosen` is care. */
export function replying(experts: readonly Expert[], chosen: string): string[] {
  if (chosen === CARE) return [];
  const usable = experts.filter((one) => one.approved && one.scope.enabled && one.name !== CARE);
  return usable.map((one) => one.name);
}

/** Return those whose conversations a specialist may be allowed to recall. */
export function recallable(experts: readonly Expert[], expert: Expert): string[] {
  const usable = experts.filter((one) => one.approved && !one.problem);
  return usable.map((one) => one.name).filter((name) => name !== expert.name && name !== CARE);
}
