import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { get } from "../src/api/client";
import { ApiError } from "../src/api/errors";
import { sessionState, startSession } from "../src/api/session";

type Answer = [status: number, body: unknown];

let signIns: string[];
let session: (credential: string) => Answer;
let resource: (bearer: string) => Answer;

const fetched = async (url: string, init: RequestInit = {}): Promise<Response> => {
  const headers = new Headers(init.headers);
  const authorization = headers.get("Authorization") ?? "";
  if (!url.endsWith("/session")) {
    const [status, body] = resource(authorization);
    return Response.json(body, { status });
  }
  const credential = authorization || `renew ${JSON.parse(String(init.body)).renew_token}`;
  signIns.push(credential.slice(0, credential.indexOf(" ") + 4));
  const [status, body] = session(credential);
  return Response.json(body, { status });
};

const opened = (token: string): Answer => [
  200,
  { token, expires_at: "2026-11-20T10:15:00Z", renew_token: "r-1", user: { id: "u" } },
];
const refused: Answer = [401, { code: "init_data_stale", detail: "Too old." }];
const launch = (id: number): string => `user=${encodeURIComponent(JSON.stringify({ id }))}&hash=x`;

beforeEach(() => {
  signIns = [];
  sessionStorage.clear();
  resource = () => [200, { ok: true }];
  vi.stubGlobal("fetch", fetched);
});

afterEach(() => vi.unstubAllGlobals());

/** A module's bearer outlives a test: an answer of 401 makes it ask anew. */
async function expireBearer(): Promise<void> {
  let first = true;
  resource = () => {
    if (!first) return [200, { ok: true }];
    first = false;
    return refused;
  };
  await get("/me").catch(() => undefined);
}

test("nobody outside Telegram is signed in", async () => {
  await startSession(undefined);
  expect(sessionState.value).toBe("outside");
  expect(signIns).toEqual([]);
});

test("init data opens the session; a refused bearer is renewed once, silently", async () => {
  session = (credential) => opened(credential.startsWith("tma") ? "first" : "second");
  await startSession(launch(42));
  expect(sessionState.value).toBe("in");
  resource = (bearer) => (bearer === "Bearer second" ? [200, { ok: true }] : refused);
  await expect(get("/me")).resolves.toEqual({ ok: true });
  expect(signIns.at(-1)).toMatch(/^renew r-1/);
});

test("many refused requests share one renewal", async () => {
  session = () => opened("third");
  await startSession(launch(42));
  const before = signIns.length;
  resource = (bearer) => (bearer === "Bearer third" ? [200, {}] : refused);
  await Promise.all([get("/a"), get("/b"), get("/c")]);
  expect(signIns.length - before).toBeLessThanOrEqual(1);
});

test("old init data and no kept token ends at the chat", async () => {
  session = () => refused;
  await startSession(launch(42));
  await expireBearer();
  expect(sessionState.value).toBe("expired");
});

test("the kept token of another person is never used", async () => {
  sessionStorage.setItem("countersign.renew", JSON.stringify(["7", "theirs"]));
  session = () => refused;
  await startSession(launch(42));
  await expireBearer();
  expect(signIns.every((credential) => credential.startsWith("tma"))).toBe(true);
});

test("problems keep their code, reference and data", async () => {
  session = () => opened("fourth");
  await startSession(launch(42));
  resource = () => [
    409,
    { code: "already_decided", reference: "ab12", data: { decided_by: "you" } },
  ];
  const error = await get("/x").catch((found: unknown) => found);
  expect(error).toBeInstanceOf(ApiError);
  expect(error).toMatchObject({ status: 409, code: "already_decided", reference: "ab12" });
  expect((error as ApiError).problem.data).toEqual({ decided_by: "you" });
});
