// The contrast guard: no Telegram palette, stock or home-made, promises readable text.

export type Rgb = readonly [number, number, number];

export const MIN_CONTRAST = 4.6; // A hair over WCAG AA, so that rounding to hex stays above 4.5.
const STEP = 0.04;
const BLACK: Rgb = [0, 0, 0];
const WHITE: Rgb = [255, 255, 255];

/** `#rgb` or `#rrggbb` to channels; anything else is undefined. */
export function parseHex(text: string | undefined): Rgb | undefined {
  const raw = (text ?? "").trim().replace(/^#/, "");
  const full = raw.length === 3 ? raw.replace(/./g, "$&$&") : raw;
  if (!/^[0-9a-f]{6}$/i.test(full)) return undefined;
  const value = Number.parseInt(full, 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}

export const toHex = (color: Rgb): string =>
  `#${color.map((channel) => Math.round(channel).toString(16).padStart(2, "0")).join("")}`;

export function luminance(color: Rgb): number {
  const [r, g, b] = color.map((channel) => {
    const share = channel / 255;
    return share <= 0.03928 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as unknown as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

export function contrast(a: Rgb, b: Rgb): number {
  const [x, y] = [luminance(a), luminance(b)];
  return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05);
}

/** `a` at 0, `b` at 1. */
export const mix = (a: Rgb, b: Rgb, share: number): Rgb => [
  a[0] + (b[0] - a[0]) * share,
  a[1] + (b[1] - a[1]) * share,
  a[2] + (b[2] - a[2]) * share,
];

const rounded = (color: Rgb): Rgb => color.map(Math.round) as unknown as Rgb;

export const worst = (color: Rgb, grounds: readonly Rgb[]): number =>
  Math.min(...grounds.map((ground) => contrast(color, ground)));

/** Black or white, whichever reads better on the worst of the grounds. */
export const ink = (grounds: readonly Rgb[]): Rgb =>
  worst(BLACK, grounds) >= worst(WHITE, grounds) ? BLACK : WHITE;

/** Moves a colour towards `target` only as far as it must to be readable on every ground. */
export function readable(
  color: Rgb,
  grounds: readonly Rgb[],
  target: Rgb = ink(grounds),
  min = MIN_CONTRAST,
): Rgb {
  for (let share = 0; share < 1; share += STEP) {
    const moved = rounded(mix(color, target, share));
    if (worst(moved, grounds) >= min) return moved;
  }
  return target;
}
