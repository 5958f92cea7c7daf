// Signing in: init data once, then a bearer in memory renewed by an opaque token of this tab.
import { signal } from "@preact/signals";
import type { SessionView } from "./contract";
import { ApiError, OfflineError, problemOf } from "./errors";

const KEY = "countersign.renew";
const PATH = "/api/v1/session";

export type SessionState = "signing-in" | "in" | "outside" | "expired" | "offline";

/** What the person chose in the chat; undefined before the first sign-in. */
export const userLanguage = signal<string | undefined>(undefined);
export const sessionState = signal<SessionState>("signing-in");

let bearer: string | undefined;
let initData: string | undefined;
let running: Promise<string> | undefined;

/** The launch's Telegram user: a kept renewal token of somebody else is never used. */
function launchUser(): string {
  const user = new URLSearchParams(initData ?? "").get("user");
  const id = user ? (JSON.parse(user) as { id?: number }).id : undefined;
  return String(id ?? "");
}

function keptToken(): string | undefined {
  try {
    const kept = JSON.parse(sessionStorage.getItem(KEY) ?? "null") as [string, string] | null;
    return kept && kept[0] === launchUser() ? kept[1] : undefined;
  } catch {
    return undefined; // Storage forbidden, or written by another version.
  }
}

function keep(token: string): void {
  try {
    sessionStorage.setItem(KEY, JSON.stringify([launchUser(), token]));
  } catch {
    // Then a reload signs in with the init data again.
  }
}

async function post(headers: Record<string, string>, body: unknown): Promise<SessionView> {
  let response: Response;
  try {
    response = await fetch(PATH, {
      method: "POST",
      headers: { "Content-Type": "application/json", ...headers },
      body: JSON.stringify(body),
    });
  } catch (cause) {
    throw new OfflineError(cause);
  }
  if (!response.ok) throw await problemOf(response);
  return (await response.json()) as SessionView;
}

const refused = (error: unknown): boolean =>
  error instanceof ApiError && (error.status === 401 || error.status === 403);

/** Init data first, it proves who is here now; the kept token when it has grown old. */
async function open(renewFirst: boolean): Promise<SessionView> {
  const byLaunch = initData ? () => post({ Authorization: `tma ${initData}` }, {}) : undefined;
  const kept = keptToken();
  const byToken = kept ? () => post({}, { renew_token: kept }) : undefined;
  const ways = (renewFirst ? [byToken, byLaunch] : [byLaunch, byToken]).filter((way) => way);
  let last: unknown = new ApiError({ status: 401, code: "no_credentials" });
  for (const way of ways) {
    try {
      return await (way as () => Promise<SessionView>)();
    } catch (error) {
      if (!refused(error)) throw error;
      last = error;
    }
  }
  throw last;
}

async function signIn(renewFirst: boolean): Promise<string> {
  try {
    const answer = await open(renewFirst);
    bearer = answer.token;
    keep(answer.renew_token);
    userLanguage.value = answer.user.language ?? undefined;
    sessionState.value = "in";
    return answer.token;
  } catch (error) {
    bearer = undefined;
    if (refused(error)) sessionState.value = initData ? "expired" : "outside";
    else if (sessionState.value !== "in") sessionState.value = "offline";
    throw error;
  }
}

/** Starts the session with what the launch brought. */
export async function startSession(rawInitData: string | undefined): Promise<void> {
  initData = rawInitData;
  if (!initData && !keptToken()) {
    sessionState.value = "outside";
    return;
  }
  sessionState.value = "signing-in";
  await token().catch(() => undefined); // The state says what happened; the page shows it.
}

/** A bearer; many callers share one sign-in. */
export function token(): Promise<string> {
  if (bearer) return Promise.resolve(bearer);
  running ??= signIn(false).finally(() => {
    running = undefined;
  });
  return running;
}

/** The bearer was refused: get another, unless somebody already did. */
export function renewed(old: string): Promise<string> {
  if (bearer && bearer !== old) return Promise.resolve(bearer);
  bearer = undefined;
  running ??= signIn(true).finally(() => {
    running = undefined;
  });
  return running;
}
