// The catalogue in force. Numbers follow the language of the words, so a sentence is never mixed.
import { signal } from "@preact/signals";
import { setLocale } from "../format/number";
import { type Catalogue, en } from "./en";

/** English is at hand; every other language is its own file. */
const OTHERS: Readonly<Record<string, () => Promise<Catalogue>>> = {
  ru: () => import("./ru").then((file) => file.ru),
};

/** The words. A live binding: read it where it is shown, never keep a copy at module level. */
export let text: Catalogue = en;

/** The language the page speaks; who shows words is drawn anew when it changes. */
export const language = signal("en");

async function load(name: string): Promise<[string, Catalogue]> {
  const other = OTHERS[name];
  if (!other) return ["en", en];
  try {
    return [name, await other()];
  } catch {
    return ["en", en]; // The file did not come: English words beat none.
  }
}

/** Chooses the language; one that has no catalogue reads English, numbers included. */
export async function setLanguage(tag: string): Promise<void> {
  const [name, words] = await load(tag.slice(0, 2).toLowerCase());
  text = words;
  setLocale(tag.startsWith(name) ? tag : name);
  document.documentElement.lang = name;
  language.value = name;
}
