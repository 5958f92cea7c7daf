import { expect, test } from "vitest";
import { freshness, gone, tooOld } from "../src/api/freshness";
import { marked } from "../src/api/live";
import { levelsOf } from "../src/features/position/levels";
import { parentOf, routeOfStart } from "../src/navigation";
import { at, detail, group, stop, T0 } from "./builders";

test("a newer price moves profit exactly, the other way for a short", () => {
  const quote = { price: "101.3", at: at(1) };
  expect(marked(group(), quote)).toEqual({
    mark: "101.3",
    pnl: "2.6",
    pnlPercent: "1.3",
    at: at(1),
  });
  const short = group({ side: "short", unrealized_pnl_usd: "-2" });
  expect(marked(short, quote)).toMatchObject({ pnl: "-2.6", pnlPercent: "-1.3" });
});

test("an older price, or none, changes nothing", () => {
  const known = { mark: "101", pnl: "2", pnlPercent: "1", at: at(0) };
  expect(marked(group(), { price: "90", at: at(-1) })).toEqual(known);
  expect(marked(group(), undefined)).toEqual(known);
  expect(marked(group({ mark_price: null, unrealized_pnl_usd: null }), undefined).pnl).toBeNull();
});

test("a price that holds still is fresh, and one not told for long is old alone", () => {
  const held = marked(group(), { price: "101", at: at(20) });
  expect(held).toMatchObject({ mark: "101", at: at(20) });
  expect(gone(held.at, T0 + 30_000)).toBe(false);
  expect(gone(marked(group(), undefined).at, T0 + 30_000)).toBe(true);
  expect(gone(null, T0)).toBe(false);
});

test("freshness takes the newest witness and turns stale after fifteen seconds", () => {
  const feed = {
    feed: "live",
    live: true,
    heartbeat_age: 2,
    symbols: [],
    board: "binance",
    market: "spot" as const,
  };
  expect(freshness(feed, T0, [], T0 + 1_000)).toEqual({ kind: "live", age: 3 });
  expect(freshness(feed, T0, [], T0 + 10_000).kind).toBe("old");
  const stale = freshness(feed, T0, [], T0 + 13_500);
  expect(stale.kind).toBe("stale");
  expect(tooOld(stale)).toBe(true);
  expect(freshness(feed, T0, [{ price: "1", at: at(13) }], T0 + 13_500).kind).toBe("live");
  expect(freshness(undefined, 0, [], T0)).toEqual({ kind: "none", age: undefined });
  expect(tooOld(freshness(undefined, 0, [], T0))).toBe(true);
});

test("a chart shows average and target first and no price twice", () => {
  const found = levelsOf(detail());
  expect(found.map((level) => level.kind)).toEqual(["average", "target"]);
  const same = levelsOf(detail({ group: group({ next_tp_price: "100" }) }));
  expect(same).toHaveLength(1);
  const held = detail({ stop: stop() });
  expect(levelsOf(held).map((level) => level.kind)).toEqual(["average", "target", "stop"]);
});

test("deep links open their object and back leads to its list", () => {
  expect(routeOfStart("pos_01jd0x")).toBe("/positions/01jd0x");
  expect(routeOfStart("ap_01jd0x")).toBe("/offers/01jd0x");
  expect(routeOfStart("ref_12")).toBeUndefined();
  expect(routeOfStart("pos_../../x")).toBeUndefined();
  expect(parentOf("/positions/01jd0x")).toBe("/positions");
  expect(parentOf("/trades")).toBe("/more");
  expect(parentOf("/queue")).toBe("/");
});
