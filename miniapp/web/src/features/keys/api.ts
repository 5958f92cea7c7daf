// What this screen reads and sends. Apart from the other queries: nobody else needs it at start.
import { useQuery } from "@tanstack/preact-query";
import { get, newKey, post, remove } from "../../api/client";
import type { AccountBody, AccountView, KeysBody, KeysView } from "../../api/contract";
import type { Page } from "../../api/queries";

const part = encodeURIComponent;

export const useSeats = () =>
  useQuery({ queryKey: ["keys"], queryFn: () => get<Page<KeysView>>("/keys") });

export const openAccount = (body: AccountBody): Promise<AccountView> =>
  post("/accounts", body, newKey());

/** Without an idempotency key: saving a key twice is harmless, and no trace of it is stored. */
export const saveKeys = (account: string, body: KeysBody): Promise<KeysView> =>
  post(`/accounts/${part(account)}/keys`, body, "");

export const revokeKeys = (account: string, key: string): Promise<KeysView> =>
  remove(`/accounts/${part(account)}/keys`, key);

export const revokeAllKeys = (key: string): Promise<Page<KeysView>> => remove("/keys", key);
