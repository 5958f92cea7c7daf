// The freshness of the account's prices, as every screen asks for it.
import { now } from "./clock";
import { type Freshness, freshness } from "./freshness";
import { useHome } from "./queries";
import { quotes } from "./stream";

/** Newest of the stream's quotes and the last read of the home view. */
export function useFreshness(account: string): Freshness {
  const home = useHome(account);
  const readAt = home.dataUpdatedAt - Date.now() + now.value; // On the server's clock.
  return freshness(home.data?.feed, readAt, Object.values(quotes.value), now.value);
}
