import { expect, test } from "vitest";
import {
  type Doc,
  differing,
  partsOf,
  pathOf,
  read,
  rebased,
  same,
  typed,
  write,
} from "../src/features/settings/doc";

const DOC: Doc = {
  total_capital_usd: "10000",
  max_open_groups: 10,
  stops: { stop_loss_percent: null },
  ladder: [
    { gap_percent: "0", weight_percent: "60", tp_percent: "1" },
    { gap_percent: "-1", weight_percent: "40", tp_percent: "1" },
  ],
  pyramid_levels: {},
  queue: { rules: ["continuation", "oldest"] },
};

test("a path is written as the server writes it", () => {
  for (const path of [
    "max_open_groups",
    "stops.stop_loss_percent",
    "ladder[1].gap_percent",
    "pyramid_levels[2][0].tp_percent",
    "market_ladders[3].pyramid_levels[1][0].gap_percent",
    "protection.locks[0].stop_minutes",
  ]) {
    expect(pathOf(partsOf(path))).toBe(path);
  }
  expect(partsOf("pyramid_levels[2][0]")).toEqual(["pyramid_levels", "2", 0]);
});

test("writing copies, and undefined takes away", () => {
  const changed = write(DOC, ["ladder", 1, "gap_percent"], "-2");
  expect(read(changed, ["ladder", 1, "gap_percent"])).toBe("-2");
  expect(read(DOC, ["ladder", 1, "gap_percent"])).toBe("-1");
  expect(read(write(DOC, ["ladder", 0], undefined), ["ladder"])).toHaveLength(1);
  const level = write(DOC, ["pyramid_levels", "1"], DOC.ladder);
  expect(read(level, ["pyramid_levels", "1", 0, "gap_percent"])).toBe("0");
  expect(write(level, ["pyramid_levels", "1"], undefined)).toEqual(DOC);
});

test("what is typed differently is not a difference", () => {
  expect(same({ a: "1.0" }, { a: "1" })).toBe(true);
  expect(same("10", 10)).toBe(true);
  expect(same(null, "")).toBe(false);
  expect(differing(DOC, { ...DOC, total_capital_usd: "10000.00" })).toEqual([]);
});

test("differences are named by their paths; an order of words is one", () => {
  const after = write(write(DOC, ["stops", "stop_loss_percent"], "5"), ["ladder", 1], undefined);
  expect(differing(DOC, after)).toEqual([
    "stops.stop_loss_percent",
    "ladder[1].gap_percent",
    "ladder[1].weight_percent",
    "ladder[1].tp_percent",
  ]);
  expect(differing(DOC, write(DOC, ["queue", "rules"], ["oldest"]))).toEqual(["queue.rules"]);
});

test("a draft moves onto a newer version: mine stays, theirs comes in", () => {
  const mine = write(DOC, ["max_open_groups"], 4);
  const theirs = write(write(DOC, ["total_capital_usd"], "500"), ["pyramid_levels", "1"], []);
  const both = rebased(DOC, mine, theirs);
  expect(both).toEqual({ ...theirs, max_open_groups: 4 });
  expect(rebased(DOC, DOC, theirs)).toBe(theirs);
});

test("a comma is a point, and a whole number is a number", () => {
  expect(typed(" 1,5 ", false)).toBe("1.5");
  expect(typed("−3", false)).toBe("-3");
  expect(typed("12", true)).toBe(12);
  expect(typed("1.5", true)).toBe("1.5");
  expect(typed("", true)).toBe("");
});
