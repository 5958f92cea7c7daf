// What the screens read and do: one query per object, one cache, keys in one place.
import { type QueryClient, useQuery } from "@tanstack/preact-query";
import { get, newKey, post } from "./client";
import type {
  Accepted,
  AccountView,
  CandleView,
  EventView,
  GroupDetail,
  GroupView,
  HomeView,
  HookView,
  OfferView,
  ReceiptView,
} from "./contract";
import { line } from "./stream";
import type { Topic } from "./streamState";

export interface Page<Item> {
  readonly items: readonly Item[];
  readonly next_cursor: string | null;
}

const POLL_MS = 5_000;
const SOON_MS = 1_000;
const PAGE = 50;
const CANDLES = 160;

/** Polling is the fallback of the stream, not its companion. */
export const interval = (): number | false => (line.value === "polling" ? POLL_MS : false);
/** Values that move with every price are read again even while the stream is up. */
export const always = (): number | false => (line.value === "paused" ? false : POLL_MS);
export const query = (params: Record<string, string | number>): string =>
  `?${new URLSearchParams(Object.entries(params).map(([k, v]) => [k, String(v)]))}`;
const part = encodeURIComponent;

export const keys = {
  accounts: ["accounts"],
  home: (account: string) => ["home", account],
  offers: (account: string, status: string) => ["offers", account, status],
  offer: (id: string) => ["offer", id],
  groups: (account: string, status: string) => ["groups", account, status],
  group: (id: string) => ["group", id],
  events: (id: string) => ["group", id, "events"],
  hooks: ["hooks"],
  receipts: (account: string) => ["receipts", account],
  candles: (board: string, symbol: string, timeframe: number) => [
    "candles",
    board,
    symbol,
    timeframe,
  ],
} as const;

export const useAccounts = () =>
  useQuery({
    queryKey: keys.accounts,
    queryFn: () => get<Page<AccountView>>("/accounts"),
    staleTime: 60_000,
  });

export const useHome = (account: string) =>
  useQuery({
    queryKey: keys.home(account),
    queryFn: () => get<HomeView>(`/performance${query({ account })}`),
    refetchInterval: always,
  });

export const useOffers = (account: string, status: "pending" | "any") =>
  useQuery({
    queryKey: keys.offers(account, status),
    queryFn: () =>
      get<Page<OfferView>>(
        `/offers${query({ account, limit: PAGE, ...(status === "any" ? {} : { status }) })}`,
      ),
    refetchInterval: interval,
  });

/** `soon` asks again and again: the answer is due any moment. */
export const useOffer = (id: string, enabled = true, soon = false) =>
  useQuery({
    queryKey: keys.offer(id),
    queryFn: () => get<OfferView>(`/offers/${part(id)}`),
    refetchInterval: soon ? SOON_MS : interval,
    enabled,
  });

/** Open ones are what the server lists when no status is named. */
export const useGroups = (account: string, which: "open" | "closed") =>
  useQuery({
    queryKey: keys.groups(account, which),
    queryFn: () =>
      get<Page<GroupView>>(
        `/groups${query({ account, limit: PAGE, ...(which === "closed" ? { status: which } : {}) })}`,
      ),
    refetchInterval: interval,
  });

export const useGroup = (id: string) =>
  useQuery({
    queryKey: keys.group(id),
    queryFn: () => get<GroupDetail>(`/groups/${part(id)}`),
    refetchInterval: interval,
  });

export const useEvents = (id: string) =>
  useQuery({
    queryKey: keys.events(id),
    queryFn: () => get<Page<EventView>>(`/groups/${part(id)}/events`),
  });

export const useReceipts = (account: string) =>
  useQuery({
    queryKey: keys.receipts(account),
    queryFn: () => get<Page<ReceiptView>>(`/receipts${query({ account, limit: PAGE })}`),
    refetchInterval: interval,
  });

export const useHooks = () =>
  useQuery({ queryKey: keys.hooks, queryFn: () => get<Page<HookView>>("/hooks") });

export const useCandles = (board: string, symbol: string, timeframe: number) =>
  useQuery({
    queryKey: keys.candles(board, symbol, timeframe),
    queryFn: () =>
      get<Page<CandleView>>(
        `/markets/${part(symbol.replace("/", "-"))}/candles${query({ board, timeframe, limit: CANDLES })}`,
      ),
    staleTime: 30_000,
    refetchInterval: 60_000,
  });

/** Reads again what a stream frame made old. */
export function refreshTopics(client: QueryClient, topics: ReadonlySet<Topic>): void {
  if (topics.has("all")) {
    void client.invalidateQueries();
    return;
  }
  for (const topic of topics) {
    const [kind, id] = topic.split(":");
    void client.invalidateQueries({ queryKey: id ? [kind, id] : [kind] });
  }
}

// --- what a person does -------------------------------------------------------------------

export const decideOffer = (
  offer: OfferView,
  decision: "approve" | "reject",
  key: string,
): Promise<OfferView> =>
  post(`/offers/${part(offer.id)}/decision`, { decision, version: offer.version }, key);

export const undoOffer = (id: string): Promise<OfferView> =>
  post(`/offers/${part(id)}/undo`, {}, newKey());

export const setState = (
  account: string,
  state: "running" | "paused" | "halted",
  key: string,
): Promise<AccountView | Accepted> => post(`/accounts/${part(account)}/state`, { state }, key);

export const closeAll = (account: string, key: string): Promise<unknown> =>
  post(`/accounts/${part(account)}/close-all`, {}, key);

export const closeGroup = (id: string, fraction: string, key: string): Promise<unknown> =>
  post(`/groups/${part(id)}/close`, { fraction }, key);

export const retryGroup = (id: string, key: string): Promise<unknown> =>
  post(`/groups/${part(id)}/retry`, {}, key);

export const createHook = (account: string, label: string, key: string): Promise<HookView> =>
  post("/hooks", { account, label }, key);

export const sendTestAlert = (account: string, key: string): Promise<ReceiptView> =>
  post(`/accounts/${part(account)}/test-alert`, {}, key);
