// Writes the guarded palette into CSS variables and tells those who draw on canvas.
import { signal } from "@preact/signals";
import { isDark, type Palette, paletteOf, type Theme } from "./palette";

/** The palette in force; charts re-apply their colours when it changes. */
export const palette = signal<Palette>(paletteOf({}));

const prefersDark = (): boolean => matchMedia("(prefers-color-scheme: dark)").matches;

export function paint(theme: Theme): void {
  const next = paletteOf(theme, prefersDark());
  const root = document.documentElement;
  for (const [name, value] of Object.entries(next)) root.style.setProperty(`--${name}`, value);
  root.dataset.theme = isDark(next) ? "dark" : "light";
  root.style.colorScheme = root.dataset.theme;
  palette.value = next;
}
