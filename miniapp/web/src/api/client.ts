// One way to the server: bearer, idempotency key, one silent re-login, problems as errors.
import { signal } from "@preact/signals";
import { heardDateHeader } from "./clock";
import { OfflineError, problemOf } from "./errors";
import { renewed, token } from "./session";

const BASE = "/api/v1";
const TIMEOUT_MS = 15_000;

/** False from the first request that could not reach the server until the next that could. */
export const reachable = signal(navigator.onLine);

addEventListener("offline", () => {
  reachable.value = false;
});

/** A fresh key for one intention of a person; retries of that intention reuse it. */
export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

interface Call {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  readonly path: string;
  readonly body?: unknown;
  readonly key?: string;
}

async function send(call: Call, bearer: string): Promise<Response> {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), TIMEOUT_MS);
  const headers: Record<string, string> = { Authorization: `Bearer ${bearer}` };
  if (call.body !== undefined) headers["Content-Type"] = "application/json";
  if (call.key) headers["Idempotency-Key"] = call.key;
  try {
    const response = await fetch(BASE + call.path, {
      method: call.method,
      headers,
      signal: abort.signal,
      ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
    });
    reachable.value = true;
    heardDateHeader(response.headers.get("Date"));
    return response;
  } catch (cause) {
    reachable.value = false;
    throw new OfflineError(cause);
  } finally {
    clearTimeout(timer);
  }
}

async function request<Answer>(call: Call): Promise<Answer> {
  const first = await token();
  let response = await send(call, first);
  if (response.status === 401) response = await send(call, await renewed(first));
  if (!response.ok) throw await problemOf(response);
  return (response.status === 204 ? undefined : await response.json()) as Answer;
}

export const get = <Answer>(path: string): Promise<Answer> =>
  request<Answer>({ method: "GET", path });

/** A command of a person; `key` makes a repeat of the same tap harmless. */
export const post = <Answer>(path: string, body: unknown, key: string): Promise<Answer> =>
  request<Answer>({ method: "POST", path, body, key });

export const put = <Answer>(path: string, body: unknown, key: string): Promise<Answer> =>
  request<Answer>({ method: "PUT", path, body, key });

export const remove = <Answer>(path: string, key: string): Promise<Answer> =>
  request<Answer>({ method: "DELETE", path, key });
