import { afterEach, expect, test } from "vitest";
import { percent, price, setLocale, usd, usdParts } from "../src/format/number";

afterEach(() => setLocale("en"));

test("dollars keep every digit, also beyond what a float can hold", () => {
  expect(usd("1234.5")).toBe("$1,234.50");
  expect(usd("90071992547409931234.129")).toBe("$90,071,992,547,409,931,234.13");
});

test("a loss has a true minus, a gain its plus, nothing neither", () => {
  expect(usd("-229.7", "always")).toBe("−$229.70");
  expect(usd("-0.4", "always")).toBe("−$0.40");
  expect(usd("612.4", "always")).toBe("+$612.40");
  expect(usd("0", "always")).toBe("$0.00");
  expect(usd("-0.001", "always")).toBe("$0.00");
});

test("a million and more is short where asked", () => {
  expect(usd("1234567.89", "auto", true)).toBe("$1.23M");
  expect(usd("-1234567.89", "always", true)).toBe("−$1.23M");
  expect(usd("999999.99", "auto", true)).toBe("$999,999.99");
});

test("percent and price keep their precision", () => {
  expect(percent("1.9984", "always")).toBe("+2.00%");
  expect(percent("-0.5")).toBe("−0.50%");
  expect(percent("64.2", "auto", 0)).toBe("64%");
  expect(price("0.0000213")).toBe("0.0000213");
  expect(price("97412.50")).toBe("97,412.5");
  expect(price("64020.57422707", 2)).toBe("64,020.57");
  expect(price("94200", 2)).toBe("94,200.00");
});

test("cents stand apart from dollars", () => {
  expect(usdParts("10842.18")).toEqual({ whole: "$10,842", cents: ".18" });
  expect(usdParts("-5")).toEqual({ whole: "−$5", cents: ".00" });
});

test("other languages write their own separators around the same digits", () => {
  setLocale("de");
  expect(price("1234567.25")).toBe("1.234.567,25");
  setLocale("ar-EG");
  expect(price("1234.05")).toBe("١٬٢٣٤٫٠٥");
  setLocale("not a tag");
  expect(price("1234.5")).toBe("1,234.5");
});
