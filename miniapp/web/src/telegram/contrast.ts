// The contrast guard: no Telegram palette, stock or home-made, promises readable text.

export type Rgb = readonly [number, number, number];

export const MIN_CONTRAST = 4.6; // A hair over WCAG AA, so that rounding to hex stays above 4.5.
const STEP = 0.04;
const VIVID_REACH = 0.4; // How far lightness may move before the colour would lose its name.
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

/** The colour at another HSL lightness: darker or lighter, as vivid as before. */
function atLightness([r, g, b]: Rgb, lightness: number): Rgb {
  const most = Math.max(r, g, b) / 255;
  const least = Math.min(r, g, b) / 255;
  const middle = (most + least) / 2;
  const spread = most - least;
  const saturation = spread === 0 ? 0 : spread / (1 - Math.abs(2 * middle - 1));
  const scale = spread === 0 ? 0 : (saturation * (1 - Math.abs(2 * lightness - 1))) / spread;
  const move = (channel: number): number =>
    Math.min(255, Math.max(0, (lightness + (channel / 255 - middle) * scale) * 255));
  return rounded([move(r), move(g), move(b)]);
}

/** Candidates on the way to black or white, nearest first, then grey ones as the last resort. */
function* steps(color: Rgb, target: Rgb): Generator<Rgb> {
  yield rounded(color);
  const middle = (Math.max(...color) + Math.min(...color)) / 510;
  const darker = luminance(target) < luminance(color);
  for (let moved = STEP / 2; moved < VIVID_REACH; moved += STEP / 2) {
    const lightness = darker ? middle - moved : middle + moved;
    if (lightness > 0.1 && lightness < 0.92) yield atLightness(color, lightness);
  }
  for (let share = STEP; share < 1; share += STEP) yield rounded(mix(color, target, share));
}

/** Moves a colour towards `target` only as far as it must to be readable on every ground. */
export function readable(
  color: Rgb,
  grounds: readonly Rgb[],
  target: Rgb = ink(grounds),
  min = MIN_CONTRAST,
): Rgb {
  for (const moved of steps(color, target)) {
    if (worst(moved, grounds) >= min) return moved;
  }
  return target;
}
