// What a ladder means at an example price: exact, and the same sums the engine makes before rounding.
import {
  add,
  compare,
  type Dec,
  dec,
  divide,
  multiply,
  places,
  plain,
  rescale,
  subtract,
} from "../../format/decimal";
import type { Doc, Path, Value } from "./doc";

const HUNDRED = dec("100");
const ZERO = dec("0");
const TOLERANCE = dec("0.01");
const SIGNIFICANT = 6;
const PLACES_MAX = 8;
const FINE = 18;

export type Leg = Doc;

export interface PlannedLeg {
  /** Its place in the ladder, from 0. */
  readonly index: number;
  readonly gap: string;
  readonly weight: string;
  readonly price: string;
  readonly target: string;
  readonly usd: string | null;
  /** 0..1 of the way from the entry to the deepest leg, and of the widest weight: geometry only. */
  readonly depth: number;
  readonly width: number;
}

export interface Plan {
  readonly legs: readonly PlannedLeg[];
  readonly average: { readonly price: string; readonly gap: string; readonly depth: number } | null;
  readonly sum: string;
  readonly whole: boolean;
  readonly digits: number;
}

const number = (value: Value | undefined): Dec | undefined => {
  try {
    return dec(String(value ?? ""));
  } catch {
    return undefined; // Still being typed.
  }
};

const share = (of: Dec, percent: Dec): Dec => divide(multiply(of, percent), HUNDRED, FINE);
const ratio = (a: Dec, b: Dec): number => (b.digits === 0n ? 0 : Number(plain(divide(a, b, 6))));
const positive = (value: Dec): boolean => value.digits > 0n;

/** As many places as give six digits that mean something, or as many as the price came with. */
export function digitsFor(price: string): number {
  const whole = plain(dec(price)).replace("-", "").split(".")[0] ?? "0";
  const room = whole === "0" ? PLACES_MAX : SIGNIFICANT - whole.length;
  return Math.min(PLACES_MAX, Math.max(places(price), room, 0));
}

interface Known {
  readonly index: number;
  readonly gap: Dec;
  readonly weight: Dec;
  readonly target: Dec;
}

function known(legs: readonly Leg[]): Known[] {
  return legs.flatMap((leg, index) => {
    const gap = number(leg.gap_percent);
    const weight = number(leg.weight_percent);
    const target = number(leg.tp_percent);
    const fits = gap && weight && target && gap.digits <= 0n && positive(add(HUNDRED, gap));
    return fits && positive(weight) ? [{ index, gap, weight, target }] : [];
  });
}

/** The legs whose numbers are complete, nearest first. `capital` is null where nobody can tell. */
export function planOf(legs: readonly Leg[], example: string, capital: string | null): Plan {
  const entry = dec(example);
  const digits = digitsFor(example);
  const shown = (value: Dec): string => plain(rescale(value, digits));
  const all = known(legs);
  const sum = legs.reduce((total, leg) => add(total, number(leg.weight_percent) ?? ZERO), ZERO);
  const deepest = all.reduce((low, one) => (compare(one.gap, low) < 0 ? one.gap : low), ZERO);
  const widest = all.reduce(
    (most, one) => (compare(one.weight, most) > 0 ? one.weight : most),
    ZERO,
  );
  const planned = all.map((one) => {
    const price = share(entry, add(HUNDRED, one.gap));
    return {
      index: one.index,
      gap: plain(one.gap),
      weight: plain(one.weight),
      price: shown(price),
      target: shown(share(price, add(HUNDRED, one.target))),
      usd: capital === null ? null : plain(rescale(share(dec(capital), one.weight), 2)),
      depth: ratio(one.gap, deepest),
      width: ratio(one.weight, widest),
    };
  });
  planned.sort((a, b) => a.depth - b.depth || a.index - b.index);
  const off = subtract(sum, HUNDRED);
  const whole = compare(off, TOLERANCE) <= 0 && compare(off, { digits: -1n, scale: 2 }) >= 0;
  return {
    legs: planned,
    average: averageOf(all, entry, deepest, shown),
    sum: plain(sum),
    whole,
    digits,
  };
}

/** Paid over bought when every leg has filled. */
function averageOf(
  legs: readonly Known[],
  entry: Dec,
  deepest: Dec,
  shown: (value: Dec) => string,
): Plan["average"] {
  if (legs.length < 2) return null;
  const paid = legs.reduce((total, one) => add(total, one.weight), ZERO);
  const bought = legs.reduce(
    (total, one) => add(total, divide(one.weight, share(entry, add(HUNDRED, one.gap)), FINE * 2)),
    ZERO,
  );
  if (!positive(bought)) return null;
  const price = divide(paid, bought, FINE);
  const gap = subtract(divide(multiply(price, HUNDRED), entry, 4), HUNDRED);
  return { price: shown(price), gap: plain(rescale(gap, 2)), depth: ratio(gap, deepest) };
}

/** The weights in the same proportion, adding up to exactly 100; the first takes the rest. */
export function evened(legs: readonly Leg[]): readonly Leg[] {
  const weights = legs.map((leg) => number(leg.weight_percent) ?? ZERO);
  const sum = weights.reduce(add, ZERO);
  const equal = !positive(sum) || weights.some((one) => !positive(one));
  const scaled = weights.map((one) =>
    equal ? divide(HUNDRED, dec(String(legs.length)), 2) : divide(multiply(one, HUNDRED), sum, 2),
  );
  const rest = subtract(HUNDRED, scaled.reduce(add, ZERO));
  return legs.map((leg, at) => ({
    ...leg,
    weight_percent: plain(at === 0 ? add(scaled[0] as Dec, rest) : (scaled[at] as Dec)),
  }));
}

/** Another leg as far below the last as the last is below the one before it. */
export function nextLeg(legs: readonly Leg[]): Leg {
  const last = legs.at(-1);
  const before = legs.at(-2);
  const one = number(last?.gap_percent) ?? ZERO;
  const two = number(before?.gap_percent) ?? ZERO;
  const step = subtract(one, two).digits < 0n ? subtract(one, two) : dec("-1");
  const gap = add(one, step);
  const deep = positive(add(HUNDRED, gap));
  return {
    gap_percent: last ? plain(deep ? gap : one) : "0",
    weight_percent: last ? String(last.weight_percent) : "100",
    tp_percent: last ? String(last.tp_percent) : "1",
  };
}

export interface Which {
  /** Which market's ladder; undefined is the account's own. */
  readonly market: number | undefined;
  /** Which entry, from 0; other than the first only where it has a ladder of its own. */
  readonly entry: number;
}

/** `0`, `2`, `m1`, `m1.3`: the ladder a screen is of. */
export function whichOf(name: string): Which | undefined {
  const found = /^(?:m(\d{1,3})(?:\.([1-4]))?|([0-4]))$/.exec(name);
  if (!found) return undefined;
  const [, market, inner, own] = found;
  return {
    market: market === undefined ? undefined : Number(market),
    entry: Number(inner ?? own ?? 0),
  };
}

export const nameOf = ({ market, entry }: Which): string =>
  market === undefined ? String(entry) : `m${market}${entry ? `.${entry}` : ""}`;

export function placeOf({ market, entry }: Which): Path {
  const root: Path = market === undefined ? [] : ["market_ladders", market];
  return entry === 0 ? [...root, "ladder"] : [...root, "pyramid_levels", String(entry)];
}
