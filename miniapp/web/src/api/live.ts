// Values that move with the price between two reads of the server; exact, no floats.
import { add, compare, dec, divide, multiply, negate, plain, subtract } from "../format/decimal";
import type { GroupView } from "./contract";
import type { Quote } from "./streamState";

const HUNDRED = dec("100");
const PERCENT_PLACES = 4;

export interface Marked {
  readonly mark: string | null;
  readonly pnl: string | null;
  readonly pnlPercent: string | null;
  /** The moment the price held. */
  readonly at: string | null;
}

/** The group at a newer price: the server's own P&L moved by the price difference. */
export function marked(group: GroupView, quote: Quote | undefined): Marked {
  const known: Marked = {
    mark: group.mark_price,
    pnl: group.unrealized_pnl_usd,
    pnlPercent: group.unrealized_pnl_percent,
    at: group.mark_at,
  };
  const { mark_price: mark, unrealized_pnl_usd: pnl } = group;
  if (!quote) return known;
  if (mark === null || pnl === null) return { ...known, mark: mark ?? quote.price, at: quote.at };
  const older = group.mark_at !== null && Date.parse(quote.at) < Date.parse(group.mark_at);
  if (older) return known;
  if (compare(dec(quote.price), dec(mark)) === 0) return { ...known, at: quote.at };
  const move = subtract(dec(quote.price), dec(mark));
  const gain = multiply(group.side === "long" ? move : negate(move), dec(group.open_quantity));
  const next = add(dec(pnl), gain);
  const invested = dec(group.invested_usd);
  return {
    mark: quote.price,
    at: quote.at,
    pnl: plain(next),
    pnlPercent:
      invested.digits === 0n
        ? known.pnlPercent
        : plain(divide(multiply(next, HUNDRED), invested, PERCENT_PLACES)),
  };
}
