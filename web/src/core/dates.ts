/** Dates and numbers in the person's locale; input is seconds since 1970. */

const DAY_SECONDS = 86_400;

/** The locale to format in: the browser's own if it matches the app's language. */
export function localeOf(language: string, wanted: readonly string[]): string {
  return wanted.find((tag) => tag.toLowerCase().split("-")[0] === language) ?? language;
}

export class Dates {
  readonly #locale: string;
  readonly #made = new Map<string, Intl.DateTimeFormat>();
  readonly #relative: Intl.RelativeTimeFormat;

  constructor(
    readonly language: string,
    wanted: readonly string[] = globalThis.navigator?.languages ?? [],
  ) {
    this.#locale = localeOf(language, wanted);
    this.#relative = new Intl.RelativeTimeFormat(this.#locale, { numeric: "auto" });
  }

  /** A day: without its year in the current one. */
  day(at: number, now = Date.now() / 1000): string {
    const sameYear = new Date(at * 1000).getFullYear() === new Date(now * 1000).getFullYear();
    return sameYear ? this.#write(at, { day: "numeric", month: "long" }) : this.fullDay(at);
  }

  /** A day with its year. */
  fullDay(at: number): string {
    return this.#write(at, { dateStyle: "long" });
  }

  /** Day, year and time, for tooltips. */
  moment(at: number): string {
    return this.#write(at, { dateStyle: "long", timeStyle: "short" });
  }

  time(at: number): string {
    return this.#write(at, { timeStyle: "short" });
  }

  month(at: number): string {
    return this.#write(at, { month: "long", year: "numeric" });
  }

  /** A day, or only its month or year if no more is known. */
  asKnown(at: number, precision: "day" | "month" | "year" | null): string {
    if (precision === "year") return this.#write(at, { year: "numeric" });
    return precision === "month" ? this.month(at) : this.day(at);
  }

  /** A month's name alone; `month` counts from 1. */
  monthName(month: number): string {
    return this.#write(new Date(2000, month - 1, 15).getTime() / 1000, { month: "long" });
  }

  /** The time if today, "yesterday", or the day: for lists. */
  when(at: number, now = Date.now() / 1000): string {
    const days = Math.round((startOfDay(now) - startOfDay(at)) / DAY_SECONDS);
    if (days === 0) return this.time(at);
    if (days === 1 || days === -1) return this.#relative.format(-days, "day");
    return this.day(at, now);
  }

  number(value: number, options: Intl.NumberFormatOptions = {}): string {
    return new Intl.NumberFormat(this.#locale, options).format(value);
  }

  /** Bytes as people read them: 1.4 MB. */
  bytes(value: number): string {
    const units = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"];
    const step = value > 0 ? Math.min(units.length - 1, Math.floor(Math.log10(value) / 3)) : 0;
    const maximumFractionDigits = step > 1 ? 1 : 0;
    const unit = units[step] as string;
    return this.number(value / 1000 ** step, {
      style: "unit",
      unit,
      unitDisplay: "short",
      maximumFractionDigits,
    });
  }

  #write(at: number, options: Intl.DateTimeFormatOptions): string {
    const key = JSON.stringify(options);
    let format = this.#made.get(key);
    if (!format) {
      format = new Intl.DateTimeFormat(this.#locale, options);
      this.#made.set(key, format);
    }
    const date = new Date(at * 1000);
    return Number.isNaN(date.getTime()) ? "" : format.format(date);
  }
}

/** Return a time as an element `<time>` wants it; nothing for one that no calendar has. */
export function isoTime(at: number): string {
  const date = new Date(at * 1000);
  return Number.isNaN(date.getTime()) ? "" : date.toISOString();
}

/** Return the start of the day of `at` in the person's time zone, in seconds. */
export function startOfDay(at: number): number {
  const date = new Date(at * 1000);
  return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime() / 1000;
}
