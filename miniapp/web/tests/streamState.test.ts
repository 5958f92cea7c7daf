import { expect, test } from "vitest";
import {
  backoff,
  type Frame,
  parseFrame,
  receive,
  START,
  type StreamState,
} from "../src/api/streamState";
import { at, event } from "./builders";

const play = (frames: readonly Frame[], from: StreamState = START) => {
  let state = from;
  return frames.map((frame) => {
    const turn = receive(state, frame);
    state = turn.state;
    return turn;
  });
};
const BTC = { price: "100", at: at(0) };
const LIVE = { price: "65000", at: at(0) };
const opening: readonly Frame[] = [
  { type: "hello", seq: 1, at: at(0), heartbeat_seconds: 20 },
  {
    type: "snapshot",
    seq: 2,
    at: at(0),
    quotes: { "BTC/USDT": BTC },
    boards: { binance: { "BTC/USDT": LIVE } },
  },
];

test("a snapshot replaces quotes and asks for everything", () => {
  const [hello, snapshot] = play(opening);
  expect(hello?.state.heartbeatSeconds).toBe(20);
  expect(snapshot?.refresh).toEqual(["all"]);
  expect(snapshot?.state.boards).toEqual({
    paper: { "BTC/USDT": BTC },
    binance: { "BTC/USDT": LIVE },
  });
});

test("quotes merge on their own board; an event names what became old", () => {
  const eth = { price: "3", at: at(1) };
  const turns = play([
    ...opening,
    { type: "quotes", seq: 3, quotes: { "ETH/USDT": eth } },
    { type: "event", seq: 4, event: event() },
    { type: "offer", seq: 5, offer_id: "01offer", status: "approved" },
    { type: "heartbeat", seq: 6, at: at(2) },
    { type: "quotes", seq: 7, board: "binance", quotes: { "ETH/USDT": LIVE } },
  ]);
  const paper = { "BTC/USDT": BTC, "ETH/USDT": eth };
  expect(turns[2]?.state.boards.paper).toEqual(paper);
  expect(turns[6]?.state.boards).toEqual({
    paper,
    binance: { "BTC/USDT": LIVE, "ETH/USDT": LIVE },
  });
  expect(turns[3]?.refresh).toContain("group:01group");
  expect(turns[3]?.refresh).toContain("queue:01account");
  expect(turns[3]?.refresh).not.toContain("queue");
  expect(turns[4]?.refresh).toContain("offer:01offer");
  expect(turns[5]).toMatchObject({ refresh: [], resubscribe: false, state: { seq: 6 } });
});

test("a hole makes it subscribe anew, a repeat changes nothing", () => {
  const after = play(opening)[1]?.state as StreamState;
  expect(receive(after, { type: "heartbeat", seq: 5, at: at(1) })).toMatchObject({
    resubscribe: true,
    refresh: ["all"],
    state: START,
  });
  expect(receive(after, { type: "heartbeat", seq: 2, at: at(1) })).toMatchObject({
    resubscribe: false,
    state: after,
  });
});

test("an error of the server ends the subscription", () => {
  expect(receive(START, { type: "error", code: "session_expired" }).resubscribe).toBe(true);
});

test("what is no frame is ignored", () => {
  expect(parseFrame("{")).toBeUndefined();
  expect(parseFrame("null")).toBeUndefined();
  expect(parseFrame('{"seq":1}')).toBeUndefined();
  expect(parseFrame('{"type":"heartbeat","at":"x"}')).toMatchObject({ type: "heartbeat" });
});

test("reconnects back off to half a minute", () => {
  expect(backoff(0, 1)).toBe(500);
  expect(backoff(3, 0)).toBe(2_000);
  expect(backoff(40, 1)).toBe(30_000);
});
