import { expect, test } from "vitest";
import { ago, clock, countdown, span, timeframe, utc } from "../src/format/time";
import { at, T0 } from "./builders";

test("a countdown never goes below zero", () => {
  expect(countdown(272)).toBe("4:32");
  expect(countdown(9.9)).toBe("0:09");
  expect(countdown(3_904)).toBe("1:05:04");
  expect(countdown(-3)).toBe("0:00");
});

test("spans and ages use one unit", () => {
  expect(span(23)).toBe("23 sec");
  expect(span(3_600 * 5)).toBe("5 hr");
  expect(ago(at(-120), T0)).toBe("2 min. ago");
  expect(ago(at(30), T0)).toBe("now");
});

test("timeframes read as on charts", () => {
  expect([1, 15, 60, 240, 1440, 10080].map(timeframe)).toEqual([
    "1m",
    "15m",
    "1h",
    "4h",
    "1D",
    "1W",
  ]);
});

test("a time of another day says which", () => {
  expect(clock("2026-11-19T09:05:00Z", T0, "UTC")).toBe("Nov 19, 9:05 AM");
  expect(utc("2026-11-19T09:05:00Z")).toBe("2026-11-19T09:05:00Z");
});
