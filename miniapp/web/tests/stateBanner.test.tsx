import { cleanup, render, screen } from "@testing-library/preact";
import { afterEach, expect, test } from "vitest";
import type { AccountView, HomeView } from "../src/api/contract";
import { StateBanner } from "../src/features/home/controls";
import { at } from "./builders";

afterEach(cleanup);

function home(changes: Partial<AccountView>): HomeView {
  const account: AccountView = {
    id: "a",
    venue: "paper",
    label: "Paper",
    quote_currency: "USDT",
    state: "running",
    halt_reason: null,
    total_capital_usd: "10000",
    max_open_groups: 10,
    settings_version: 1,
    created_at: at(0),
    board: "paper",
    ...changes,
  };
  return {
    account,
    engine: { running: true, heartbeat_age: 1, inbox_waiting: 0, orders_unknown: 0 },
    feed: {
      feed: "simulated",
      live: false,
      heartbeat_age: 1,
      symbols: [],
      board: "paper",
      market: "spot",
    },
    equity_usd: "10000",
    pnl_today_usd: "0",
    pnl_today_percent: "0",
    pnl_total_usd: "0",
    pnl_total_percent: "0",
    realized_pnl_usd: "0",
    unrealized_pnl_usd: "0",
    deployed_usd: "0",
    free_usd: "10000",
    groups_open: 0,
    groups_max: 10,
    queued: 0,
    risk_enabled: true,
    offers_waiting: 0,
    last_alert: null,
  };
}

test("a running engine needs no banner", () => {
  const { container } = render(<StateBanner home={home({})} />);
  expect(container.textContent).toBe("");
});

test("trading paused for the whole installation is said, though the account runs", () => {
  render(<StateBanner home={home({ installation_state: "paused" })} />);
  expect(screen.getByText("Paused on all accounts")).toBeTruthy();
  expect(screen.queryByText("Paused")).toBeNull();
});

test("a halt of the installation stands beside the account's own pause", () => {
  render(<StateBanner home={home({ installation_state: "halted", state: "paused" })} />);
  expect(screen.getByText("Halted on all accounts")).toBeTruthy();
  expect(screen.getByText("Paused")).toBeTruthy();
});
