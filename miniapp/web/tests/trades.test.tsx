import { QueryClient, QueryClientProvider } from "@tanstack/preact-query";
import { cleanup, fireEvent, render, screen, waitFor } from "@testing-library/preact";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { PeriodView, TradeView } from "../src/api/contract";
import { startSession } from "../src/api/session";
import { TradesScreen } from "../src/features/trades/screen";
import { period, trade } from "./builders";
import { Server } from "./server";

let server: Server;

function answer(trades: readonly TradeView[], periods: readonly PeriodView[] = []): void {
  server.answer = ({ path }) => {
    const status = new URL(path, "http://here").searchParams.get("status");
    const items = path.startsWith("/performance/periods")
      ? periods
      : trades.filter((one) => status === null || one.status === status);
    return [200, { items, next_cursor: null }];
  };
}

beforeEach(async () => {
  server = new Server();
  vi.stubGlobal("fetch", server.fetch);
  await startSession('user={"id":42}');
});

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const show = () =>
  render(
    <QueryClientProvider client={new QueryClient()}>
      <TradesScreen account="01account" />
    </QueryClientProvider>,
  );

test("a trade tells its result, its reason and how far the market went against it", async () => {
  answer([trade({ realized_pnl_usd: "18.42", exit_reason: "target", mae_percent: "-1.42" })]);
  show();
  await screen.findByText("+$18.42");
  expect(screen.getByText(/Target reached/)).toBeTruthy();
  expect(screen.getByText("−1.42%")).toBeTruthy();
  expect(screen.getByText("Chart, orders and story").getAttribute("href")).toBe(
    "/positions/01trade",
  );
});

test("an imported trade has no position of ours behind it", async () => {
  answer([trade({ imported: true, source: "csv" })]);
  show();
  await screen.findByText(/Imported · csv/);
  expect(screen.queryByText("Chart, orders and story")).toBeNull();
});

test("only the lost ones are asked for, and none of them is said", async () => {
  answer([trade({ symbol: "SOL/USDT", status: "won" })]);
  show();
  await screen.findByText("At its best");
  fireEvent.click(screen.getByLabelText("Lost"));
  await screen.findByText("No trade ended that way yet.");
  expect(server.requests.some((one) => one.path.includes("status=lost"))).toBe(true);
});

test("the latest period is read out until another bar is tapped", async () => {
  answer(
    [trade({})],
    [
      period({ begins: "2026-11-28T00:00:00Z", realized_pnl_usd: "18.4", trades: 3, wins: 1 }),
      period({ begins: "2026-11-27T00:00:00Z", realized_pnl_usd: "-6", trades: 2, wins: 1 }),
    ],
  );
  show();
  await screen.findByText("Nov 28");
  expect(screen.getByText(/3 trades/)).toBeTruthy();
  fireEvent.click(screen.getByLabelText("Nov 27: −$6.00"));
  await waitFor(() => expect(screen.getByText("Nov 27")).toBeTruthy());
  expect(screen.getByText(/2 trades/)).toBeTruthy();
});

test("without trades one sentence says what will appear", async () => {
  answer([]);
  show();
  await screen.findByText("No closed trades yet");
});
