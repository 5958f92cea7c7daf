import { expect, test } from "vitest";
import { contrast, parseHex, type Rgb, readable } from "../src/telegram/contrast";
import { isDark, type PaletteKey, paletteOf, type Theme } from "../src/telegram/palette";

const AA = 4.5;
const PAIRS: readonly (readonly [PaletteKey, readonly PaletteKey[]])[] = [
  ["text", ["bg", "card", "fill"]],
  ["hint", ["bg", "card", "fill"]],
  ["accent", ["bg", "card", "fill", "accent-soft"]],
  ["up", ["bg", "card", "fill", "up-soft"]],
  ["down", ["bg", "card", "fill", "down-soft"]],
  ["warn", ["bg", "card", "fill", "warn-soft"]],
  ["button-text", ["button"]],
  ["danger-text", ["danger"]],
];

function faults(theme: Theme, dark = false): string[] {
  const palette = paletteOf(theme, dark);
  return PAIRS.flatMap(([front, grounds]) =>
    grounds
      .filter(
        (ground) =>
          contrast(parseHex(palette[front]) as Rgb, parseHex(palette[ground]) as Rgb) < AA,
      )
      .map((ground) => `${front} on ${ground}: ${palette[front]} on ${palette[ground]}`),
  );
}

const STOCK_LIGHT: Theme = {
  bg_color: "#ffffff",
  secondary_bg_color: "#f1f1f1",
  section_bg_color: "#ffffff",
  text_color: "#000000",
  subtitle_text_color: "#999999",
  accent_text_color: "#168acd",
  button_color: "#40a7e3",
  button_text_color: "#ffffff",
};
const STOCK_DARK: Theme = {
  bg_color: "#17212b",
  secondary_bg_color: "#232e3c",
  section_bg_color: "#17212b",
  text_color: "#f5f5f5",
  subtitle_text_color: "#708499",
  accent_text_color: "#6ab2f2",
  button_color: "#5288c1",
  button_text_color: "#ffffff",
};

test("stock palettes and none at all read at AA", () => {
  expect(faults(STOCK_LIGHT)).toEqual([]);
  expect(faults(STOCK_DARK)).toEqual([]);
  expect(faults({}, false)).toEqual([]);
  expect(faults({}, true)).toEqual([]);
  expect(isDark(paletteOf(STOCK_DARK))).toBe(true);
  expect(isDark(paletteOf(STOCK_LIGHT))).toBe(false);
});

test("any theme a person can make reads at AA", () => {
  let seed = 20261120;
  const random = (): number => {
    seed = (seed * 48271) % 2147483647;
    return seed / 2147483647;
  };
  const colour = (): string =>
    `#${Math.floor(random() * 0xffffff)
      .toString(16)
      .padStart(6, "0")}`;
  for (let round = 0; round < 300; round += 1) {
    const theme = Object.fromEntries(Object.keys(STOCK_LIGHT).map((key) => [key, colour()]));
    expect(faults(theme), JSON.stringify(theme)).toEqual([]);
  }
});

test("a colour that reads already is left alone, another keeps its hue", () => {
  const white: Rgb = [255, 255, 255];
  expect(readable([0, 80, 160], [white])).toEqual([0, 80, 160]);
  const [r, g, b] = readable([64, 167, 227], [white]);
  expect(b).toBeGreaterThan(g);
  expect(g).toBeGreaterThan(r);
  expect(contrast([r, g, b], white)).toBeGreaterThan(AA);
});

test("malformed colours fall back instead of breaking the page", () => {
  expect(parseHex("red")).toBeUndefined();
  expect(parseHex("#abc")).toEqual([170, 187, 204]);
  expect(faults({ bg_color: "oops", text_color: "#12" })).toEqual([]);
});
