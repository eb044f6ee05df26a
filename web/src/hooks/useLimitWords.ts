import type { ApiKey } from "../core/types";
import { moneyOptions } from "../core/usage";
import { useSpeech } from "./useStrings";
import { usePrices } from "./useUsage";

/** Return the limits of a key in a few words. */
export function useLimitWords({ limits, ...key }: ApiKey): string {
  const { say, dates } = useSpeech();
  const words = say.settings.limits;
  const { data } = usePrices();
  const money = (amount: number) =>
    dates.number(amount, moneyOptions(data?.currency ?? "USD", amount));
  const parts: string[] = [];
  if (limits.requests_per_minute !== null)
    parts.push(words.shownRequests(dates.number(limits.requests_per_minute)));
  if (limits.tokens_per_minute !== null)
    parts.push(words.shownTokens(dates.number(limits.tokens_per_minute)));
  if (limits.tokens_per_month !== null)
    parts.push(
      words.shownMonth(dates.number(key.tokens_this_month), dates.number(limits.tokens_per_month)),
    );
  if (limits.cost_per_month !== null)
    parts.push(words.shownCost(money(key.cost_this_month), money(limits.cost_per_month)));
  if (limits.models !== null) parts.push(words.shownModels(limits.models.join(", ")));
  if (key.expires_at !== null) parts.push(words.shownExpiry(dates.fullDay(key.expires_at)));
  return parts.join(" · ");
}
