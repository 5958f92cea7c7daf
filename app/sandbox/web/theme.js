/** Light and dark, as the system says or as the person chose; also as Mini App colours. */

import { byId, icon } from "./dom.js";
import { emit } from "./live.js";

const KEY = "sandbox.theme";
const system = matchMedia("(prefers-color-scheme: dark)");

const PARAMS = {
  light: {
    bg_color: "#ffffff", secondary_bg_color: "#f4f4f5", text_color: "#000000", hint_color: "#707579",
    link_color: "#3390ec", button_color: "#3390ec", button_text_color: "#ffffff",
    header_bg_color: "#ffffff", bottom_bar_bg_color: "#ffffff", accent_text_color: "#3390ec",
    section_bg_color: "#ffffff", section_header_text_color: "#3390ec",
    section_separator_color: "#e3e4e8", subtitle_text_color: "#707579", destructive_text_color: "#df3f40",
  },
  dark: {
    bg_color: "#17212b", secondary_bg_color: "#0e1621", text_color: "#f5f5f5", hint_color: "#708499",
    link_color: "#6ab3f3", button_color: "#5288c1", button_text_color: "#ffffff",
    header_bg_color: "#17212b", bottom_bar_bg_color: "#17212b", accent_text_color: "#6ab2f2",
    section_bg_color: "#17212b", section_header_text_color: "#6ab3f3",
    section_separator_color: "#111921", subtitle_text_color: "#708499", destructive_text_color: "#ec3942",
  },
};

export const currentTheme = () => document.documentElement.dataset.theme;
export const themeParams = () => PARAMS[currentTheme()];

function show() {
  const theme = localStorage.getItem(KEY) || (system.matches ? "dark" : "light");
  if (theme === currentTheme()) return;
  document.documentElement.dataset.theme = theme;
  byId("theme").replaceChildren(icon(theme === "dark" ? "sun" : "moon"));
  emit("theme");
}

export function startTheme() {
  show();
  system.addEventListener("change", show);
  byId("theme").addEventListener("click", () => {
    localStorage.setItem(KEY, currentTheme() === "dark" ? "light" : "dark");
    show();
  });
}
