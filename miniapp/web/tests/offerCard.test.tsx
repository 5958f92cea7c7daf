import { QueryClient, QueryClientProvider } from "@tanstack/preact-query";
import { cleanup, fireEvent, render, screen, waitFor } from "@testing-library/preact";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { OfferView } from "../src/api/contract";
import type { Freshness } from "../src/api/freshness";
import { startSession } from "../src/api/session";
import { OfferCard } from "../src/features/offers/card";
import { offer } from "./builders";
import { inSeconds, Server } from "./server";

const LIVE: Freshness = { kind: "live", age: 1 };

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

let next = 0;

function show(changes: Partial<OfferView> = {}, fresh: Freshness = LIVE): OfferView {
  next += 1; // Each card its own offer: decisions are remembered by id.
  const given = offer({ id: `01offer${next}`, expires_at: inSeconds(900), ...changes });
  render(
    <QueryClientProvider
      client={new QueryClient({ defaultOptions: { queries: { retry: false } } })}
    >
      <OfferCard offer={given} fresh={fresh} />
    </QueryClientProvider>,
  );
  return given;
}

const approvedOf = (given: OfferView): OfferView => ({
  ...given,
  status: "approved",
  version: 2,
  decided_channel: "app",
  decided_at: inSeconds(0),
  effective_at: inSeconds(5),
});

test("approve locks at once, then offers undo; undo takes it back", async () => {
  const given = show();
  server.answer = ({ path }) => {
    if (path.endsWith("/decision")) return [200, approvedOf(given)];
    return [200, { ...approvedOf(given), status: "withdrawn", outcome_text: "Taken back." }];
  };
  fireEvent.click(screen.getByText("Approve"));
  expect((await screen.findByText("Approving…")).closest("button")?.disabled).toBe(true);
  fireEvent.click(await screen.findByText("Undo"));
  await screen.findByText("Taken back.");
  const [decision, undo] = server.requests.filter((one) => one.key);
  expect(decision).toMatchObject({
    path: `/offers/${given.id}/decision`,
    body: { decision: "approve", version: 1 },
  });
  expect(undo?.path).toBe(`/offers/${given.id}/undo`);
});

test("a lost answer is tried again under the same key", async () => {
  const given = show();
  let first = true;
  server.answer = ({ path }) => {
    if (!path.endsWith("/decision")) return [200, given];
    if (first) {
      first = false;
      throw new TypeError("connection reset");
    }
    return [200, approvedOf(given)];
  };
  fireEvent.click(screen.getByText("Approve"));
  await waitFor(() => expect(screen.getByText("Approve")).toBeTruthy());
  fireEvent.click(screen.getByText("Approve"));
  await screen.findByText("Undo");
  const keys = server.requests.filter((one) => one.path.endsWith("/decision")).map((r) => r.key);
  expect(keys).toHaveLength(2);
  expect(new Set(keys).size).toBe(1);
});

test("the loser of a race reads who decided and where", async () => {
  const given = show();
  const theirs = {
    ...approvedOf(given),
    decided_channel: "chat",
    outcome_code: "opened",
    group_id: "01g",
  };
  server.answer = ({ path }) =>
    path.endsWith("/decision")
      ? [409, { code: "already_decided", detail: "Already approved.", decided_channel: "chat" }]
      : [200, theirs];
  fireEvent.click(screen.getByText("Reject"));
  expect(await screen.findByText(/Approved in the chat at/)).toBeTruthy();
  expect(screen.getByLabelText("Open position").getAttribute("href")).toContain("/positions/01g");
});

test("old prices block approving, not rejecting, and say why", () => {
  show({}, { kind: "stale", age: 23 });
  const button = (name: string) => screen.getByText(name) as HTMLButtonElement;
  expect(button("Approve").disabled).toBe(true);
  expect(button("Reject").disabled).toBe(false);
  expect(screen.getByText(/Prices are 23 sec old/)).toBeTruthy();
});
