import { QueryClient, QueryClientProvider } from "@tanstack/preact-query";
import { cleanup, fireEvent, render, screen, waitFor } from "@testing-library/preact";
import type { ComponentChildren } from "preact";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { RiskActionView, RiskView } from "../src/api/contract";
import { startSession } from "../src/api/session";
import { Gauge } from "../src/features/risk/gauge";
import { GuardStop } from "../src/features/risk/guard";
import { sums } from "../src/features/risk/history";
import { PlanCard } from "../src/features/risk/plan";
import { Positions, standing } from "../src/features/risk/positions";
import { risk, riskPosition } from "./builders";
import { Server } from "./server";

const WINNER = {
  group_id: "01winner",
  symbol: "BTC/USDT",
  quantity: "0.0412",
  price: "97412.5",
  whole: false,
  expected_usd: "121.7",
  realized_usd: "0",
  done: false,
};
const READY: Partial<RiskView> = {
  code: "ready",
  loser_id: "01group",
  loser_symbol: "SOL/USDT",
  loser_fraction: "1",
  required_usd: "121.62",
  available_usd: "121.7",
  winners: [WINNER],
};

let server: Server;

beforeEach(async () => {
  server = new Server();
  server.answer = () => [200, {}];
  vi.stubGlobal("fetch", server.fetch);
  await startSession('user={"id":42}');
});

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const show = (what: ComponentChildren) =>
  render(<QueryClientProvider client={new QueryClient()}>{what}</QueryClientProvider>);
const acts = () => server.requests.filter((one) => one.key);
const slideTo = (value: string): void => {
  const slide = screen.getByRole("slider", { hidden: true });
  fireEvent.input(slide, { target: { value } });
  fireEvent.pointerUp(slide);
};

test("a plan that is ready is drawn, asked about and only then run", async () => {
  show(<PlanCard risk={risk(READY)} />);
  expect(screen.getByText("$121.62")).toBeTruthy();
  expect(screen.getByText("+$121.70")).toBeTruthy();
  expect(screen.getByText("1 winner pays for it.")).toBeTruthy();
  fireEvent.click(screen.getByText("Run now…"));
  expect(screen.getByText("Offset SOL/USDT now?")).toBeTruthy();
  slideTo("50");
  expect(acts()).toHaveLength(0);
  slideTo("100");
  await waitFor(() =>
    expect(acts()[0]).toMatchObject({ path: "/risk/run", body: { account: "01account" } }),
  );
});

test("what is missing is said, and a loser that waits cannot be run", () => {
  const short = { ...READY, code: "short_of_profit", shortfall_usd: "69.44" };
  show(<PlanCard risk={risk(short)} />);
  expect(screen.getByText("$69.44")).toBeTruthy();
  expect(screen.getByText(/do not earn enough yet/)).toBeTruthy();
  expect(screen.queryByText("Run now…")).toBeNull();
  expect(screen.getByText("Review now")).toBeTruthy();
});

test("a share that is covered is named", () => {
  show(<PlanCard risk={risk({ ...READY, loser_fraction: "0.4" })} />);
  expect(screen.getByText("The winners cover 40%; that share closes.")).toBeTruthy();
  expect(screen.getByText("closes 40% of it")).toBeTruthy();
});

test("positions stand with what they are for the risk engine, and can be blocked", async () => {
  const rows = [
    riskPosition(),
    riskPosition({ group_id: "02", symbol: "BTC/USDT", code: "winner", pnl_usd: "84" }),
    riskPosition({ group_id: "03", symbol: "XRP/USDT", code: "blocked", blocked: true }),
  ];
  show(<Positions risk={risk({ positions: rows })} />);
  for (const head of ["Losers", "Winners", "Neither"]) expect(screen.getByText(head)).toBeTruthy();
  expect(screen.getAllByText("5 of 5")).toHaveLength(3);
  fireEvent.click(screen.getAllByText("Block")[0] as HTMLElement);
  await waitFor(() =>
    expect(acts()[0]).toMatchObject({ path: "/groups/01group/risk", body: { action: "block" } }),
  );
  fireEvent.click(screen.getByText("Unblock"));
  await waitFor(() =>
    expect(acts()[1]).toMatchObject({ path: "/groups/03/risk", body: { action: "unblock" } }),
  );
  expect(standing(riskPosition({ skip_once: true }))).toBe("May be offset · Skipped once");
});

test("after a halt by the guard a person resumes, and is told what that does", async () => {
  const guard = { ...risk().guard, stage: "hard", drawdown_percent: "20.4" } as const;
  show(<GuardStop risk={risk({ guard })} />);
  fireEvent.click(screen.getByText("Resume…"));
  expect(screen.getByText(/\$10,842.18 becomes the new peak/)).toBeTruthy();
  fireEvent.click(screen.getByText("Resume"));
  await waitFor(() =>
    expect(acts()[0]).toMatchObject({
      path: "/accounts/01account/state",
      body: { state: "running" },
    }),
  );
});

test("the gauge says in words what it draws", () => {
  show(<Gauge guard={risk().guard} />);
  expect(screen.getByRole("img").getAttribute("aria-label")).toBe(
    "Drawdown 2.31%; no new entries from 10%, everything is closed at 20%",
  );
  expect(screen.getByText("$8,878.84")).toBeTruthy();
});

test("a row of the history has the sums that matter", () => {
  const action = (name: string, figures: Record<string, string>): RiskActionView => ({
    id: 1,
    at: "2026-11-20T10:00:00Z",
    kind: "risk_action",
    action: name,
    loser: "l",
    symbol: "SOL/USDT",
    winners: [],
    figures,
    notes: "",
  });
  expect(sums(action("waits", { required_usd: "302.77", shortfall_usd: "169.44" }))).toBe(
    "needs $302.77 · $169.44 missing",
  );
  expect(sums(action("offset_loss", { required_usd: "96", realized_usd: "98.3" }))).toBe(
    "needs $96.00 · $98.30 realised",
  );
  expect(sums(action("manual_block", {}))).toBe("");
});
