import { useSpeech } from "../../hooks/useStrings";

interface Measured {
  ok: boolean;
  sentence: string;
  first_token_seconds: number | null;
  tokens_per_second: number | null;
}

/** The result of a speed test. */
export function Speed({ measured }: { measured: Measured }) {
  const { say, dates } = useSpeech();
  const words = say.settings.models;
  const { ok, first_token_seconds: first, tokens_per_second: rate } = measured;
  if (!ok) {
    return (
      <p role="alert" className="text-sm text-danger">
        {words.noAnswer(measured.sentence)}
      </p>
    );
  }
  if (first === null) return null;
  const seconds = words.seconds(dates.number(Math.max(0.01, first), { maximumFractionDigits: 2 }));
  const rateText =
    rate === null ? null : words.rate(dates.number(rate, { maximumFractionDigits: 0 }));
  return (
    <p role="status" className="text-sm text-accent">
      {words.speed(seconds, rateText)}
    </p>
  );
}
