// Counting in the languages that screens with words of their own speak.
import { integer } from "../format/number";

const english = new Intl.PluralRules("en");
const russian = new Intl.PluralRules("ru");

/** `1 leg`, `2 legs`. */
export const counted = (n: number, one: string, other: string): string =>
  `${integer(n)} ${english.select(n) === "one" ? one : other}`;

/** One of three forms: 1 ордер, 2 ордера, 5 ордеров. */
export function russianForm(n: number, one: string, few: string, many: string): string {
  const rule = russian.select(n);
  return rule === "one" ? one : rule === "few" ? few : many;
}

export const countedRu = (n: number, one: string, few: string, many: string): string =>
  `${integer(n)} ${russianForm(n, one, few, many)}`;
