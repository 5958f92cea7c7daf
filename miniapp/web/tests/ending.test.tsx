import { QueryClient, QueryClientProvider } from "@tanstack/preact-query";
import { cleanup, fireEvent, render, screen, waitFor } from "@testing-library/preact";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { GroupDetail } from "../src/api/contract";
import { startSession } from "../src/api/session";
import { Ending, stopRules as stopRulesLine } from "../src/features/position/ending";
import { percentOf } from "../src/features/position/targets";
import { detail, ending, group, risk, riskPosition, stop, stopRules } from "./builders";
import { Server } from "./server";

const PREVIEW = {
  before: [{ pyramid: 1, leg: 1, quantity: "1", price: "101" }],
  after: [{ pyramid: null, leg: null, quantity: "2", price: "101.5" }],
  execution: "resting",
  cancels: 1,
};
let server: Server;

beforeEach(async () => {
  server = new Server();
  server.answer = ({ path }) => {
    if (path.endsWith("/preview")) return [200, PREVIEW];
    if (path.startsWith("/risk")) return [200, risk({ positions: [riskPosition()] })];
    return [200, {}];
  };
  vi.stubGlobal("fetch", server.fetch);
  await startSession('user={"id":42}');
});

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const show = (changes: Partial<GroupDetail> = {}) =>
  render(
    <QueryClientProvider client={new QueryClient()}>
      <Ending detail={detail(changes)} />
    </QueryClientProvider>,
  );

test("a stop says where it is, what moves it and where it lives", () => {
  show({ ending: ending({ stop_rules: stopRules({ trailing_percent: "2" }) }), stop: stop() });
  expect(screen.getByText("97")).toBeTruthy();
  expect(screen.getByText("−3.00% from the average · trails the best price by 2.00%")).toBeTruthy();
  expect(
    screen.getByText("Watched here for 2 BTC and closed at market. It needs the engine."),
  ).toBeTruthy();
  cleanup();
  const there = stop({ where: "venue", resting_quantity: "1.5" });
  show({ ending: ending({ stop_rules: stopRules() }), stop: there });
  expect(screen.getByText(/Rests at the venue for 1.5 BTC/)).toBeTruthy();
  cleanup();
  show();
  expect(screen.getByText(/Nothing closes it at a loss but you/)).toBeTruthy();
  expect(stopRulesLine(stopRules({ loss_percent: null, of_signal: true }))).toBe(
    "set by the signal",
  );
  const even = { loss_percent: null, break_even_at_percent: "1.5" };
  expect(stopRulesLine(stopRules(even))).toBe("to break-even at +1.50%");
  expect(stopRulesLine(stopRules({ ...even, at_break_even: true }))).toBe("at break-even");
});

test("another way to take profit is shown by the server before it is chosen", async () => {
  show();
  fireEvent.click(screen.getByText("Take profit"));
  expect(screen.getByText("Nothing changes.")).toBeTruthy();
  const apply = screen.getByText("Switch") as HTMLButtonElement;
  expect(apply.disabled).toBe(true);
  fireEvent.click(screen.getByLabelText("On the average"));
  fireEvent.click(screen.getByLabelText("Limits at the venue"));
  expect(await screen.findByText("101.5")).toBeTruthy();
  expect(screen.getByText("Leg 1")).toBeTruthy();
  expect(screen.getByText("1 resting order is cancelled.")).toBeTruthy();
  expect(server.requests.filter((one) => one.key)).toHaveLength(0);
  await waitFor(() => expect(apply.disabled).toBe(false));
  fireEvent.click(apply);
  const wish = { tp_mode: "aggregate", tp_execution: "resting", tp_aggregate_percent: "1" };
  await waitFor(() =>
    expect(server.requests.find((one) => one.key)).toMatchObject({
      path: "/groups/01group/targets",
      body: wish,
    }),
  );
});

test("a percentage is understood with a comma, and refused out of bounds", () => {
  expect(percentOf("1,5")).toBe("1.5");
  expect(percentOf(" 1000 ")).toBe("1000");
  for (const bad of ["0", "", "-1", "1000.1", "1e3", "abc"]) expect(percentOf(bad)).toBeUndefined();
});

test("what the risk engine may do with it stands beside, and can be stopped", async () => {
  show();
  expect(await screen.findByText("May be offset")).toBeTruthy();
  fireEvent.click(screen.getByText("Skip once"));
  await waitFor(() =>
    expect(server.requests.find((one) => one.key)).toMatchObject({
      path: "/groups/01group/risk",
      body: { action: "skip_once" },
    }),
  );
});

test("nothing is changed about one that is closing", () => {
  show({ group: group({ status: "closing" }) });
  expect(screen.getByText("Take profit").closest("button")).toBeNull();
});
