import { QueryClient, QueryClientProvider } from "@tanstack/preact-query";
import { cleanup, fireEvent, render, screen, waitFor } from "@testing-library/preact";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { WebhookView } from "../src/api/contract";
import { startSession } from "../src/api/session";
import { standing } from "../src/features/webhooks/card";
import { WebhooksScreen } from "../src/features/webhooks/screen";
import { at } from "./builders";
import { Server } from "./server";

const webhook = (changes: Partial<WebhookView> = {}): WebhookView => ({
  id: "wh1",
  account_id: "01account",
  label: "Ledger",
  url: "https://example.org/hook",
  secret: "…9f3a",
  created_at: at(0),
  failures: 0,
  retry_at: null,
  last_at: at(0),
  last_answer: "200 OK",
  disabled_at: null,
  ...changes,
});

let server: Server;
let listed: WebhookView[];

beforeEach(async () => {
  server = new Server();
  listed = [];
  server.answer = ({ path, key, body }) => {
    if (!key) return [200, { items: listed, next_cursor: null }];
    const { url } = (body ?? {}) as { url?: string };
    if (url === "https://10.0.0.1") {
      const detail = "This address leads into a private network.";
      return [422, { code: "invalid_input", detail, errors: [{ field: "url", message: detail }] }];
    }
    if (path === "/webhooks") listed = [webhook()];
    return [200, webhook({ secret: "whole-secret" })];
  };
  vi.stubGlobal("fetch", server.fetch);
  await startSession('user={"id":42}');
  render(
    <QueryClientProvider client={new QueryClient()}>
      <WebhooksScreen account="01account" />
    </QueryClientProvider>,
  );
});

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const acts = () => server.requests.filter((one) => one.key).map((one) => one.path);
const type = (name: string, value: string) =>
  fireEvent.input(screen.getByLabelText(name), { target: { value } });

test("what is typed wrong stays, with the reason under its field", async () => {
  fireEvent.click(await screen.findByText("Add a webhook"));
  type("Address", "https://10.0.0.1");
  fireEvent.submit(screen.getByLabelText("Address").closest("form") as HTMLFormElement);
  expect(await screen.findByText("This address leads into a private network.")).toBeTruthy();
  expect((screen.getByLabelText("Address") as HTMLInputElement).value).toBe("https://10.0.0.1");
});

test("the secret is shown whole once, then only its end", async () => {
  fireEvent.click(await screen.findByText("Add a webhook"));
  type("Address", "https://example.org/hook");
  fireEvent.submit(screen.getByLabelText("Address").closest("form") as HTMLFormElement);
  expect(await screen.findByText("whole-secret")).toBeTruthy();
  fireEvent.click(screen.getByText("I have kept it"));
  expect(screen.queryByText("whole-secret")).toBeNull();
  expect(await screen.findByText("Ledger")).toBeTruthy();
  fireEvent.click(screen.getByText("Send a test"));
  await waitFor(() => expect(acts()).toContain("/webhooks/wh1/test"));
  await waitFor(() =>
    expect((screen.getByText("Switch off") as HTMLButtonElement).disabled).toBe(false),
  );
  fireEvent.click(screen.getByText("Switch off"));
  await waitFor(() => expect(acts()).toContain("/webhooks/wh1/disable"));
});

test("a webhook delivers, retries or is off", () => {
  expect(standing(webhook())).toBe("on");
  expect(standing(webhook({ failures: 3 }))).toBe("retry");
  expect(standing(webhook({ failures: 20, disabled_at: at(0) }))).toBe("off");
});
