import { QueryClient, QueryClientProvider } from "@tanstack/preact-query";
import { cleanup, fireEvent, render, screen, waitFor } from "@testing-library/preact";
import type { ComponentChildren } from "preact";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { startSession } from "../src/api/session";
import { Report, State } from "../src/features/account/state";
import { summary, VenueCard } from "../src/features/account/venue";
import { account, event, group } from "./builders";
import { inSeconds, Server } from "./server";

let server: Server;

beforeEach(async () => {
  server = new Server();
  vi.stubGlobal("fetch", server.fetch);
  await startSession('user={"id":42}');
});

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const show = (what: ComponentChildren) =>
  render(<QueryClientProvider client={new QueryClient()}>{what}</QueryClientProvider>);

test("halting asks first, and says what it stops", async () => {
  server.answer = () => [200, account({ state: "halted" })];
  show(<State account={account()} />);
  fireEvent.click(screen.getByText("Halt…"));
  expect(screen.getByText(/no stops watched here/)).toBeTruthy();
  expect(server.requests).toHaveLength(0);
  fireEvent.click(screen.getByText("Halt"));
  await waitFor(() =>
    expect(server.requests[0]).toMatchObject({
      path: "/accounts/01account/state",
      body: { state: "halted" },
    }),
  );
});

test("an emergency close reports what is closed and what is still tried", async () => {
  const closing = group({
    id: "02",
    symbol: "ETH/USDT",
    status: "closing",
    exit_reason: "emergency",
  });
  const closed = group({
    id: "03",
    symbol: "SOL/USDT",
    status: "closed",
    exit_reason: "emergency",
    closed_at: inSeconds(-60),
  });
  const older = { ...closed, id: "04", symbol: "XRP/USDT", closed_at: inSeconds(-90_000) };
  server.answer = ({ path }) => [
    200,
    { items: path.includes("closed") ? [closed, older] : [closing, group()], next_cursor: null },
  ];
  show(<Report account="01account" />);
  expect(await screen.findByText("1 position is still closing")).toBeTruthy();
  expect(await screen.findByText("SOL")).toBeTruthy();
  expect(screen.getByText("ETH")).toBeTruthy();
  expect(screen.queryByText("XRP")).toBeNull();
  expect(screen.queryByText("BTC")).toBeNull();
});

test("a venue says whether it is in reach and what holds entries back", () => {
  const venue = {
    name: "binance",
    reachable: false,
    breaker: "open",
    note: "No answer.",
    latency_ms: null,
    clock_offset_s: -0.042,
    limit_used: 0.97,
    rules_age_s: 5400,
    stream_age_s: 95,
  };
  show(<VenueCard venue={venue} />);
  expect(screen.getByText("Not reachable · No entries are sent")).toBeTruthy();
  expect(screen.getByText("−42 ms")).toBeTruthy();
  expect(screen.getByText("97%")).toBeTruthy();
  expect(screen.getByText("No answer.")).toBeTruthy();
});

test("a comparison is summed up by its counts, or by its own sentence", () => {
  const counts = { fill: "2", foreign_order: "1", details: "…" };
  expect(summary(event({ kind: "reconciled", data: counts }))).toBe("2 fills, 1 foreign order");
  expect(summary(event({ kind: "reconciled", reason: "Odd." }))).toBe("Odd.");
});
