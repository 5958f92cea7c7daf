import { QueryClient, QueryClientProvider } from "@tanstack/preact-query";
import { cleanup, fireEvent, render, screen, waitFor } from "@testing-library/preact";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { QueueView } from "../src/api/contract";
import { startSession } from "../src/api/session";
import { happenings } from "../src/features/queue/api";
import { Lately } from "../src/features/queue/lately";
import { explained, Row } from "../src/features/queue/row";
import { event, queued } from "./builders";
import { inSeconds, Server } from "./server";

const POOL = { taken: 10, max: 10 };
let server: Server;

beforeEach(async () => {
  server = new Server();
  server.answer = () => [200, { items: [], next_cursor: null }];
  vi.stubGlobal("fetch", server.fetch);
  await startSession('user={"id":42}');
});

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const show = (changes: Partial<QueueView>) =>
  render(
    <QueryClientProvider client={new QueryClient()}>
      <Row queued={queued(changes)} pool={POOL} />
    </QueryClientProvider>,
  );
const button = (name: string) => screen.getByText(name) as HTMLButtonElement;
const acts = () => server.requests.filter((one) => one.key);

test("a rank explains itself by what the rules look at", () => {
  const since = { queued_at: inSeconds(-14 * 60 - 5) };
  expect(explained(queued(since))).toBe("Waiting 14 min");
  const deep = { current_loss_percent: "3.1", replacement_count: 2, continues: true };
  expect(explained(queued({ ...since, ...deep }))).toBe(
    "Continues an open position, 3.1% below its entry, replaced 2 times, waiting 14 min",
  );
  const short = { side: "short", current_loss_percent: "1.24" } as const;
  expect(explained(queued({ ...since, ...short }))).toBe("1.2% above its entry, waiting 14 min");
});

test("with a free slot it is promoted by one tap", async () => {
  show({});
  fireEvent.click(button("Promote"));
  await waitFor(() => expect(acts()[0]?.path).toBe("/queue/01signal/promote"));
});

test("over the limit a person is asked first, and letting go early changes nothing", async () => {
  show({ blocked_code: "pool_full", blocked_text: "All 10 slots are taken.", forcible: true });
  expect(screen.queryByText("Promote")).toBeNull();
  fireEvent.click(button("Force in…"));
  expect(screen.getByText(/10 of 10 groups are open/)).toBeTruthy();
  const slide = screen.getByRole("slider", { hidden: true });
  fireEvent.input(slide, { target: { value: "60" } });
  fireEvent.pointerUp(slide);
  expect(acts()).toHaveLength(0);
  fireEvent.input(slide, { target: { value: "100" } });
  fireEvent.pointerUp(slide);
  await waitFor(() => expect(acts()[0]?.path).toBe("/queue/01signal/force"));
});

test("what forcing cannot help is said, and promoting waits", () => {
  show({ blocked_code: "account_paused", blocked_text: "The account is paused." });
  expect(button("Promote").disabled).toBe(true);
  expect(screen.getByText("The account is paused.")).toBeTruthy();
  expect(screen.queryByText("Force in…")).toBeNull();
});

test("removing asks first", async () => {
  show({});
  fireEvent.click(button("Remove"));
  expect(acts()).toHaveLength(0);
  const sure = screen.getAllByText("Remove").at(-1) as HTMLElement;
  fireEvent.click(sure);
  await waitFor(() => expect(acts()[0]?.path).toBe("/queue/01signal"));
});

test("what one order led to: the position of the same decision", () => {
  const symbol = "SOL/USDT";
  const rows = happenings([
    event({ id: 5, seq: 9, kind: "dequeued", symbol, data: { status: "promoted" } }),
    event({ id: 4, seq: 9, kind: "group_opened", symbol, group_id: "01new" }),
    event({ id: 3, seq: 8, kind: "dequeued", symbol: "XRP/USDT", data: { status: "expired" } }),
    event({ id: 2, seq: 7, kind: "queued", symbol }),
  ]);
  expect(rows.map((row) => [row.status, row.groupId])).toEqual([
    ["promoted", "01new"],
    ["expired", null],
    ["queued", null],
  ]);
});

test("a position that opened at once is no news of the queue", () => {
  const opened = event({ kind: "group_opened", symbol: "BTC/USDT", group_id: "01new" });
  const { container, rerender } = render(<Lately events={[opened]} />);
  expect(container.textContent).toBe("");
  rerender(<Lately events={[opened, event({ id: 2, kind: "queued", symbol: "BTC/USDT" })]} />);
  expect(screen.getByText("What happened")).toBeTruthy();
});
