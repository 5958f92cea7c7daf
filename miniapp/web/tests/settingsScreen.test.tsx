import { QueryClient, QueryClientProvider } from "@tanstack/preact-query";
import { cleanup, fireEvent, render, screen, waitFor } from "@testing-library/preact";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Router } from "wouter-preact";
import { memoryLocation } from "wouter-preact/memory-location";
import type { Control } from "../src/api/contract";
import { startSession } from "../src/api/session";
import { settingsScreen } from "../src/features/settings/screen";
import { Server } from "./server";

const control = (path: string, kind: Control["kind"], more: Partial<Control> = {}): Control => ({
  path,
  kind,
  label: `Label of ${path}`,
  explanation: "Why.",
  unit: "",
  optional: false,
  choices: [],
  low: null,
  high: null,
  start: null,
  variant: "",
  ...more,
});
const FORM = {
  sections: [
    {
      name: "brandnew",
      title: "Brand new",
      explanation: "Not known to the page.",
      groups: [
        {
          path: "",
          title: "",
          explanation: "",
          controls: [
            control("slots", "whole", {
              low: { value: "1", open: false },
              high: { value: "200", open: false },
            }),
            control("limit_percent", "number", {
              unit: "%",
              optional: true,
              low: { value: "0", open: true },
            }),
            control("guard", "switch"),
            control("mode", "choice", { choices: ["per_leg", "hybrid", "aggregate"] }),
          ],
        },
      ],
    },
  ],
  defaults: { slots: 10, limit_percent: null, guard: true, mode: "per_leg" },
};
const STOP = { path: "slots", before: "10", after: "4", unit: "" };
const OPEN = {
  group_id: "g1",
  symbol: "BTC/USDT",
  timeframe: 15,
  side: "long",
  settings_version: 1,
  changes: [STOP],
};
const FOREIGN = {
  source: "foreign",
  check: { valid: true, problems: [], remarks: [], changes: [STOP] },
  keys_found: ["exchange_api.api_key"],
  ignored: ["telegram"],
  settings: { slots: 4 },
  saved: false,
  receipt: null,
};
let openGroups: (typeof OPEN)[];
let inForce: Record<string, unknown>;
let version: number;
let server: Server;

function answer({ path, body }: { path: string; body: unknown }): [number, unknown] {
  if (path === "/settings/form") return [200, FORM];
  if (path === "/accounts/a") {
    return [200, { settings_version: version, label: "Paper", venue: "paper" }];
  }
  if (path.endsWith("/apply")) {
    if (body) openGroups = [];
    return [200, { settings_version: version, groups: openGroups }];
  }
  if (path.endsWith("/import")) {
    const { save } = body as { save: boolean };
    if (save) version += 1;
    return [200, { ...FOREIGN, saved: save }];
  }
  if (path.includes("/versions")) {
    const one = { version: 1, author: "u", by_you: true, created_at: new Date().toISOString() };
    return [
      200,
      { items: [{ ...one, in_force: true, summary: "", changes: [] }], next_cursor: null },
    ];
  }
  if (path.endsWith("/validate")) {
    const { slots } = (body as { settings: { slots: number } }).settings;
    const changes = [
      { path: "slots", before: String(inForce.slots), after: String(slots), unit: "" },
    ];
    const problems = [{ field: "slots", code: "less_than_equal", message: "must be 200 or less" }];
    const valid = slots <= 200;
    const riskier = slots > 10 ? ["slots"] : [];
    return [
      200,
      {
        valid,
        problems: valid ? [] : problems,
        remarks: [],
        changes: valid ? changes : [],
        riskier,
      },
    ];
  }
  if (body) {
    version += 1;
    inForce = (body as { settings: Record<string, unknown> }).settings;
    return [200, { settings_version: version }];
  }
  return [200, inForce];
}

beforeEach(async () => {
  sessionStorage.clear();
  inForce = { read_only: false, ...FORM.defaults };
  version = 1;
  openGroups = [];
  server = new Server();
  server.answer = answer;
  vi.stubGlobal("fetch", server.fetch);
  await startSession('user={"id":42}');
});

afterEach(cleanup); // The server stays: what was still asked for is answered.

async function open(path = "/settings/brandnew") {
  const Screen = await settingsScreen();
  const { hook } = memoryLocation({ path });
  render(
    <QueryClientProvider client={new QueryClient()}>
      <Router hook={hook}>
        <Screen account="a" />
      </Router>
    </QueryClientProvider>,
  );
  await screen.findByRole("heading", { level: 1 });
}

const slots = () => screen.getByLabelText("Label of slots") as HTMLInputElement;
const sent = (path: string) => server.requests.filter((one) => one.path.endsWith(path) && one.body);

test("a setting the page has never heard of has its control, bounds and default", async () => {
  await open();
  expect(slots().value).toBe("10");
  expect(slots().inputMode).toBe("decimal");
  expect(screen.getByText("1 to 200 · default 10")).toBeTruthy();
  expect(screen.getByText("above 0% · default off")).toBeTruthy();
  expect(screen.getAllByRole("switch")).toHaveLength(2);
  const mode = screen.getByLabelText("Label of mode") as HTMLSelectElement;
  expect([...mode.options].map((one) => one.textContent)).toEqual([
    "Per leg",
    "Hybrid",
    "Aggregate",
  ]);
});

test("what the server says of a field stands at the field, and nothing can be saved", async () => {
  await open();
  fireEvent.input(slots(), { target: { value: "900" } });
  expect(await screen.findByText("Must be 200 or less.")).toBeTruthy();
  expect(slots().getAttribute("aria-invalid")).toBe("true");
  expect(screen.getByText("1 field to mend")).toBeTruthy();
  fireEvent.click(screen.getByText("Discard"));
  fireEvent.click(screen.getByText("Discard changes"));
  await waitFor(() => expect(slots().value).toBe("10"));
});

test("a change is looked at, saved once, and the draft is gone", async () => {
  await open();
  fireEvent.input(slots(), { target: { value: "4" } });
  fireEvent.click(await screen.findByText("Review 1 change"));
  fireEvent.click(await screen.findByText("Save 1 change"));
  await waitFor(() => expect(screen.queryByText("Review 1 change")).toBeNull());
  const [save, ...more] = sent("/settings");
  expect(more).toEqual([]);
  expect(save?.body).toMatchObject({ version: 1, settings: { slots: 4 } });
  expect(save?.key).toBeTruthy();
});

test("more risk is not saved by a tap", async () => {
  await open();
  fireEvent.input(slots(), { target: { value: "20" } });
  fireEvent.click(await screen.findByText("Review 1 change"));
  expect(await screen.findByText("more risk")).toBeTruthy();
  expect(screen.queryByText("Save 1 change")).toBeNull();
  expect(screen.getByRole("slider", { name: "Slide to save" })).toBeTruthy();
  fireEvent.click(screen.getByText("Cancel"));
  fireEvent.click(screen.getByText("Discard"));
  fireEvent.click(screen.getByText("Discard changes"));
});

test("read-only settings are shown and not changed", async () => {
  inForce = { ...inForce, read_only: true };
  await open();
  expect(slots().disabled).toBe(true);
  expect(screen.getByText(/These settings are read-only/)).toBeTruthy();
});

test("the draft is told where it is", async () => {
  await open();
  fireEvent.input(slots(), { target: { value: "4" } });
  await screen.findByText("Review 1 change");
  expect(JSON.parse(sessionStorage.getItem("countersign.settings") ?? "{}").a.doc.slots).toBe(4);
  cleanup();
  await open("/settings");
  expect(screen.getByText("1 changed")).toBeTruthy();
  fireEvent.click(screen.getByText("Discard"));
  fireEvent.click(screen.getByText("Discard changes"));
  await waitFor(() => expect(sessionStorage.getItem("countersign.settings")).toBeNull());
});

test("a save says what it holds for, and leads to the positions it does not", async () => {
  openGroups = [OPEN];
  await open();
  fireEvent.input(slots(), { target: { value: "4" } });
  fireEvent.click(await screen.findByText("Review 1 change"));
  fireEvent.click(await screen.findByText("Save 1 change"));
  expect(await screen.findByText("Saved as version 2")).toBeTruthy();
  expect(
    screen.getByText(/1 open position keeps what it opened with until you apply this/),
  ).toBeTruthy();
  expect(screen.getByText("Look at 1 open position").getAttribute("href")).toBe("/settings/open");
  fireEvent.click(screen.getByText("Not now"));
});

test("a save from elsewhere is never written over: the changes move on top of it", async () => {
  await open();
  fireEvent.input(slots(), { target: { value: "4" } });
  fireEvent.click(await screen.findByText("Review 1 change"));
  let refused = false;
  server.answer = (request) => {
    if (!refused && request.path === "/accounts/a/settings" && request.body) {
      refused = true;
      version = 7;
      inForce = { ...inForce, guard: false };
      return [409, { status: 409, code: "settings_changed_meanwhile", title: "Conflict" }];
    }
    return answer(request);
  };
  fireEvent.click(await screen.findByText("Save 1 change"));
  expect(await screen.findByText(/Another version was saved meanwhile/)).toBeTruthy();
  await waitFor(() => {
    const kept = JSON.parse(sessionStorage.getItem("countersign.settings") ?? "{}");
    expect(kept.a?.version).toBe(7);
  });
  fireEvent.click(await screen.findByText("Save 1 change"));
  await waitFor(() => expect(sent("/settings")).toHaveLength(2));
  expect(sent("/settings")[1]?.body).toMatchObject({
    version: 7,
    settings: { slots: 4, guard: false },
  });
});

test("open positions take the settings over once they are chosen", async () => {
  openGroups = [OPEN, { ...OPEN, group_id: "g2", symbol: "ETH/USDT" }];
  await open("/settings/open");
  const [, second] = (await screen.findAllByRole("checkbox")) as HTMLInputElement[];
  fireEvent.click(second as HTMLInputElement);
  fireEvent.click(screen.getByText("Apply to 1 open position"));
  expect(await screen.findByText("Nothing to apply")).toBeTruthy();
  const [apply] = sent("/apply");
  expect(apply?.body).toEqual({ groups: ["g1"] });
  expect(apply?.key).toBeTruthy();
});

test("a file of another bot is looked at before it is saved, and its keys are told", async () => {
  await open("/settings/file");
  const area = screen.getByLabelText("Or paste what is in it");
  fireEvent.input(area, { target: { value: "no file" } });
  fireEvent.click(screen.getByText("Look at it"));
  expect(await screen.findByText("This is no settings file: it is not JSON.")).toBeTruthy();
  fireEvent.input(area, { target: { value: '{"risk_engine": {}}' } });
  fireEvent.click(screen.getByText("Look at it"));
  expect(await screen.findByText("Settings from another bot")).toBeTruthy();
  expect(await screen.findByText("Not understood, and left out: telegram.")).toBeTruthy();
  expect(screen.getByText(/1 exchange key in this file/)).toBeTruthy();
  expect(sent("/import").map((one) => (one.body as { save: boolean }).save)).toEqual([false]);
  fireEvent.click(await screen.findByText("Import: 1 change"));
  await waitFor(() => expect(sent("/import")).toHaveLength(2));
  expect(sent("/import")[1]?.body).toMatchObject({ version: 1, save: true, keep_keys: false });
});
