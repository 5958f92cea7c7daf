// What the trades screen reads: trades in pages, sums by period.
import { useInfiniteQuery, useQuery } from "@tanstack/preact-query";
import { get } from "../../api/client";
import type { PeriodView, TradeView } from "../../api/contract";
import { interval, type Page, query } from "../../api/queries";

const PAGE = 20;

export type Result = "any" | "won" | "lost";
export type Unit = "day" | "week" | "month";

/** Below the account's groups, so that a closing position makes both be read again. */
const key = (account: string, ...rest: string[]) => ["groups", account, "trades", ...rest];

export const useTrades = (account: string, result: Result) =>
  useInfiniteQuery({
    queryKey: key(account, "list", result),
    queryFn: ({ pageParam }) =>
      get<Page<TradeView>>(
        `/trades${query({
          account,
          limit: PAGE,
          ...(result === "any" ? {} : { status: result }),
          ...(pageParam ? { cursor: pageParam } : {}),
        })}`,
      ),
    initialPageParam: "",
    getNextPageParam: (last) => last.next_cursor ?? undefined,
    refetchInterval: interval,
  });

export const usePeriods = (account: string, by: Unit) =>
  useQuery({
    queryKey: key(account, "periods", by),
    queryFn: () => get<Page<PeriodView>>(`/performance/periods${query({ account, by })}`),
    refetchInterval: interval,
  });
