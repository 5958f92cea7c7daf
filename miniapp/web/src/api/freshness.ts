// How old the prices are, and whether they are too old to decide on.
import type { FeedHealth } from "./contract";
import type { Quote } from "./streamState";

export const STALE_SECONDS = 15;
const LIVE_SECONDS = 5;

export type FreshnessKind = "live" | "old" | "stale" | "none";

export interface Freshness {
  readonly kind: FreshnessKind;
  /** Seconds since the price source was last heard; undefined when it never was. */
  readonly age: number | undefined;
}

const kindOf = (age: number): FreshnessKind =>
  age > STALE_SECONDS ? "stale" : age > LIVE_SECONDS ? "old" : "live";

/** Freshness from what is known: the newest witness counts. All times in milliseconds. */
export function freshness(
  feed: FeedHealth | undefined,
  feedReadAt: number,
  quotes: readonly Quote[],
  now: number,
): Freshness {
  const ages = quotes.map((quote) => (now - Date.parse(quote.at)) / 1000);
  if (feed && feed.heartbeat_age !== null) {
    ages.push(feed.heartbeat_age + Math.max(0, now - feedReadAt) / 1000);
  }
  const known = ages.filter(Number.isFinite).map((age) => Math.max(0, age));
  if (known.length === 0) return { kind: "none", age: undefined };
  const age = Math.min(...known);
  return { kind: kindOf(age), age };
}

/** Whether this very price is too old to decide on, whatever others of its board are. */
export const gone = (at: string | null, now: number): boolean =>
  at !== null && now - Date.parse(at) > STALE_SECONDS * 1000;

export const tooOld = (state: Freshness): boolean =>
  state.kind === "stale" || state.kind === "none";
