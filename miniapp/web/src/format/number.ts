// Decimal strings to what a person reads: locale separators, true minus, no float in between.
import { type Dec, dec, places, rescale, sign } from "./decimal";

export const TRUE_MINUS = "−";
const COMPACT_FROM_CENTS = 10n ** 8n;
const PRICE_PLACES_MAX = 8;

export type Sign = "auto" | "always" | "never";

let locale = "en";

/** Sets the language numbers are written in; an unknown tag falls back to English. */
export function setLocale(tag: string): void {
  try {
    locale = Intl.NumberFormat.supportedLocalesOf([tag])[0] ?? "en";
  } catch {
    locale = "en"; // A malformed tag is the client's, not the user's fault.
  }
}

export const currentLocale = (): string => locale;

const formatters = new Map<string, Intl.NumberFormat>();

function formatter(key: string, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const full = `${locale}|${key}`;
  let found = formatters.get(full);
  if (!found) {
    found = new Intl.NumberFormat(locale, options);
    formatters.set(full, found);
  }
  return found;
}

function localDigits(text: string): string {
  const one = formatter("digit", { useGrouping: false });
  return text.replace(/\d/g, (digit) => one.format(BigInt(digit)));
}

/** Formats a magnitude: Intl writes the whole part exactly, our own digits fill its fraction. */
function magnitude(value: Dec, key: string, options: Intl.NumberFormatOptions): string {
  const digits = (value.digits < 0n ? -value.digits : value.digits)
    .toString()
    .padStart(value.scale + 1, "0");
  const cut = digits.length - value.scale;
  const parts = formatter(`${key}|${value.scale}`, {
    ...options,
    minimumFractionDigits: value.scale,
    maximumFractionDigits: value.scale,
  }).formatToParts(BigInt(digits.slice(0, cut)));
  return parts
    .map((part) => (part.type === "fraction" ? localDigits(digits.slice(cut)) : part.value))
    .join("");
}

function signed(value: Dec, body: string, how: Sign): string {
  const direction = sign(value);
  if (how === "never" || direction === 0) return body;
  if (direction < 0) return TRUE_MINUS + body;
  return how === "always" ? `+${body}` : body;
}

const DOLLARS: Intl.NumberFormatOptions = {
  style: "currency",
  currency: "USD",
  currencyDisplay: "narrowSymbol",
};

/** `"1234.5"` → `$1,234.50`; a million and more is compact when asked. */
export function usd(text: string, how: Sign = "auto", compact = false): string {
  const value = rescale(dec(text), 2);
  const large = value.digits >= COMPACT_FROM_CENTS || value.digits <= -COMPACT_FROM_CENTS;
  if (!compact || !large) return signed(value, magnitude(value, "usd", DOLLARS), how);
  const whole = rescale(value, 0).digits;
  const body = formatter("usd-compact", {
    ...DOLLARS,
    notation: "compact",
    maximumFractionDigits: 2,
  }).format(whole < 0n ? -whole : whole);
  return signed(value, body, how);
}

/** The cents apart from the dollars, so that a large number can show them smaller. */
export function usdParts(text: string): { whole: string; cents: string } {
  const shown = usd(text);
  const point = formatter("point", { minimumFractionDigits: 1 })
    .formatToParts(0n)
    .find((part) => part.type === "decimal");
  const at = point ? shown.lastIndexOf(point.value) : -1;
  if (at < 0) return { whole: shown, cents: "" };
  return { whole: shown.slice(0, at), cents: shown.slice(at) };
}

/** A percentage given in percent: `"1.287"` → `1.29%`. */
export function percent(text: string, how: Sign = "auto", digits = 2): string {
  const value = rescale(dec(text), digits);
  const body = magnitude(value, "plain", {});
  const shape = formatter("percent", { style: "percent" }).formatToParts(1n);
  const mark = shape.find((part) => part.type === "percentSign")?.value ?? "%";
  const gap = shape.some((part) => part.type === "literal") ? " " : "";
  return signed(value, `${body}${gap}${mark}`, how);
}

/** A price at the precision it came with, or at exactly `digits` places, as its neighbours. */
export function price(text: string, digits = places(text)): string {
  const kept = Math.min(digits, PRICE_PLACES_MAX);
  const value = rescale(dec(text), kept);
  return signed(value, magnitude(value, "plain", {}), "auto");
}

/** A quantity at the precision it came with. */
export const quantity = price;

export const integer = (value: number): string => formatter("integer", {}).format(value);
