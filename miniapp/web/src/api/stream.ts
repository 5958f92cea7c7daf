// The socket behind the live pages: one connection, back-off, heartbeat watch, pause when hidden.
import { signal } from "@preact/signals";
import { heardServerTime } from "./clock";
import { renewed, sessionState, token } from "./session";
import {
  type Boards,
  backoff,
  type Frame,
  parseFrame,
  receive,
  START,
  type Topic,
} from "./streamState";

const PATH = "/api/v1/stream";
const COALESCE_MS = 500;
const POLLING_AFTER_FAILURES = 2;
const UNAUTHORISED = 4401; // The server's close code for a bearer that is refused or has run out.
const RENEWALS_MAX = 1;
const GRACE = 1.5; // Heartbeats late by half an interval count as a dead line.

export type Line = "connecting" | "live" | "polling" | "paused";

/** How news reaches the page right now. */
export const line = signal<Line>("connecting");
export const boards = signal<Boards>({});

type Refresh = (topics: ReadonlySet<Topic>) => void;

/** Owns the connection. `active(false)` closes it, `active(true)` opens it anew. */
export class Stream {
  private socket: WebSocket | undefined;
  private state = START;
  private failures = 0;
  private renewals = 0;
  private wanted = false;
  private generation = 0;
  private reconnectTimer: ReturnType<typeof setTimeout> | undefined;
  private watchTimer: ReturnType<typeof setTimeout> | undefined;
  private refreshTimer: ReturnType<typeof setTimeout> | undefined;
  private readonly pending = new Set<Topic>();

  constructor(private readonly refresh: Refresh) {}

  active(wanted: boolean): void {
    if (wanted === this.wanted) return;
    this.wanted = wanted;
    if (wanted) {
      this.failures = 0;
      void this.connect();
    } else {
      this.drop();
      line.value = "paused";
    }
  }

  private async connect(refusedToken?: string): Promise<void> {
    const mine = ++this.generation;
    if (line.value !== "polling") line.value = "connecting";
    let bearer: string;
    try {
      bearer = refusedToken ? await renewed(refusedToken) : await token();
    } catch {
      if (mine === this.generation && sessionState.value !== "outside") this.later();
      return;
    }
    if (!this.wanted || mine !== this.generation) return;
    this.state = START;
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const socket = new WebSocket(`${scheme}://${location.host}${PATH}`);
    this.socket = socket;
    this.watch();
    socket.onopen = () => socket.send(JSON.stringify({ token: bearer }));
    socket.onmessage = (message) => {
      const frame = parseFrame(String(message.data));
      if (frame && mine === this.generation) this.take(frame);
    };
    socket.onclose = (closed) => {
      if (mine !== this.generation || !this.wanted) return;
      // A bearer that ran out is no failure: take the next one and go on.
      if (closed.code === UNAUTHORISED && this.renewals < RENEWALS_MAX) {
        this.renewals += 1;
        void this.connect(bearer);
      } else {
        this.later();
      }
    };
  }

  private take(frame: Frame): void {
    if (frame.type !== "error" && frame.at) heardServerTime(frame.at);
    const turn = receive(this.state, frame);
    this.state = turn.state;
    boards.value = turn.state.boards;
    this.ask(turn.refresh);
    this.watch();
    if (frame.type === "snapshot") {
      this.failures = 0;
      this.renewals = 0;
      line.value = "live";
    }
    // After an error the server closes, and the close code says how to go on.
    if (!turn.resubscribe || frame.type === "error") return;
    this.drop();
    this.later();
  }

  /** At most two refreshes a second, however many events arrive. */
  private ask(topics: readonly Topic[]): void {
    for (const topic of topics) this.pending.add(topic);
    if (this.pending.size === 0 || this.refreshTimer !== undefined) return;
    this.refreshTimer = setTimeout(() => {
      this.refreshTimer = undefined;
      const due = new Set(this.pending);
      this.pending.clear();
      this.refresh(due);
    }, COALESCE_MS);
  }

  private watch(): void {
    clearTimeout(this.watchTimer);
    this.watchTimer = setTimeout(
      () => {
        this.drop();
        this.later();
      },
      this.state.heartbeatSeconds * GRACE * 1000,
    );
  }

  private later(): void {
    this.failures += 1;
    if (this.failures >= POLLING_AFTER_FAILURES) line.value = "polling";
    clearTimeout(this.watchTimer);
    clearTimeout(this.reconnectTimer);
    this.reconnectTimer = setTimeout(
      () => {
        if (this.wanted) void this.connect();
      },
      backoff(this.failures - 1, Math.random()),
    );
  }

  private drop(): void {
    this.generation += 1;
    clearTimeout(this.watchTimer);
    clearTimeout(this.reconnectTimer);
    this.socket?.close();
    this.socket = undefined;
  }
}
