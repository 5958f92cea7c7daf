// The live stream as a pure machine: frames in, new state and wishes out; no socket, no timer.
import type { EventView } from "./contract";

export interface Quote {
  readonly price: string;
  /** The moment the price held, changed or not. */
  readonly at: string;
}

/** Last prices by symbol. */
export type Prices = Readonly<Record<string, Quote>>;

/** Prices of each board: paper's, and those of the exchanges one's accounts are at. */
export type Boards = Readonly<Record<string, Prices>>;

export const PAPER = "paper";

export type Frame =
  | { type: "hello"; seq?: number; at: string; heartbeat_seconds?: number }
  | { type: "snapshot"; seq?: number; at: string; quotes?: Prices; boards?: Boards }
  | { type: "event"; seq?: number; at?: string; event: EventView }
  | { type: "offer"; seq?: number; at?: string; offer_id: string; status: string }
  | { type: "quotes"; seq?: number; at?: string; board?: string; quotes: Prices }
  | { type: "heartbeat"; seq?: number; at: string }
  | { type: "error"; seq?: number; code: string; detail?: string };

/** What the page must read again after a frame. */
export type Topic =
  | "all"
  | "home"
  | "accounts"
  | "offers"
  | `${"home" | "groups" | "offers" | "receipts" | "queue" | "risk"}:${string}`
  | `group:${string}`
  | `offer:${string}`;

export interface StreamState {
  readonly seq: number;
  readonly heartbeatSeconds: number;
  readonly boards: Boards;
}

export interface Turn {
  readonly state: StreamState;
  readonly refresh: readonly Topic[];
  /** Close and subscribe anew: something was missed or refused. */
  readonly resubscribe: boolean;
}

export const HEARTBEAT_SECONDS = 30;
export const START: StreamState = { seq: 0, heartbeatSeconds: HEARTBEAT_SECONDS, boards: {} };

/** Parses one text frame; anything that is no frame of ours is undefined. */
export function parseFrame(text: string): Frame | undefined {
  try {
    const frame = JSON.parse(text) as Frame;
    return frame && typeof frame.type === "string" ? frame : undefined;
  } catch {
    return undefined;
  }
}

/** Of the event's own account: what another account shows is as it was. */
function topicsOf(event: EventView): Topic[] {
  const of = event.account_id;
  const lists = ["home", "groups", "offers", "receipts", "queue", "risk"] as const;
  const topics: Topic[] = lists.map((list): Topic => `${list}:${of}`);
  if (event.kind === "engine_state") topics.push("accounts");
  if (event.group_id) topics.push(`group:${event.group_id}`);
  return topics;
}

/** One frame. A hole in `seq` means frames were dropped for a slow client. */
export function receive(state: StreamState, frame: Frame): Turn {
  const stay = (next: StreamState, refresh: readonly Topic[] = []): Turn => ({
    state: next,
    refresh,
    resubscribe: false,
  });
  if (frame.type === "error") return { state: START, refresh: [], resubscribe: true };
  if (frame.seq !== undefined && state.seq > 0 && frame.seq !== state.seq + 1) {
    if (frame.seq <= state.seq) return stay(state); // Seen already.
    return { state: START, refresh: ["all"], resubscribe: true };
  }
  const next = { ...state, seq: frame.seq ?? state.seq };
  switch (frame.type) {
    case "hello":
      return stay({ ...next, heartbeatSeconds: frame.heartbeat_seconds ?? HEARTBEAT_SECONDS });
    case "snapshot":
      return stay({ ...next, boards: { ...frame.boards, [PAPER]: frame.quotes ?? {} } }, ["all"]);
    case "quotes": {
      const board = frame.board ?? PAPER;
      const prices = { ...state.boards[board], ...frame.quotes };
      return stay({ ...next, boards: { ...state.boards, [board]: prices } });
    }
    case "event":
      return stay(next, topicsOf(frame.event));
    case "offer":
      return stay(next, ["home", "offers", `offer:${frame.offer_id}`]);
    default:
      return stay(next);
  }
}

const BACKOFF_FIRST_MS = 500;
const BACKOFF_MAX_MS = 30_000;

/** Wait before reconnect number `attempt` (from 0); `jitter` is 0..1. */
export const backoff = (attempt: number, jitter: number): number =>
  Math.min(BACKOFF_MAX_MS, BACKOFF_FIRST_MS * 2 ** attempt) * (0.5 + jitter / 2);
