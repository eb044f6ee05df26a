import { expect, it } from "vitest";
import { limitsOf, moneyOptions, queryOf, tokensOf, typedOf } from "./usage";

it("asks for whole days, the last one included", () => {
  const query = queryOf({ days: 7, whose: "mine", until: "2026-03-02" });
  expect(query).toBe("since=2026-02-24&until=2026-03-02&whose=mine");
});

it("adds prompts and answers; cached tokens are prompts already", () => {
  const sum = { requests: 1, prompt_tokens: 5, completion_tokens: 2, cached_tokens: 4 };
  expect(tokensOf({ ...sum, cost: null, unpriced: 1 })).toBe(7);
});

it("writes amounts of a currency that is none as plain numbers", () => {
  expect(moneyOptions("CNY", 2).currency).toBe("CNY");
  expect(moneyOptions("points", 2).style).toBeUndefined();
  expect(moneyOptions("USD", 0.0012).maximumFractionDigits).toBe(4);
});

it("takes empty fields for no limit", () => {
  const none = typedOf(
    {
      requests_per_minute: null,
      tokens_per_minute: null,
      tokens_per_month: null,
      cost_per_month: null,
      models: null,
    },
    null,
  );
  expect(limitsOf(none).expiresAt).toBeNull();
  expect(Object.values(limitsOf(none).limits)).toEqual([null, null, null, null, null]);
});

it("gives back the limits that were typed", () => {
  const limits = {
    requests_per_minute: 10,
    tokens_per_minute: null,
    tokens_per_month: 5000,
    cost_per_month: 2.5,
    models: ["tau", "opus"],
  };
  const until = Date.parse("2027-01-31T23:59:59Z") / 1000;
  expect(limitsOf(typedOf(limits, until))).toEqual({ limits, expiresAt: until });
});
