// Which account the page is about: what the person chose, remembered on the device.
import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { AccountView } from "./contract";

const KEY = "countersign.account";

function kept(): string | undefined {
  try {
    return localStorage.getItem(KEY) ?? undefined;
  } catch {
    return undefined; // Storage forbidden: then every visit begins with the oldest account.
  }
}

const chosen = signal(kept());

/** The account chosen last; the oldest while there is no choice, or its account is gone. */
export const currentAccount = (accounts: readonly AccountView[]): AccountView | undefined =>
  accounts.find((one) => one.id === chosen.value) ?? accounts[0];

/** Every screen is about this account from now on. */
export function chooseAccount(id: string): void {
  chosen.value = id;
  try {
    localStorage.setItem(KEY, id);
  } catch {
    // Then it holds until the page is closed.
  }
}

/** A link opened something of another account: the lists it leads back to are that account's. */
export function useAccountOf(id: string): void {
  useEffect(() => chooseAccount(id), [id]);
}
