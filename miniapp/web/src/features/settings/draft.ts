// What a person has changed and not saved yet. It outlives a reload and a look at another screen.
import { effect, signal } from "@preact/signals";
import { useEffect, useState } from "preact/hooks";
import { confirmClosing } from "../../telegram/bridge";
import type { InForce } from "./api";
import { type Doc, differing, type Path, rebased, same, type Value, write } from "./doc";

const KEY = "countersign.settings";
const PAUSE_MS = 400;

interface Draft {
  readonly version: number;
  readonly base: Doc;
  readonly doc: Doc;
}
/** By account: looking at another one loses nothing. */
type Drafts = Readonly<Record<string, Draft>>;

function kept(): Drafts {
  try {
    return (JSON.parse(sessionStorage.getItem(KEY) ?? "{}") as Drafts | null) ?? {};
  } catch {
    return {}; // Storage forbidden, or written by another version.
  }
}

const drafts = signal<Drafts>(kept());

let guarding = false;
effect(() => {
  const needed = Object.keys(drafts.value).length > 0;
  if (needed !== guarding) confirmClosing(needed); // An undo may be holding the page as well.
  guarding = needed;
  try {
    if (needed) sessionStorage.setItem(KEY, JSON.stringify(drafts.value));
    else sessionStorage.removeItem(KEY);
  } catch {
    // Then the drafts last as long as the page.
  }
});

/** Keeps the draft, unless it says what is in force anyway. */
function keep(account: string, { version, document: base }: InForce, doc: Doc): void {
  const { [account]: _, ...others } = drafts.value;
  drafts.value = same(base, doc) ? others : { ...others, [account]: { version, base, doc } };
}

export interface Editing {
  readonly doc: Doc;
  readonly base: Doc;
  readonly version: number;
  /** The paths that differ from what is in force. */
  readonly changed: readonly string[];
  readonly edit: (path: Path, value: Value | undefined) => void;
  readonly discard: () => void;
}

/** The changes of this account on top of what is in force; a newer version slides in below them. */
export function editing(account: string, inForce: InForce): Editing {
  const { version, document: base } = inForce;
  const newest = (): Doc => {
    const mine = drafts.value[account];
    if (!mine) return base;
    return mine.version === version ? mine.doc : (rebased(mine.base, mine.doc, base) as Doc);
  };
  const doc = newest();
  return {
    doc,
    base,
    version,
    changed: doc === base ? [] : differing(base, doc),
    edit: (path, value) => keep(account, inForce, write(newest(), path, value)),
    discard: () => keep(account, inForce, base),
  };
}

/** Puts the draft onto the version in force, once that has changed elsewhere. */
export function useRebase(account: string, inForce: InForce): void {
  useEffect(() => {
    const mine = drafts.value[account];
    if (!mine || mine.version === inForce.version) return;
    keep(account, inForce, rebased(mine.base, mine.doc, inForce.document) as Doc);
  }, [account, inForce]);
}

/** The value as it was when the typing paused. */
export function usePaused<Thing>(value: Thing): Thing {
  const [paused, setPaused] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setPaused(value), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [value]);
  return paused;
}
