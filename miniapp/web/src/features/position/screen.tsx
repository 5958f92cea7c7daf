// One position: chart, figures, ladder, story, and the way out of it.
import { useEffect, useMemo } from "preact/hooks";
import { useAccountOf } from "../../api/account";
import { now, serverNow } from "../../api/clock";
import type { CandleView, GroupDetail, GroupView } from "../../api/contract";
import { type Freshness, gone } from "../../api/freshness";
import { useAccounts, useCandles, useEvents, useGroup } from "../../api/queries";
import { useFreshness } from "../../api/useFreshness";
import { compare, dec, finest } from "../../format/decimal";
import { price, usd } from "../../format/number";
import { clock, span, timeframe } from "../../format/time";
import { verticalSwipes } from "../../telegram/bridge";
import { text } from "../../text";
import { Facts } from "../../ui/facts";
import { FreshnessBadge } from "../../ui/freshness";
import { Ladder } from "../../ui/ladder";
import { later } from "../../ui/later";
import { Loaded, Skeleton } from "../../ui/loaded";
import { Num, Pnl } from "../../ui/number";
import { Avatar, Cell, Section, SideTag, SymbolName } from "../../ui/parts";
import { useMarked } from "../positions/card";
import { ClosePosition } from "./close";
import { Ending } from "./ending";
import { FailedPosition } from "./failed";
import "./ending.css";
import { levelsOf } from "./levels";
import { Orders, Story } from "./story";
import "../risk/risk.css";

const Chart = later(() => import("./chart").then((file) => file.default));
const ENDED: readonly string[] = ["closed", "closing"];

function Head({ group, fresh }: { group: GroupView; fresh: Freshness }) {
  const live = useMarked(group);
  const closed = group.status === "closed";
  const accounts = useAccounts().data?.items ?? [];
  const label = accounts.length > 1 && accounts.find((one) => one.id === group.account_id)?.label;
  useAccountOf(group.account_id);
  const profit = closed ? group.realized_pnl_usd : live.pnl;
  return (
    <section class="position-head">
      <Avatar symbol={group.symbol} size="l" />
      <h1 class="position-name">
        <SymbolName symbol={group.symbol} /> <SideTag side={group.side} />
      </h1>
      <p class="hint">
        <Num>{timeframe(group.timeframe)}</Num> · {text.group.status[group.status] ?? group.status}
        {!closed && (
          <>
            {" · "}
            <FreshnessBadge fresh={fresh} />
          </>
        )}
      </p>
      {label && <p class="hint">{label}</p>}
      {profit !== null && (
        <p class="position-pnl">
          <Pnl
            usdValue={profit}
            percentValue={closed ? null : live.pnlPercent}
            muted={!closed && gone(live.at, now.value)}
            class="large"
          />
        </p>
      )}
    </section>
  );
}

function extremes(candles: readonly CandleView[]): { low: string; high: string } {
  return candles.reduce(
    (found, candle) => ({
      low: compare(dec(candle.low), dec(found.low)) < 0 ? candle.low : found.low,
      high: compare(dec(candle.high), dec(found.high)) > 0 ? candle.high : found.high,
    }),
    { low: candles[0]?.low ?? "0", high: candles[0]?.high ?? "0" },
  );
}

function ChartCard({ detail }: { detail: GroupDetail }) {
  const { group } = detail;
  const live = useMarked(group);
  const candles = useCandles(group.board, group.symbol, group.timeframe);
  const levels = useMemo(() => levelsOf(detail), [detail]);
  useEffect(() => {
    verticalSwipes(false);
    return () => verticalSwipes(true);
  }, []);
  const items = candles.data?.items ?? [];
  const last = items.at(-1);
  const range = extremes(items);
  return (
    <section class="card chart-card" aria-label={text.group.chart}>
      {last ? (
        <Chart
          meanwhile={<div class="chart" />}
          candles={items}
          levels={levels}
          live={group.status === "closed" ? null : live.mark}
          summary={text.group.chartSummary(
            group.symbol,
            price(last.close),
            price(range.low),
            price(range.high),
          )}
        />
      ) : (
        <div class="chart empty-chart">{!candles.isLoading && text.group.chartNone}</div>
      )}
    </section>
  );
}

/** The figures that move, above the ladder. */
function Figures({ group }: { group: GroupView }) {
  const live = useMarked(group);
  const fine = finest(group.base_entry_price, live.mark, group.next_entry_price);
  const maybe = (value: string | null): string | null => (value ? price(value, fine) : null);
  return (
    <div class="card facts-card">
      <Facts
        of={[
          [text.group.avg, maybe(group.weighted_avg_price)],
          [text.group.now, maybe(live.mark)],
          [text.group.nextTarget, maybe(group.next_tp_price)],
          [text.group.invested, usd(group.invested_usd, "auto", true)],
          [text.group.quantity, price(group.open_quantity)],
          [text.group.nextEntry, maybe(group.next_entry_price)],
        ]}
      />
    </div>
  );
}

/** The figures that stand still, below it. */
function Details({ group }: { group: GroupView }) {
  const why = text.group.exit[group.exit_reason ?? ""] ?? group.exit_reason ?? "";
  return (
    <div class="card list">
      <Cell title={text.home.realized} value={<Pnl usdValue={group.realized_pnl_usd} />} />
      <Cell title={text.group.fees} value={<Num>{usd(group.fees_usd)}</Num>} />
      <Cell
        title={text.group.opened}
        value={<Num>{clock(group.created_at, serverNow())}</Num>}
        subtitle={[group.source, group.strategy].filter(Boolean).join(" · ")}
      />
      {group.closed_at && (
        <Cell
          title={text.group.duration}
          value={
            <Num>{span((Date.parse(group.closed_at) - Date.parse(group.created_at)) / 1000)}</Num>
          }
          subtitle={why}
        />
      )}
    </div>
  );
}

function Ladders({ detail }: { detail: GroupDetail }) {
  return (
    <Section title={text.group.ladder}>
      {detail.pyramids.map((pyramid) => (
        <div key={pyramid.index} class="card">
          <p class="card-caption">
            {text.group.pyramid(pyramid.index + 1)}
            <span class="hint">{text.group.entryAt(price(pyramid.entry_price))}</span>
          </p>
          <Ladder legs={pyramid.legs} detail targets={detail.group.tp_mode === "per_leg"} />
        </div>
      ))}
    </Section>
  );
}

export function PositionScreen({ id, account }: { id: string; account: string }) {
  const query = useGroup(id);
  const events = useEvents(id);
  const fresh = useFreshness(account);
  return (
    <Loaded query={query} skeleton={<Skeleton shapes={["hero", "card", "card"]} />}>
      {(detail) => (
        <>
          <Head group={detail.group} fresh={fresh} />
          <ChartCard detail={detail} />
          {detail.group.status !== "closed" && <Figures group={detail.group} />}
          {detail.group.status !== "closed" && <Ending detail={detail} />}
          <Ladders detail={detail} />
          <Section title={text.group.details}>
            <Details group={detail.group} />
          </Section>
          <Section title={text.group.story}>
            <Loaded query={events} skeleton={<Skeleton shapes={["row"]} />}>
              {(page) => <Story events={page.items} />}
            </Loaded>
            {detail.orders.length > 0 && <Orders orders={detail.orders} />}
          </Section>
          {detail.group.status === "failed" ? (
            <FailedPosition group={detail.group} />
          ) : (
            !ENDED.includes(detail.group.status) && <ClosePosition group={detail.group} />
          )}
        </>
      )}
    </Loaded>
  );
}
