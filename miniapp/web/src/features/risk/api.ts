// What the risk screen reads and sends.
import { useInfiniteQuery, useQuery } from "@tanstack/preact-query";
import { get, post } from "../../api/client";
import type { RiskActionView, RiskView } from "../../api/contract";
import { always, type Page, query } from "../../api/queries";

const part = encodeURIComponent;
const PAGE = 15;

export const useRisk = (account: string) =>
  useQuery({
    queryKey: ["risk", account],
    queryFn: () => get<RiskView>(`/risk${query({ account })}`),
    refetchInterval: always,
  });

export const useRiskHistory = (account: string) =>
  useInfiniteQuery({
    queryKey: ["risk", account, "history"],
    queryFn: ({ pageParam }) =>
      get<Page<RiskActionView>>(
        `/risk/actions${query({ account, limit: PAGE, ...(pageParam ? { cursor: pageParam } : {}) })}`,
      ),
    initialPageParam: "",
    getNextPageParam: (last) => last.next_cursor ?? undefined,
  });

export const runReview = (account: string, key: string): Promise<unknown> =>
  post("/risk/run", { account }, key);

export type Mark = "block" | "unblock" | "skip_once";

export const markGroup = (group: string, action: Mark, key: string): Promise<unknown> =>
  post(`/groups/${part(group)}/risk`, { action }, key);
