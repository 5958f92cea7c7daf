// The language of these screens: English is the server's own, every other comes in one file.
import { signal } from "@preact/signals";
import { language } from "../../text";
import type { Words } from "./words";

/** Names of settings by their paths; one that is missing is said as the server says it. */
export interface Names {
  readonly labels: Readonly<Record<string, string>>;
  readonly why: Readonly<Record<string, string>>;
  readonly choices: Readonly<Record<string, string>>;
  readonly sections: Readonly<Record<string, readonly [string, string]>>;
  readonly headings: Readonly<Record<string, string>>;
}

export interface Translation {
  readonly words: Words;
  readonly names: Names;
}

const OTHERS: Readonly<Record<string, () => Promise<Translation>>> = {
  ru: () => import("./ru").then((file) => file.ru),
};
const SERVERS_OWN: Names = { labels: {}, why: {}, choices: {}, sections: {}, headings: {} };

export const translation = signal<Translation | undefined>(undefined);
export const names = (): Names => translation.value?.names ?? SERVERS_OWN;

/** Fetches the language in force; when its file does not come, English words beat none. */
export async function translated(): Promise<void> {
  const load = OTHERS[language.value];
  translation.value = load && (await load().catch(() => undefined));
}
