/** Usage of models: what is asked for, and how amounts and limits are typed. */

import type { KeyLimits, UsageTotals } from "./types";

export const RANGES = [7, 30, 90, 365] as const;
export type Range = (typeof RANGES)[number];

export interface Asked {
  days: Range;
  whose: "mine" | "everyone";
  /** The last day, in UTC. */
  until: string;
}

const DAY_MS = 86_400_000;

/** Return the day of a time in UTC. */
export function utcDay(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}

/** Return the query of a request for usage. */
export function queryOf({ days, whose, until }: Asked): string {
  const since = utcDay(Date.parse(until) - (days - 1) * DAY_MS);
  return new URLSearchParams({ since, until, whose }).toString();
}

/** Return the tokens of a sum. */
export function tokensOf(sum: UsageTotals): number {
  return sum.prompt_tokens + sum.completion_tokens;
}

/** Return the options that write an amount of money; a code that isn't a currency is left out. */
export function moneyOptions(currency: string, amount: number): Intl.NumberFormatOptions {
  const digits = { minimumFractionDigits: 2, maximumFractionDigits: amount < 1 ? 4 : 2 };
  try {
    new Intl.NumberFormat("en", { style: "currency", currency });
    return { style: "currency", currency, ...digits };
  } catch {
    return digits;
  }
}

/** What is typed in the form of a key's limits. */
export interface TypedLimits {
  requestsPerMinute: string;
  tokensPerMinute: string;
  tokensPerMonth: string;
  costPerMonth: string;
  models: string;
  /** A day, such as 2027-01-31. */
  expires: string;
}

/** Return a key's limits as they are typed. */
export function typedOf(limits: KeyLimits, expiresAt: number | null): TypedLimits {
  const text = (value: number | null) => (value === null ? "" : String(value));
  return {
    requestsPerMinute: text(limits.requests_per_minute),
    tokensPerMinute: text(limits.tokens_per_minute),
    tokensPerMonth: text(limits.tokens_per_month),
    costPerMonth: text(limits.cost_per_month),
    models: (limits.models ?? []).join(", "),
    expires: expiresAt === null ? "" : utcDay(expiresAt * 1000),
  };
}

/** Return the limits and the expiry that were typed; empty fields are no limit. */
export function limitsOf(typed: TypedLimits): { limits: KeyLimits; expiresAt: number | null } {
  const number = (text: string) => (text.trim() === "" ? null : Number(text));
  const names = typed.models.split(/[,，]/).flatMap((name) => name.trim() || []);
  return {
    limits: {
      requests_per_minute: number(typed.requestsPerMinute),
      tokens_per_minute: number(typed.tokensPerMinute),
      tokens_per_month: number(typed.tokensPerMonth),
      cost_per_month: number(typed.costPerMonth),
      models: names.length > 0 ? names : null,
    },
    expiresAt: typed.expires === "" ? null : Date.parse(`${typed.expires}T23:59:59Z`) / 1000,
  };
}
