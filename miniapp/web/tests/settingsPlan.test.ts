import { expect, test } from "vitest";
import {
  digitsFor,
  evened,
  nameOf,
  nextLeg,
  placeOf,
  planOf,
  whichOf,
} from "../src/features/settings/plan";

const leg = (gap: string, weight: string, target = "1") => ({
  gap_percent: gap,
  weight_percent: weight,
  tp_percent: target,
});
const LEGS = [leg("0", "50"), leg("-10", "50", "2")];

test("prices, funds and targets stand where the engine would put them", () => {
  const plan = planOf(LEGS, "200", "1000");
  expect(plan.legs.map(({ price, usd, target }) => [price, usd, target])).toEqual([
    ["200", "500", "202"],
    ["180", "500", "183.6"],
  ]);
  expect(plan.legs.map((one) => one.depth)).toEqual([0, 1]);
  // 1000 paid for 2.5 + 2.777… units
  expect(plan.average?.price).toBe("189.474");
  expect(plan.average?.gap).toBe("-5.26");
});

test("nothing is said of funds where only the signal knows them", () => {
  expect(planOf(LEGS, "200", null).legs[0]?.usd).toBeNull();
});

test("a leg that is still being typed is left out, and its weight is not yet counted", () => {
  const plan = planOf([...LEGS, leg("-", "")], "200", "1000");
  expect(plan.legs).toHaveLength(2);
  expect([plan.sum, plan.whole]).toEqual(["100", true]);
  expect(planOf([leg("0", "99")], "1", null).whole).toBe(false);
  expect(planOf([leg("0", "99.995")], "1", null).whole).toBe(true);
});

test("weights are evened to exactly one hundred, in the same proportion", () => {
  const weights = (legs: readonly { readonly [name: string]: unknown }[]) =>
    legs.map((one) => one.weight_percent);
  expect(weights(evened([leg("0", "10"), leg("-1", "30")]))).toEqual(["25", "75"]);
  expect(weights(evened([leg("0", "1"), leg("-1", "1"), leg("-2", "1")]))).toEqual([
    "33.34",
    "33.33",
    "33.33",
  ]);
  expect(weights(evened([leg("0", ""), leg("-1", "70")]))).toEqual(["50", "50"]);
});

test("another leg goes on in the last step, and never below nothing", () => {
  expect(nextLeg([leg("0", "50"), leg("-1.5", "50")]).gap_percent).toBe("-3");
  expect(nextLeg([leg("0", "50")]).gap_percent).toBe("-1");
  expect(nextLeg([leg("-10", "50"), leg("-60", "50")]).gap_percent).toBe("-60");
});

test("a small price keeps the places that tell legs apart", () => {
  expect(digitsFor("97412.5")).toBe(1);
  expect(digitsFor("0.00001234")).toBe(8);
  expect(digitsFor("100")).toBe(3);
});

test("every ladder has a name for its address", () => {
  for (const name of ["0", "4", "m0", "m12.3"]) expect(nameOf(whichOf(name) as never)).toBe(name);
  expect(placeOf({ market: 2, entry: 1 })).toEqual(["market_ladders", 2, "pyramid_levels", "1"]);
  expect(whichOf("5")).toBeUndefined();
  expect(whichOf("m1.0")).toBeUndefined();
});
