// Exact decimal arithmetic on strings: money never passes through a float.

/** An exact number: `digits / 10^scale`. */
export interface Dec {
  readonly digits: bigint;
  readonly scale: number;
}

const PATTERN = /^([+-]?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;

/** Parses a plain or scientific decimal string; anything else is a RangeError. */
export function dec(text: string): Dec {
  const match = PATTERN.exec(text.trim());
  if (!match) throw new RangeError(`not a decimal number: ${text}`);
  const [, sign, whole = "0", fraction = "", exponent = "0"] = match;
  const shift = Number(exponent);
  let digits = BigInt(whole + fraction);
  let scale = fraction.length - shift;
  if (scale < 0) {
    digits *= 10n ** BigInt(-scale);
    scale = 0;
  }
  return { digits: sign === "-" ? -digits : digits, scale };
}

const pow10 = (exponent: number): bigint => 10n ** BigInt(exponent);
const abs = (value: bigint): bigint => (value < 0n ? -value : value);

/** The same value at another scale; digits that fall off are rounded half to even. */
export function rescale(value: Dec, scale: number): Dec {
  if (scale >= value.scale) return { digits: value.digits * pow10(scale - value.scale), scale };
  return { digits: divideHalfEven(value.digits, pow10(value.scale - scale)), scale };
}

function divideHalfEven(numerator: bigint, denominator: bigint): bigint {
  const negative = numerator < 0n !== denominator < 0n;
  const n = abs(numerator);
  const d = abs(denominator);
  let quotient = n / d;
  const twice = (n % d) * 2n;
  if (twice > d || (twice === d && quotient % 2n === 1n)) quotient += 1n;
  return negative ? -quotient : quotient;
}

export function add(a: Dec, b: Dec): Dec {
  const scale = Math.max(a.scale, b.scale);
  return { digits: rescale(a, scale).digits + rescale(b, scale).digits, scale };
}

export const negate = (a: Dec): Dec => ({ digits: -a.digits, scale: a.scale });
export const subtract = (a: Dec, b: Dec): Dec => add(a, negate(b));
export const multiply = (a: Dec, b: Dec): Dec => ({
  digits: a.digits * b.digits,
  scale: a.scale + b.scale,
});

/** `a / b` to `scale` places, half to even; a zero divisor is a RangeError. */
export function divide(a: Dec, b: Dec, scale: number): Dec {
  if (b.digits === 0n) throw new RangeError("division by zero");
  const lift = scale + b.scale - a.scale;
  const numerator = lift >= 0 ? a.digits * pow10(lift) : a.digits;
  const denominator = lift >= 0 ? b.digits : b.digits * pow10(-lift);
  return { digits: divideHalfEven(numerator, denominator), scale };
}

export const sign = (a: Dec): -1 | 0 | 1 => (a.digits > 0n ? 1 : a.digits < 0n ? -1 : 0);
export const compare = (a: Dec, b: Dec): -1 | 0 | 1 => sign(subtract(a, b));

/** Plain notation without trailing zeros, as the server writes it. */
export function plain(value: Dec): string {
  const digits = abs(value.digits)
    .toString()
    .padStart(value.scale + 1, "0");
  const whole = digits.slice(0, digits.length - value.scale);
  const fraction = digits.slice(digits.length - value.scale).replace(/0+$/, "");
  const body = fraction ? `${whole}.${fraction}` : whole;
  return value.digits < 0n ? `-${body}` : body;
}

/** Places after the point that carry information. */
export function places(text: string): number {
  const shown = plain(dec(text));
  const point = shown.indexOf(".");
  return point < 0 ? 0 : shown.length - point - 1;
}

/** The most places any of these prices has: how fine an average of them may be shown. */
export const finest = (...prices: readonly (string | null)[]): number =>
  Math.max(0, ...prices.map((one) => (one === null ? 0 : places(one))));

/** A float for geometry only (bar widths, chart coordinates): never shown, never sent. */
export function forGeometry(text: string): number {
  return Number(text);
}
