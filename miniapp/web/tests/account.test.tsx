import { QueryClient, QueryClientProvider } from "@tanstack/preact-query";
import { cleanup, fireEvent, render, screen } from "@testing-library/preact";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { chooseAccount, currentAccount, useAccountOf } from "../src/api/account";
import type { AccountView } from "../src/api/contract";
import { startSession } from "../src/api/session";
import { AccountSheet } from "../src/features/accounts/sheet";
import { ofAccount } from "../src/navigation";
import { account } from "./builders";
import { Server } from "./server";

const PAPER = account();
const REAL = account({ id: "02account", venue: "binance", label: "Main", state: "paused" });
const BOTH: readonly AccountView[] = [PAPER, REAL];
const HOMES: Record<string, object> = {
  "01account": { equity_usd: "10842.18", offers_waiting: 0 },
  "02account": { equity_usd: "250", offers_waiting: 2 },
};

let server: Server;

beforeEach(async () => {
  server = new Server();
  server.answer = ({ path }) => [200, HOMES[path.split("account=")[1] ?? ""]];
  vi.stubGlobal("fetch", server.fetch);
  await startSession('user={"id":42}');
  chooseAccount(PAPER.id);
});

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const show = (onClose: () => void) =>
  render(
    <QueryClientProvider client={new QueryClient()}>
      <AccountSheet accounts={BOTH} current={PAPER.id} onClose={onClose} />
    </QueryClientProvider>,
  );

test("each account says where it trades, how it does, and what waits there", async () => {
  show(() => undefined);
  expect(await screen.findByText("$10,842.18")).toBeTruthy();
  const main = (await screen.findByText("$250.00")).closest("button");
  expect(main?.textContent).toContain("Binance · Spot");
  expect(main?.textContent).toContain("Paused · 2 offers wait");
  expect(screen.getByText("Paper").closest("button")?.getAttribute("aria-current")).toBe("true");
});

test("the chosen account is remembered, and the sheet has done its work", () => {
  const closed = vi.fn();
  show(closed);
  fireEvent.click(screen.getByText("Main"));
  expect(currentAccount(BOTH)).toBe(REAL);
  expect(localStorage.getItem("countersign.account")).toBe(REAL.id);
  expect(closed).toHaveBeenCalledOnce();
});

test("without a choice, or when its account is gone, the oldest is shown", () => {
  chooseAccount("03gone");
  expect(currentAccount(BOTH)).toBe(PAPER);
  expect(currentAccount([])).toBeUndefined();
});

test("a thing that a link opened brings its account with it", () => {
  function Thing() {
    useAccountOf(REAL.id);
    return null;
  }
  render(<Thing />);
  expect(currentAccount(BOTH)).toBe(REAL);
});

test("lists are about an account; one thing, and what is about all of them, is not", () => {
  for (const path of ["/", "/offers", "/queue", "/more"]) expect(ofAccount(path)).toBe(true);
  for (const path of ["/positions/01x", "/exchanges", "/about"]) {
    expect(ofAccount(path)).toBe(false);
  }
});
