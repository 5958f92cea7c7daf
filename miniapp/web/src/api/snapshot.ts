// The last known picture, kept on the device: an offline start shows it, with its age.
import type { QueryClient, QueryKey } from "@tanstack/preact-query";

const PREFIX = "countersign.snapshot.1.";
const WRITE_AFTER_MS = 1_000;
const KEPT: readonly string[] = ["accounts", "home", "offers", "groups"];

interface Entry {
  readonly key: QueryKey;
  readonly data: unknown;
  readonly at: number;
}

const wanted = (key: QueryKey): boolean =>
  typeof key[0] === "string" && KEPT.includes(key[0]) && key.at(-1) !== "closed";

function read(owner: string): readonly Entry[] {
  try {
    return JSON.parse(localStorage.getItem(PREFIX + owner) ?? "[]") as Entry[];
  } catch {
    return []; // Storage forbidden, or written by another version.
  }
}

function write(client: QueryClient, owner: string): void {
  const entries: Entry[] = client
    .getQueryCache()
    .getAll()
    .filter((query) => wanted(query.queryKey) && query.state.data !== undefined)
    .map((query) => ({
      key: query.queryKey,
      data: query.state.data,
      at: query.state.dataUpdatedAt,
    }));
  try {
    localStorage.setItem(PREFIX + owner, JSON.stringify(entries));
  } catch {
    // Full or forbidden: then an offline start has nothing to show.
  }
}

/** Fills the cache with the owner's last picture and keeps it current. */
export function keepSnapshot(client: QueryClient, owner: string): void {
  for (const entry of read(owner)) {
    client.setQueryData(entry.key, entry.data, { updatedAt: entry.at });
  }
  let timer: ReturnType<typeof setTimeout> | undefined;
  client.getQueryCache().subscribe((event) => {
    if (event.type !== "updated" || event.action.type !== "success") return;
    timer ??= setTimeout(() => {
      timer = undefined;
      write(client, owner);
    }, WRITE_AFTER_MS);
  });
}
