// Settings as a person reads them: names, values, bounds. English is the server's own words.
import type { Change, Control, FieldProblem, FormSection, FormView } from "../../api/contract";
import { compare, dec, places, plain, rescale } from "../../format/decimal";
import { currentLocale, percent, price, TRUE_MINUS, usd } from "../../format/number";
import { type Path, partsOf } from "./doc";
import { names } from "./translation";
import { words } from "./words";

const general = (path: string): string => path.replace(/(\[[^\]]*\])+/g, "[]");

/** `capital_share` → `Capital share`. */
const spoken = (value: string): string => {
  const said = value.replace(/_/g, " ").replace("dca", "DCA");
  return said.charAt(0).toUpperCase() + said.slice(1);
};

export const labelOf = (control: Control): string => names().labels[control.path] ?? control.label;
export const whyOf = (control: Control): string => names().why[control.path] ?? control.explanation;
export const titleOf = (part: { readonly name: string; readonly title: string }): string =>
  names().sections[part.name]?.[0] ?? part.title;
export const sectionWhy = (section: FormSection): string =>
  names().sections[section.name]?.[1] ?? section.explanation;
export const headingOf = (group: { readonly path: string; readonly title: string }): string =>
  names().headings[group.path] ?? group.title;
export const choiceOf = (value: string): string => names().choices[value] ?? spoken(value);

export const controlsOf = (form: FormView): readonly Control[] =>
  form.sections.flatMap((section) => section.groups.flatMap((group) => group.controls));

export const controlAt = (form: FormView, path: string): Control | undefined =>
  controlsOf(form).find((one) => one.path === general(path));

/** Whether a place in the document belongs to a section of the form. */
export const standsIn = (section: FormSection, path: string): boolean =>
  section.groups.some((group) =>
    group.controls.some(({ path: own }) => {
      const place = general(path);
      return place === own || place.startsWith(`${own}[`) || own.startsWith(`${place}.`);
    }),
  );

const trimmed = (text: string): string => {
  try {
    return price(text, places(text));
  } catch {
    return text; // Not a number: shown as it is.
  }
};

/** A number as people write it, with its unit. */
export function measured(text: string, unit: string): string {
  const value = trimmed(text);
  if (unit === "%" && isNumber(text)) return percent(text, "auto", places(text));
  if (unit === "USD") {
    return value.startsWith(TRUE_MINUS) ? `${TRUE_MINUS}$${value.slice(1)}` : `$${value}`;
  }
  return unit ? `${value} ${words().units[unit] ?? unit}` : value;
}

function shown(value: string | null, change: Change, control: Control | undefined): string {
  if (value === null) return words().none;
  if (value === "yes" || value === "no") return words().onOff(value === "yes");
  if (value === "off" && control?.kind !== "choice") return words().onOff(false);
  if (value === "none") return words().none;
  if (control?.kind === "choice") return choiceOf(value);
  if (control?.kind === "order") return value.split(", ").map(choiceOf).join(", ");
  if (change.path.endsWith(".kind")) return choiceOf(value);
  return /^-?\d/.test(value) && !value.includes(" ") && control?.kind !== "text"
    ? measured(value, change.unit)
    : value;
}

export interface Line {
  readonly path: string;
  readonly label: string;
  readonly place: string;
  readonly before: string;
  readonly after: string;
}

/** Where in the document: the section, and which leg, entry, market or lock. */
export function placeOf(form: FormView, path: string): string {
  const section = form.sections.find((one) => standsIn(one, path));
  const said = section ? [titleOf(section)] : [];
  const parts = partsOf(path);
  parts.forEach((part, at) => {
    const before = parts[at - 1];
    if (before === "pyramid_levels") said.push(words().entry(Number(part) + 1));
    else if (typeof part === "number") {
      const list = before === "market_ladders" ? "market" : before === "locks" ? "lock" : "leg";
      said.push(words()[list](part + 1));
    }
  });
  return said.join(" · ");
}

export function lineOf(form: FormView, change: Change): Line {
  const control = controlAt(form, change.path);
  const { path } = change;
  return {
    path,
    label: control ? labelOf(control) : path.endsWith(".kind") ? words().kind : spoken(path),
    place: placeOf(form, path),
    before: shown(change.before, change, control),
    after: shown(change.after, change, control),
  };
}

const THOUSAND = dec("1000");
const MILLION = dec("1000000");

/** Dollars without cents where there are thousands of them, and compact from a million. */
export function dollars(text: string): string {
  const value = dec(text);
  if (compare(value, MILLION) >= 0) return usd(text, "auto", true);
  return measured(plain(rescale(value, compare(value, THOUSAND) >= 0 ? 0 : 2)), "USD");
}

/** A share to two places: what a generator makes has six. */
export const shareOf = (text: string): string => measured(plain(rescale(dec(text), 2)), "%");

/** `1 to 200`, `above 0, below 100`; empty when anything goes. */
export function boundsOf({ kind, low, high, unit }: Control): string {
  if (kind === "text") return ""; // They count its letters.
  const say = words();
  const number = (text: string): string => measured(text, unit);
  if (low && high && !low.open && !high.open)
    return say.between(trimmed(low.value), number(high.value));
  const parts = [];
  if (low) parts.push(low.open ? say.above(number(low.value)) : say.from(number(low.value)));
  if (high) parts.push(high.open ? say.below(number(high.value)) : say.upTo(number(high.value)));
  return parts.join(", ");
}

export function defaultOf(control: Control, value: unknown): string {
  const say = words();
  if (value === null) return say.default(say.onOff(false));
  if (typeof value === "boolean") return say.default(say.onOff(value));
  if (control.kind === "choice") return say.default(choiceOf(String(value)));
  return say.default(measured(String(value), control.unit));
}

/** `200` → `3 h 20 min`: minutes in hand are hard to compare in the head. */
export function duration(minutes: number): string {
  const units = [
    ["day", 1440],
    ["hour", 60],
    ["minute", 1],
  ] as const;
  let left = minutes;
  const parts: string[] = [];
  for (const [unit, size] of units) {
    const whole = Math.floor(left / size);
    left -= whole * size;
    if (whole > 0) {
      const options = { style: "unit", unit, unitDisplay: "short" } as const;
      parts.push(new Intl.NumberFormat(currentLocale(), options).format(whole));
    }
  }
  return parts.join(" ");
}

/** The sentence at a field: the server's, or ours where the language is another. */
export function faultOf(problem: FieldProblem, control: Control | undefined): string {
  const known = words().faults[problem.code];
  if (known && control) return known(boundsOf(control));
  const { message } = problem;
  return `${message.charAt(0).toUpperCase()}${message.slice(1)}.`;
}

export const isNumber = (text: string): boolean => {
  try {
    return Boolean(dec(text));
  } catch {
    return false;
  }
};

/** The path of a setting inside a list, for an item at its place. */
export const inside = (list: string, at: number, control: Control): Path =>
  partsOf(control.path.replace(`${list}[]`, `${list}[${at}]`));
