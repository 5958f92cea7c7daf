// The settings document by paths: reading, changing, comparing, and carrying changes to a newer one.
import { dec, plain } from "../../format/decimal";

export type Value =
  | string
  | number
  | boolean
  | null
  | readonly Value[]
  | { readonly [name: string]: Value };
export type Doc = { readonly [name: string]: Value };
export type Path = readonly (string | number)[];

const isObject = (value: Value | undefined): value is Doc =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** `ladder[2].gap_percent` as its parts; keys of `pyramid_levels` stay names. */
export function partsOf(path: string): Path {
  const parts: (string | number)[] = [];
  for (const found of path.matchAll(/([^.[\]]+)|\[([^\]]*)\]/g)) {
    const [, name, index] = found;
    if (name !== undefined) parts.push(name);
    else parts.push(parts.at(-1) === "pyramid_levels" ? String(index) : Number(index));
  }
  return parts;
}

export function pathOf(parts: Path): string {
  return parts.reduce<string>((path, part, at) => {
    const inside = typeof part === "number" || parts[at - 1] === "pyramid_levels";
    if (inside) return `${path}[${part}]`;
    return path ? `${path}.${part}` : part;
  }, "");
}

export function read(doc: Value | undefined, parts: Path): Value | undefined {
  return parts.reduce<Value | undefined>(
    (value, part) => (value as Record<string | number, Value> | null | undefined)?.[part],
    doc,
  );
}

/** A copy with another value at the path; `undefined` takes the name or the item away. */
export function write<Part extends Value>(doc: Part, parts: Path, value: Value | undefined): Part {
  const [first, ...rest] = parts;
  if (first === undefined) return value as Part;
  if (Array.isArray(doc)) {
    const items = [...doc];
    if (rest.length === 0 && value === undefined) items.splice(Number(first), 1);
    else items[Number(first)] = write(items[Number(first)] ?? {}, rest, value);
    return items as unknown as Part;
  }
  const copy: Record<string, Value> = { ...(doc as Doc) };
  if (rest.length === 0 && value === undefined) delete copy[first];
  else copy[first] = write(copy[first] ?? {}, rest, value);
  return copy as unknown as Part;
}

const asNumber = (value: Value | undefined): string | undefined => {
  if (typeof value !== "string" && typeof value !== "number") return undefined;
  try {
    return plain(dec(String(value)));
  } catch {
    return undefined; // Text, or not yet a number.
  }
};

/** `"1.0"` is `"1"`: what is typed differently is not different. */
export function same(a: Value | undefined, b: Value | undefined): boolean {
  if (a === b) return true;
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((item, at) => same(item, b[at]));
  }
  if (isObject(a) && isObject(b)) {
    const names = new Set([...Object.keys(a), ...Object.keys(b)]);
    return [...names].every((name) => same(a[name], b[name]));
  }
  const number = asNumber(a);
  return number !== undefined && number === asNumber(b);
}

/** The paths at which two documents differ; a list counts by its items' fields. */
export function differing(a: Value | undefined, b: Value | undefined, parts: Path = []): string[] {
  if (same(a, b)) return [];
  const inside = (value: Value | undefined): value is Doc | readonly Value[] =>
    typeof value === "object" && value !== null;
  if (!inside(a) && !inside(b)) return [pathOf(parts)];
  const left = inside(a) ? a : {};
  const right = inside(b) ? b : {};
  if (Array.isArray(left) && left.concat(right).every((one) => typeof one === "string")) {
    return [pathOf(parts)]; // An order of words is one setting.
  }
  const keys = [...new Set([...Object.keys(left), ...Object.keys(right)])];
  const listed = Array.isArray(a) || Array.isArray(b);
  return keys.flatMap((key) =>
    differing(read(left, [key]), read(right, [key]), [...parts, listed ? Number(key) : key]),
  );
}

/** What a person changed from `base` to `draft`, on top of `fresh`. Lists are one thing. */
export function rebased(base: Value, draft: Value, fresh: Value): Value {
  if (same(base, draft)) return fresh;
  if (!isObject(base) || !isObject(draft) || !isObject(fresh)) return draft;
  const names = new Set([...Object.keys(draft), ...Object.keys(fresh)]);
  const found: Record<string, Value> = {};
  for (const name of names) {
    const kept = rebased(base[name] as Value, draft[name] as Value, fresh[name] as Value) as
      | Value
      | undefined;
    if (kept !== undefined) found[name] = kept;
  }
  return found;
}

/** What is typed as the document takes it: a comma is a point, and whole numbers are numbers. */
export function typed(text: string, whole: boolean): Value {
  const clean = text.trim().replace(",", ".").replace("−", "-");
  return whole && /^-?\d{1,15}$/.test(clean) ? Number(clean) : clean;
}
