// The catalogue in force. Numbers follow the language of the words, so a sentence is never mixed.
import { setLocale } from "../format/number";
import { en } from "./en";

const CATALOGUES = { en } as const;

export const text = CATALOGUES.en;

/** Chooses the language; one that has no catalogue reads English, numbers included. */
export function setLanguage(tag: string): void {
  const language = tag.slice(0, 2).toLowerCase();
  const known = language in CATALOGUES ? language : "en";
  setLocale(known === language ? tag : known);
  document.documentElement.lang = known;
  document.documentElement.dir = "ltr";
}
