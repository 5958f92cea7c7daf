// From Telegram's theme parameters to the colours this page paints with; pure, so any theme can be tested.
import {
  contrast,
  ink,
  luminance,
  MIN_CONTRAST,
  mix,
  parseHex,
  type Rgb,
  readable,
  toHex,
} from "./contrast";

/** Theme parameters as Telegram sends them; every one may be missing. */
export type Theme = Readonly<Record<string, string | undefined>>;

/** CSS variable name (without dashes) to hex. */
export type Palette = Readonly<Record<PaletteKey, string>>;
export type PaletteKey =
  | "bg"
  | "card"
  | "fill"
  | "text"
  | "hint"
  | "accent"
  | "accent-soft"
  | "button"
  | "button-text"
  | "up"
  | "up-soft"
  | "down"
  | "down-soft"
  | "warn"
  | "warn-soft"
  | "danger"
  | "danger-text"
  | "separator"
  | "track";

interface Stock {
  bg: string;
  card: string;
  text: string;
  subtitle: string;
  accent: string;
  button: string;
  buttonText: string;
}

const LIGHT: Stock = {
  bg: "#efeff4",
  card: "#ffffff",
  text: "#000000",
  subtitle: "#8e8e93",
  accent: "#2481cc",
  button: "#2481cc",
  buttonText: "#ffffff",
};
const DARK: Stock = {
  bg: "#0f151c",
  card: "#1a232e",
  text: "#f5f5f5",
  subtitle: "#7d8b99",
  accent: "#6ab2f2",
  button: "#3d8fd9",
  buttonText: "#ffffff",
};
/** Signal colours per ground: gain, loss, caution. */
const SIGNALS = {
  dark: { up: "#3ddc97", down: "#ff6b81", warn: "#ffc24b" },
  light: { up: "#0a8f58", down: "#d1344f", warn: "#9a6200" },
};
const DARK_BELOW = 0.22; // Relative luminance of the card under which light signal colours read better.
const SOFT = 0.13;
const FILL = 0.06;
const BLACK: Rgb = [0, 0, 0];
const WHITE: Rgb = [255, 255, 255];
const SEPARATOR = 0.12;
const TRACK = 0.13;

function color(theme: Theme, keys: readonly string[], fallback: string): Rgb {
  for (const key of keys) {
    const found = parseHex(theme[key]);
    if (found) return found;
  }
  return parseHex(fallback) as Rgb;
}

/** Cards and page may be too far apart for one text colour; the card then moves to the page. */
function agreeing(card: Rgb, bg: Rgb): Rgb {
  for (let share = 0; share < 1; share += 0.1) {
    const moved = mix(card, bg, share);
    const text = ink([bg, moved]);
    if (Math.min(contrast(text, bg), contrast(text, moved)) >= MIN_CONTRAST) return moved;
  }
  return bg;
}

/** A tint of the card that its text still reads on: away from the text where room is tight. */
function tint(card: Rgb, towards: Rgb, share: number, text: Rgb): Rgb {
  const found = mix(card, towards, share);
  if (contrast(text, found) >= MIN_CONTRAST) return found;
  return mix(card, luminance(text) > luminance(card) ? BLACK : WHITE, share);
}

/** A signal colour, and its tint, readable on every ground including the tint itself. */
function toned(base: Rgb, grounds: readonly Rgb[], card: Rgb, text: Rgb): [Rgb, Rgb] {
  const first = readable(base, grounds, text);
  const soft = tint(card, first, SOFT, text);
  return [readable(first, [...grounds, soft], text), soft];
}

/** Whether light-on-dark signal colours fit this theme. */
export const isDark = (palette: Palette): boolean =>
  luminance(parseHex(palette.card) as Rgb) < DARK_BELOW;

/** Every colour the page uses, for one theme; all text pairs reach AA contrast. */
export function paletteOf(theme: Theme, prefersDark = false): Palette {
  const given = parseHex(theme.bg_color) ?? parseHex(theme.secondary_bg_color);
  const stock = (given ? luminance(given) < DARK_BELOW : prefersDark) ? DARK : LIGHT;
  const bg = color(theme, ["secondary_bg_color", "bg_color"], stock.bg);
  const card = agreeing(
    color(theme, ["section_bg_color", "bg_color"], given ? toHex(bg) : stock.card),
    bg,
  );
  const ends = [bg, card];
  const text = readable(color(theme, ["text_color"], stock.text), ends, undefined, 7);
  const fill = tint(card, text, FILL, text);
  const grounds = [bg, card, fill];
  const tone = luminance(card) < DARK_BELOW ? SIGNALS.dark : SIGNALS.light;
  const [up, upSoft] = toned(parseHex(tone.up) as Rgb, grounds, card, text);
  const [down, downSoft] = toned(parseHex(tone.down) as Rgb, grounds, card, text);
  const [warn, warnSoft] = toned(parseHex(tone.warn) as Rgb, grounds, card, text);
  const [accent, accentSoft] = toned(
    color(theme, ["accent_text_color", "link_color", "button_color"], stock.accent),
    grounds,
    card,
    text,
  );
  const buttonText = color(theme, ["button_text_color"], stock.buttonText);
  const button = readable(color(theme, ["button_color"], stock.button), [buttonText]);
  const danger = readable(parseHex("#e03e52") as Rgb, [WHITE]);
  return {
    bg: toHex(bg),
    card: toHex(card),
    fill: toHex(fill),
    text: toHex(text),
    hint: toHex(
      readable(color(theme, ["subtitle_text_color", "hint_color"], stock.subtitle), grounds, text),
    ),
    accent: toHex(accent),
    "accent-soft": toHex(accentSoft),
    button: toHex(button),
    "button-text": toHex(buttonText),
    up: toHex(up),
    "up-soft": toHex(upSoft),
    down: toHex(down),
    "down-soft": toHex(downSoft),
    warn: toHex(warn),
    "warn-soft": toHex(warnSoft),
    danger: toHex(danger),
    "danger-text": "#ffffff",
    separator: toHex(mix(card, text, SEPARATOR)),
    track: toHex(mix(card, text, TRACK)),
  };
}
