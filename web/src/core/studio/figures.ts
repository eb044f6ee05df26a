/** Figures as people read them. Pure: the formatting of numbers is given. */

import type { StudioStrings } from "../strings/studio";
import type { Method } from "../types";

type FormatNumber = (value: number, options?: Intl.NumberFormatOptions) => string;

const MINUTE = 60;
const HOUR = 3600;
const ROUND_FROM = 100;

/** Writes shares, differences, times and names of methods in one language. */
export class Figures {
  constructor(
    readonly words: StudioStrings,
    readonly number: FormatNumber,
  ) {}

  /** A share as a percentage with at most one decimal. */
  percent(share: number): string {
    return this.words.general.percent(this.number(100 * share, { maximumFractionDigits: 1 }));
  }

  /** A share as a whole percentage, without the sign. */
  whole(share: number): string {
    return this.number(100 * share, { maximumFractionDigits: 0 });
  }

  /** An interval of shares. */
  between(low: number, high: number): string {
    return this.words.general.between(this.whole(low), this.whole(high));
  }

  /** A difference of shares in whole points. */
  points(difference: number): string {
    return this.words.general.points(this.whole(difference));
  }

  /** A difference with its sign, in points and without the word. */
  signed(difference: number): string {
    return this.number(100 * difference, {
      maximumFractionDigits: 1,
      signDisplay: "exceptZero",
    });
  }

  /** A time in seconds, minutes or hours. */
  seconds(seconds: number): string {
    const { general } = this.words;
    if (seconds >= HOUR) return general.hours(this.number(seconds / HOUR, ONE_DECIMAL));
    if (seconds >= 2 * MINUTE) {
      return general.minutes(this.number(seconds / MINUTE, { maximumFractionDigits: 0 }));
    }
    if (seconds < LEAST_SECONDS) {
      return general.seconds(`< ${this.number(LEAST_SECONDS, { maximumFractionDigits: 3 })}`);
    }
    const options =
      seconds < ROUND_FROM ? { maximumSignificantDigits: 2 } : { maximumFractionDigits: 0 };
    return general.seconds(this.number(seconds, options));
  }

  /** A p-value. */
  p(value: number): string {
    const text =
      value < LEAST_P ? `< ${this.number(LEAST_P, { maximumFractionDigits: 3 })}` : this.#p(value);
    return this.words.methods.pValue(text);
  }

  /** What a method is called; one of several of its kind has a name of its own. */
  method({ kind, name }: Pick<Method, "kind" | "name">): string {
    const phrase = this.words.methods.kinds[kind];
    return name === kind ? phrase : `${phrase} (${name})`;
  }

  /** What a method is called by its name, where its kind isn't known. */
  named(name: string): string {
    const kinds: Record<string, string> = this.words.methods.kinds;
    return kinds[name] ?? name;
  }

  #p(value: number): string {
    return `= ${this.number(value, { maximumFractionDigits: 3 })}`;
  }
}

const LEAST_P = 0.001;
const LEAST_SECONDS = 0.001;
const ONE_DECIMAL = { maximumFractionDigits: 1 };
