// What the settings screens read and send.
import { useQuery } from "@tanstack/preact-query";
import { get, post, put } from "../../api/client";
import type {
  Accepted,
  AccountView,
  ApplyView,
  CandleView,
  CheckView,
  ExportView,
  FeedHealth,
  FormView,
  Generated,
  ImportView,
  LadderBody,
  SavedView,
  TemplateView,
  VersionView,
} from "../../api/contract";
import type { Page } from "../../api/queries";
import type { Doc } from "./doc";

const part = encodeURIComponent;
const of = (account: string, rest = ""): string => `/accounts/${part(account)}/settings${rest}`;
const FOREVER = { staleTime: Number.POSITIVE_INFINITY } as const;
const PAGE = 20;

/** The document in force, and the version it is at least of. */
export interface InForce {
  readonly version: number;
  readonly label: string;
  readonly venue: string;
  readonly document: Doc;
}

export const useForm = () =>
  useQuery({
    queryKey: ["settings-form"],
    queryFn: () => get<FormView>("/settings/form"),
    ...FOREVER,
  });

export const useInForce = (account: string) =>
  useQuery({
    queryKey: ["settings", account],
    queryFn: async (): Promise<InForce> => {
      // In this order: a save in between is refused as a conflict, never written over.
      const { settings_version, label, venue } = await get<AccountView>(
        `/accounts/${part(account)}`,
      );
      const document = await get<Doc>(of(account));
      return { version: settings_version, label, venue, document };
    },
  });

export const check = (account: string, settings: Doc): Promise<CheckView> =>
  post(of(account, "/validate"), { settings }, "");

export const useCheck = (account: string, document: Doc, enabled = true) =>
  useQuery({
    queryKey: ["settings-check", account, JSON.stringify(document)],
    queryFn: () => check(account, document),
    placeholderData: (before: CheckView | undefined) => before,
    staleTime: 10_000,
    gcTime: 60_000,
    enabled,
  });

export const useVersions = (account: string, cursor: string | undefined) =>
  useQuery({
    queryKey: ["settings-versions", account, cursor],
    queryFn: () =>
      get<Page<VersionView>>(
        of(account, `/versions?limit=${PAGE}${cursor ? `&cursor=${part(cursor)}` : ""}`),
      ),
  });

export const useVersion = (account: string, version: number) =>
  useQuery({
    queryKey: ["settings-version", account, version],
    queryFn: () => get<SavedView>(of(account, `/versions/${version}`)),
    ...FOREVER,
  });

export const useTemplates = (account: string) =>
  useQuery({
    queryKey: ["settings-templates", account],
    queryFn: () => get<Page<TemplateView>>(of(account, "/templates")),
  });

export const applying = (account: string): Promise<ApplyView> => get(of(account, "/apply"));

export const useApplying = (account: string) =>
  useQuery({ queryKey: ["settings-apply", account], queryFn: () => applying(account) });

export const save = (
  account: string,
  version: number,
  settings: Doc,
  key: string,
): Promise<AccountView | Accepted> => put(of(account), { version, settings }, key);

export const restore = (
  account: string,
  version: number,
  wanted: number,
  key: string,
): Promise<AccountView | Accepted> =>
  post(of(account, "/restore"), { restore: wanted, version }, key);

export const apply = (
  account: string,
  groups: readonly string[],
  key: string,
): Promise<ApplyView | Accepted> => post(of(account, "/apply"), { groups }, key);

export const exported = (account: string): Promise<ExportView> => get(of(account, "/export"));

export interface ImportWish {
  readonly document: Doc;
  readonly version: number;
  readonly save: boolean;
  readonly keep_keys: boolean;
}

export const importFile = (account: string, wish: ImportWish, key: string): Promise<ImportView> =>
  post(of(account, "/import"), wish, key);

export const generate = (body: LadderBody): Promise<Generated> =>
  post("/settings/ladder", body, "");

export const useMarkets = () =>
  useQuery({
    queryKey: ["markets"],
    queryFn: () => get<FeedHealth>("/markets"),
    staleTime: 60_000,
  });

/** The last price of a symbol, to show a ladder by. */
export const usePrice = (symbol: string | undefined) =>
  useQuery({
    queryKey: ["settings-price", symbol],
    queryFn: async () => {
      const path = `/markets/${part((symbol as string).replace("/", "-"))}/candles`;
      const page = await get<Page<CandleView>>(`${path}?timeframe=1&limit=1`);
      return page.items.at(-1)?.close ?? null;
    },
    enabled: symbol !== undefined && /^[A-Z0-9]{1,20}\/[A-Z0-9]{1,10}$/.test(symbol),
    staleTime: 60_000,
  });
