// One trade: its result in a line, the figures behind it inside.
import { Link } from "wouter-preact";
import { serverNow } from "../../api/clock";
import type { TradeView } from "../../api/contract";
import { finest } from "../../format/decimal";
import { integer, percent, price, quantity, usd } from "../../format/number";
import { clock, span, timeframe } from "../../format/time";
import { text } from "../../text";
import { type Fact, Facts } from "../../ui/facts";
import { Num, Pnl } from "../../ui/number";
import { Avatar, SideTag, SymbolName } from "../../ui/parts";
import { words } from "./words";

/** An average has more places than its symbol has ticks: five digits tell enough. */
const DIGITS = 5;

function shown(value: string | null, places: number): string | null {
  if (value === null) return null;
  const whole = value.split(".")[0]?.replace(/^-?0?/, "").length ?? 0;
  return price(value, Math.max(Math.min(places, DIGITS - whole), whole > 0 ? 2 : DIGITS));
}

function Figures({ trade }: { trade: TradeView }) {
  const say = words();
  const fine = finest(trade.entry_price, trade.exit_price);
  const way = (value: string | null): string | null => value && percent(value, "always");
  const facts: Fact[] = [
    [say.entry, shown(trade.entry_price, fine)],
    [say.exit, shown(trade.exit_price, fine)],
    [say.quantity, quantity(trade.quantity)],
    [say.cost, usd(trade.cost_usd, "auto", true)],
    [say.fees, usd(trade.fees_usd)],
    [say.held, span(trade.duration_seconds)],
    [say.against, way(trade.mae_percent)],
    [say.favour, way(trade.mfe_percent)],
    [say.pyramids, integer(trade.pyramid_count)],
  ];
  return <Facts of={facts} />;
}

export function Row({ trade }: { trade: TradeView }) {
  const say = words();
  const why = text.group.exit[trade.exit_reason ?? ""] ?? trade.exit_reason;
  const from = [trade.imported && say.imported, trade.source, trade.strategy].filter(Boolean);
  return (
    <details class="unfold">
      <summary>
        <Avatar symbol={trade.symbol} />
        <span class="unfold-body">
          <span class="card-name">
            <SymbolName symbol={trade.symbol} />
            <SideTag side={trade.side} />
          </span>
          <span class="unfold-why">
            {why && `${why} · `}
            <Num>{clock(trade.closed_at, serverNow())}</Num>
          </span>
        </span>
        <Pnl usdValue={trade.realized_pnl_usd} percentValue={trade.realized_pnl_percent} stacked />
      </summary>
      <div class="unfold-inside">
        <Figures trade={trade} />
        <p class="reason">
          {say.source}: {from.join(" · ")} · <Num>{timeframe(trade.timeframe)}</Num>
        </p>
        {!trade.imported && (
          <Link href={`/positions/${trade.id}`} class="button plain">
            {say.open}
          </Link>
        )}
      </div>
    </details>
  );
}
