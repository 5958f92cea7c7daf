// What the queue's screen reads and sends, and what its orders led to.
import { useQuery } from "@tanstack/preact-query";
import { get, post, remove } from "../../api/client";
import type { EventView, QueueView } from "../../api/contract";
import { always, type Page, query } from "../../api/queries";

const part = encodeURIComponent;
const KINDS = "queued,replaced,dequeued,group_opened,pyramid_added";
const SHOWN = 60;
const PAGE = 50;

export const useQueue = (account: string) =>
  useQuery({
    queryKey: ["queue", account],
    queryFn: () => get<Page<QueueView>>(`/queue${query({ account, limit: PAGE })}`),
    refetchInterval: always,
  });

export const useQueueStory = (account: string) =>
  useQuery({
    queryKey: ["queue", account, "story"],
    queryFn: () =>
      get<Page<EventView>>(`/logs/recent${query({ account, kinds: KINDS, limit: SHOWN })}`),
    refetchInterval: always,
  });

export const promote = (signal: string, key: string): Promise<unknown> =>
  post(`/queue/${part(signal)}/promote`, {}, key);

export const forceIn = (signal: string, key: string): Promise<unknown> =>
  post(`/queue/${part(signal)}/force`, {}, key);

export const removeQueued = (signal: string, key: string): Promise<unknown> =>
  remove(`/queue/${part(signal)}`, key);

export interface Happening {
  readonly event: EventView;
  /** A word of `status` for what became of the signal. */
  readonly status: string;
  /** The position it opened or joined in the same decision. */
  readonly groupId: string | null;
}

/** One row per signal that came or went; a position that opened with it is its end. */
export function happenings(events: readonly EventView[]): readonly Happening[] {
  const opened = new Map<string, string>();
  for (const event of events) {
    if (event.kind === "group_opened" || event.kind === "pyramid_added") {
      if (event.group_id) opened.set(`${event.seq}.${event.symbol}`, event.group_id);
    }
  }
  return events
    .filter((event) => ["queued", "replaced", "dequeued"].includes(event.kind))
    .map((event) => {
      const status = event.kind === "dequeued" ? (event.data.status ?? "cancelled") : event.kind;
      const groupId =
        status === "promoted" ? (opened.get(`${event.seq}.${event.symbol}`) ?? null) : null;
      return { event, status, groupId };
    });
}
