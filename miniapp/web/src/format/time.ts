// Times as a person says them: ages, countdowns, clock times in the user's own zone.
import { currentLocale, integer } from "./number";

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** `4:32`, or `1:04:32` from an hour on; never below zero. */
export function countdown(seconds: number): string {
  const left = Math.max(0, Math.floor(seconds));
  const two = (value: number): string => String(value).padStart(2, "0");
  const tail = `${two(Math.floor((left % HOUR) / MINUTE))}:${two(left % MINUTE)}`;
  return left >= HOUR ? `${Math.floor(left / HOUR)}:${tail}` : tail.replace(/^0(?=\d:)/, "");
}

function unit(value: number, name: string): string {
  try {
    const options = { style: "unit", unit: name, unitDisplay: "short" } as const;
    return new Intl.NumberFormat(currentLocale(), options).format(value);
  } catch {
    return `${integer(value)} ${name}`; // A client without unit formatting.
  }
}

/** The largest one unit that fits: `12 sec`, `5 min`, `3 hr`, `2 days`. */
export function span(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  if (whole < MINUTE) return unit(whole, "second");
  if (whole < HOUR) return unit(Math.floor(whole / MINUTE), "minute");
  if (whole < DAY) return unit(Math.floor(whole / HOUR), "hour");
  return unit(Math.floor(whole / DAY), "day");
}

/** `5 minutes ago`, `yesterday`. */
export function ago(iso: string, now: number): string {
  const seconds = Math.max(0, Math.round((now - Date.parse(iso)) / 1000));
  const format = new Intl.RelativeTimeFormat(currentLocale(), { numeric: "auto", style: "short" });
  if (seconds < MINUTE) return format.format(-seconds, "second");
  if (seconds < HOUR) return format.format(-Math.floor(seconds / MINUTE), "minute");
  if (seconds < DAY) return format.format(-Math.floor(seconds / HOUR), "hour");
  return format.format(-Math.floor(seconds / DAY), "day");
}

/** Clock time today, with the date otherwise, in the user's zone. */
export function clock(iso: string, now: number, zone?: string): string {
  const at = new Date(iso);
  const today = new Date(now).toDateString() === at.toDateString();
  return new Intl.DateTimeFormat(currentLocale(), {
    ...(today ? {} : { day: "numeric", month: "short" }),
    hour: "numeric",
    minute: "2-digit",
    ...(zone ? { timeZone: zone } : {}),
  }).format(at);
}

/** The full moment in UTC, for titles. */
export const utc = (iso: string): string => `${new Date(iso).toISOString().slice(0, 19)}Z`;

/** `5` → `5m`, `60` → `1h`, `1440` → `1D`, as charts write timeframes. */
export function timeframe(minutes: number): string {
  const day = 1440;
  if (minutes % (7 * day) === 0) return `${minutes / (7 * day)}W`;
  if (minutes % day === 0) return `${minutes / day}D`;
  return minutes % 60 === 0 ? `${minutes / 60}h` : `${minutes}m`;
}
