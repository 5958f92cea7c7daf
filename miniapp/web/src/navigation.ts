// Where back leads, and where a deep link goes; the Telegram back button mirrors the router.
import { useEffect } from "preact/hooks";
import { useLocation } from "wouter-preact";
import { onBack, showBack } from "./telegram/bridge";

export const BASE = "/app";
const ROOTS: readonly string[] = ["/", "/offers", "/positions", "/more"];
const HANDLED_KEY = "countersign.start";

export const isRoot = (path: string): boolean => ROOTS.includes(path);

const FROM_HOME: readonly string[] = ["/queue", "/risk"];
const SHARED: readonly string[] = ["/exchanges", "/about"];

/** Whether a screen is about the chosen account: a list is, one thing or all accounts are not. */
export const ofAccount = (path: string): boolean =>
  path.split("/").length <= 2 && !SHARED.includes(path);

/** The list an object belongs to: where back leads when nothing came before. */
export function parentOf(path: string): string {
  const first = `/${path.split("/")[1] ?? ""}`;
  if (first !== path && first === "/settings") return path.slice(0, path.lastIndexOf("/"));
  if (first !== path && ROOTS.includes(first)) return first;
  return isRoot(path) || FROM_HOME.includes(path) ? "/" : "/more";
}

/** `pos_<id>` and `ap_<id>` open their object; anything else is no route of ours. */
export function routeOfStart(param: string | undefined): string | undefined {
  const match = /^(pos|ap)_([A-Za-z0-9_-]{1,64})$/.exec(param ?? "");
  if (!match) return undefined;
  return match[1] === "pos" ? `/positions/${match[2]}` : `/offers/${match[2]}`;
}

/** Drops the launch fragment; a start parameter is followed once, not again on a reload. */
export function enter(param: string | undefined): void {
  const path = location.pathname.startsWith(BASE) ? location.pathname : `${BASE}/`;
  let target = path === BASE ? `${BASE}/` : path;
  const route = routeOfStart(param);
  try {
    if (route && sessionStorage.getItem(HANDLED_KEY) !== param) {
      sessionStorage.setItem(HANDLED_KEY, param as string);
      target = BASE + route;
    }
  } catch {
    if (route) target = BASE + route; // Without storage a reload follows the link again.
  }
  history.replaceState(null, "", target);
}

let steps = 0; // In-page steps: how far history.back() stays inside the app.

let guard: (() => void) | undefined;

/** Takes the place of going back, until the answer is called: something would be lost. */
export function guardBack(instead: () => void): () => void {
  guard = instead;
  return () => {
    guard = undefined;
  };
}

/** Shows and serves the back button on every screen below a tab. */
export function useBackButton(): { deep: boolean; back: () => void } {
  const [path, navigate] = useLocation();
  const deep = !isRoot(path);
  const back = (): void => {
    if (guard) guard();
    else if (steps > 0) history.back();
    else navigate(parentOf(path), { replace: true });
  };
  useEffect(() => {
    showBack(deep);
  }, [deep]);
  useEffect(() => onBack(back));
  return { deep, back };
}

/** Counts steps made in the page; called once at start. */
export function countSteps(): void {
  addEventListener("pushState", () => {
    steps += 1;
    scrollTo(0, 0);
  });
  addEventListener("popstate", () => {
    steps = Math.max(0, steps - 1);
  });
}
