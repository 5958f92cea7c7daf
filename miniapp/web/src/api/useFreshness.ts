// The freshness of the account's prices, as every screen asks for it.
import { now } from "./clock";
import type { AccountView } from "./contract";
import { type Freshness, freshness } from "./freshness";
import { useHome } from "./queries";
import { boards } from "./stream";
import type { Quote } from "./streamState";

/** The stream's prices of the board and market an account trades on. */
function pricesOf(account: AccountView | undefined): readonly Quote[] {
  if (!account) return [];
  const linear = account.market === "linear";
  return Object.entries(boards.value[account.board] ?? {})
    .filter(([symbol]) => symbol.includes(":") === linear)
    .map(([, quote]) => quote);
}

/** Newest of the stream's quotes and the last read of the home view. */
export function useFreshness(account: string): Freshness {
  const home = useHome(account);
  const readAt = home.dataUpdatedAt - Date.now() + now.value; // On the server's clock.
  return freshness(home.data?.feed, readAt, pricesOf(home.data?.account), now.value);
}
