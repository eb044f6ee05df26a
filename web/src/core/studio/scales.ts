/** Scales of charts: from values to places in a picture. Pure. */

export interface Scale {
  (value: number): number;
  /** Values to write at the axis. */
  ticks: number[];
}

type Span = readonly [number, number];

/** Return a scale on which equal differences have equal lengths; its ends are round numbers. */
export function linearScale([from, to]: Span, [start, end]: Span, steps = 5): Scale {
  const step = niceStep(Math.abs(to - from) / steps || 1);
  const low = Math.floor(from / step) * step;
  const high = Math.max(low + step, Math.ceil(round(to / step)) * step);
  const scale = (value: number) => start + ((value - low) / (high - low)) * (end - start);
  const count = Math.round((high - low) / step);
  return Object.assign(scale, {
    ticks: Array.from({ length: count + 1 }, (_, index) => round(low + index * step)),
  });
}

/** Return a scale on which equal ratios have equal lengths, between powers of ten. */
export function ratioScale([from, to]: Span, [start, end]: Span): Scale {
  const low = Math.floor(round(Math.log10(Math.max(from, Number.MIN_VALUE))));
  const high = Math.max(low + 1, Math.ceil(round(Math.log10(Math.max(to, Number.MIN_VALUE)))));
  const scale = (value: number) => {
    const place = (Math.log10(Math.max(value, 10 ** low)) - low) / (high - low);
    return start + place * (end - start);
  };
  return Object.assign(scale, {
    ticks: Array.from({ length: high - low + 1 }, (_, index) => 10 ** (low + index)),
  });
}

/** Return the ends of a list of values, or a span of its own if there are none. */
export function spanOf(values: readonly number[], otherwise: Span = [0, 1]): Span {
  const known = values.filter(Number.isFinite);
  if (known.length === 0) return otherwise;
  return [Math.min(...known), Math.max(...known)];
}

/** Return the `d` of a path through points; those without a value break it. */
export function pathThrough(points: readonly (readonly [number, number])[]): string {
  let pen = "M";
  const parts: string[] = [];
  for (const [x, y] of points) {
    if (!Number.isFinite(x) || !Number.isFinite(y)) {
      pen = "M";
      continue;
    }
    parts.push(`${pen}${x.toFixed(1)} ${y.toFixed(1)}`);
    pen = "L";
  }
  return parts.join("");
}

function niceStep(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(rough));
  const part = rough / power;
  return power * (part <= 1 ? 1 : part <= 2 ? 2 : part <= 5 ? 5 : 10);
}

const round = (value: number): number => Number(value.toPrecision(12));
