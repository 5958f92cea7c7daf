/** Events from the stand-in, with one tiny bus for the page's own parts. */

const listeners = new Map();

export function on(kind, react) {
  listeners.set(kind, [...(listeners.get(kind) || []), react]);
}

export function emit(kind, data = {}) {
  for (const react of listeners.get(kind) || []) react(data);
}

const KINDS = ["message", "deleted", "answer", "action", "chat", "read", "profile", "people", "payment", "market"];

/** Follow the stand-in; `reconnected` is emitted whenever everything should be loaded anew. */
export function follow() {
  const source = new EventSource("/sandbox/api/stream");
  source.addEventListener("hello", () => emit("reconnected"));
  source.addEventListener("reload", () => emit("reconnected"));
  source.addEventListener("error", () => emit("offline"));
  for (const kind of KINDS) source.addEventListener(kind, (event) => emit(kind, JSON.parse(event.data)));
}
