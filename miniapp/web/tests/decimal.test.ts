import { expect, test } from "vitest";
import {
  add,
  compare,
  dec,
  divide,
  multiply,
  places,
  plain,
  rescale,
  subtract,
} from "../src/format/decimal";

test("sums that floats get wrong are exact", () => {
  expect(plain(add(dec("0.1"), dec("0.2")))).toBe("0.3");
  expect(plain(subtract(dec("1000000000000.01"), dec("0.02")))).toBe("999999999999.99");
  expect(plain(multiply(dec("-0.00000001"), dec("123456789.12345678")))).toBe(
    "-1.2345678912345678",
  );
});

test("halves round to even, on both sides of zero", () => {
  for (const [from, to] of [
    ["0.125", "0.12"],
    ["0.135", "0.14"],
    ["-0.125", "-0.12"],
    ["-0.135", "-0.14"],
    ["2.675", "2.68"],
  ] as const) {
    expect(plain(rescale(dec(from), 2))).toBe(to);
  }
});

test("division rounds at the wanted place and refuses zero", () => {
  expect(plain(divide(dec("2"), dec("3"), 4))).toBe("0.6667");
  expect(plain(divide(dec("-1"), dec("8"), 2))).toBe("-0.12");
  expect(plain(divide(dec("1.23456"), dec("0.1"), 2))).toBe("12.35");
  expect(() => divide(dec("1"), dec("0.00"), 2)).toThrow(RangeError);
});

test("scientific notation and trailing zeros mean the same number", () => {
  expect(compare(dec("1E-8"), dec("0.0000000100"))).toBe(0);
  expect(plain(dec("1.5e3"))).toBe("1500");
  expect(places("0.0100")).toBe(2);
  expect(places("1E-8")).toBe(8);
});

test("what is no number is refused, with what it was", () => {
  for (const text of ["", "NaN", "Infinity", "1,5", "0x10", "--1"]) {
    expect(() => dec(text)).toThrow(/not a decimal number/);
  }
});
