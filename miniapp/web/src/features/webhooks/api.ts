// What the webhooks screen reads and sends.
import { useQuery } from "@tanstack/preact-query";
import { get, newKey, post, remove } from "../../api/client";
import type { DeliveryView, WebhookView } from "../../api/contract";
import { always, type Page, query } from "../../api/queries";

const at = (id: string): string => `/webhooks/${encodeURIComponent(id)}`;

export const useWebhooks = (account: string) =>
  useQuery({
    queryKey: ["webhooks", account],
    queryFn: () => get<Page<WebhookView>>(`/webhooks${query({ account })}`),
    refetchInterval: always,
  });

export const useDeliveries = (id: string, enabled: boolean) =>
  useQuery({
    queryKey: ["webhooks", "deliveries", id],
    queryFn: () => get<Page<DeliveryView>>(`${at(id)}/deliveries`),
    refetchInterval: always,
    enabled,
  });

export const addWebhook = (account: string, url: string, label: string): Promise<WebhookView> =>
  post("/webhooks", { account, url, label }, newKey());

type Wish = "test" | "enable" | "disable" | "rotate";

export const tellWebhook = (id: string, wish: Wish, key: string): Promise<WebhookView> =>
  post(`${at(id)}/${wish}`, {}, key);

export const removeWebhook = (id: string, key: string): Promise<unknown> => remove(at(id), key);
