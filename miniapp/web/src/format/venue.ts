// Names of venues as people know them.

/** Exchanges have one name in every language. */
export const VENUES = { binance: "Binance", bybit: "Bybit" } as const;
export const venueName = (venue: string): string => VENUES[venue as keyof typeof VENUES] ?? venue;
