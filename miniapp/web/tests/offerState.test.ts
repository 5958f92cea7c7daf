import { expect, test } from "vitest";
import { arrange, cardState } from "../src/features/offers/state";
import { at, offer, T0 } from "./builders";

const approved = {
  status: "approved",
  version: 2,
  decided_channel: "app",
  decided_at: at(10),
  effective_at: at(15),
} as const;
const after = (seconds: number): number => T0 + seconds * 1000;

test("a pending offer asks, until its time is over", () => {
  expect(cardState(offer(), "none", after(0))).toEqual({ kind: "ask", secondsLeft: 900 });
  expect(cardState(offer(), "none", after(901))).toMatchObject({
    kind: "closed",
    status: "expired",
  });
});

test("a tap shows at once", () => {
  expect(cardState(offer(), "approving", after(0))).toEqual({ kind: "busy", decision: "approve" });
  expect(cardState(offer(), "rejecting", after(0))).toEqual({ kind: "busy", decision: "reject" });
  expect(cardState(offer(approved), "undoing", after(11))).toEqual({
    kind: "busy",
    decision: "undo",
  });
});

test("the undo window is the server's and runs out", () => {
  expect(cardState(offer(approved), "none", after(12))).toEqual({
    kind: "undo",
    secondsLeft: 3,
    share: 0.6,
  });
  // A clock that is behind never promises more than the window.
  expect(cardState(offer(approved), "none", after(8))).toMatchObject({ secondsLeft: 5, share: 1 });
  expect(cardState(offer(approved), "none", after(16))).toEqual({ kind: "taking" });
});

test("without an undo window an approval goes out at once", () => {
  const now = offer({ ...approved, effective_at: at(10) });
  expect(cardState(now, "none", after(10))).toEqual({ kind: "taking" });
});

test("the outcome names the position, or why there is none", () => {
  const handedOver = offer({ ...approved, taken: true });
  expect(cardState(handedOver, "none", after(20))).toEqual({ kind: "taking" });
  const opened = { ...handedOver, outcome_code: "opened", group_id: "01group" };
  expect(cardState(opened, "none", after(20))).toMatchObject({
    kind: "taken",
    good: true,
    groupId: "01group",
  });
  const queued = { ...handedOver, outcome_code: "queued" };
  expect(cardState(queued, "none", after(20))).toMatchObject({ good: true, groupId: null });
  const refused = { ...handedOver, outcome_code: "no_capital", outcome_text: "No capital left." };
  expect(cardState(refused, "none", after(20))).toMatchObject({ good: false });
  const withdrawn = offer({ status: "withdrawn", outcome_text: "A newer signal came." });
  expect(cardState(withdrawn, "none", after(20))).toEqual({
    kind: "closed",
    status: "withdrawn",
    words: "A newer signal came.",
  });
});

test("cards stand by expiry, and a decided one stays where it stood", () => {
  const first = offer({ id: "a", expires_at: at(100) });
  const second = offer({ id: "b", expires_at: at(200) });
  const decided = { ...first, ...approved };
  expect(arrange([second, first], []).map((one) => one.id)).toEqual(["a", "b"]);
  expect(arrange([second, first], [decided])).toEqual([decided, second]);
});
