// What the account's screen reads: its venue, and what comparing with it found.
import { useQuery } from "@tanstack/preact-query";
import { get } from "../../api/client";
import type { EventView, VenuesView } from "../../api/contract";
import { always, interval, type Page, query } from "../../api/queries";

const KINDS = "reconciled,external_trade";
const SHOWN = 10;

export const useVenues = () =>
  useQuery({
    queryKey: ["venues"],
    queryFn: () => get<VenuesView>("/venues"),
    refetchInterval: always,
  });

export const useComparisons = (account: string) =>
  useQuery({
    queryKey: ["home", account, "compared"],
    queryFn: () =>
      get<Page<EventView>>(`/logs/recent${query({ account, kinds: KINDS, limit: SHOWN })}`),
    refetchInterval: interval,
  });
