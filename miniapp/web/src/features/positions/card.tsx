// A position in a list: profit first, then how far its ladder has come.
import { Link } from "wouter-preact";
import { now } from "../../api/clock";
import type { GroupView } from "../../api/contract";
import type { Freshness } from "../../api/freshness";
import { gone, tooOld } from "../../api/freshness";
import { type Marked, marked } from "../../api/live";
import { useGroup } from "../../api/queries";
import { boards } from "../../api/stream";
import { finest } from "../../format/decimal";
import { price } from "../../format/number";
import { timeframe } from "../../format/time";
import { text } from "../../text";
import { Ladder, Segments } from "../../ui/ladder";
import { Num, Pnl } from "../../ui/number";
import { Avatar, SideTag, SymbolName } from "../../ui/parts";

export const useMarked = (group: GroupView): Marked =>
  marked(group, boards.value[group.board]?.[group.symbol]);

interface PricesProps {
  readonly group: GroupView;
  readonly mark: string | null;
}

function Prices({ group, mark }: PricesProps) {
  if (!group.weighted_avg_price) return <>{text.group.noFill}</>;
  const fine = finest(group.base_entry_price, mark);
  const [avg, now] = text.group.avgNow(
    price(group.weighted_avg_price, fine),
    mark ? price(mark, fine) : "–",
  );
  return (
    <span class="avg-now">
      <Num>{avg}</Num>
      <Num>{now}</Num>
    </span>
  );
}

interface HeadProps {
  readonly group: GroupView;
  readonly fresh: Freshness;
  readonly size?: "m" | "l";
}

export function PositionHead({ group, fresh }: HeadProps) {
  const live = useMarked(group);
  const old = tooOld(fresh) || gone(live.at, now.value);
  return (
    <header class="card-head">
      <Avatar symbol={group.symbol} />
      <div class="card-names">
        <div class="card-name">
          <SymbolName symbol={group.symbol} />
          <SideTag side={group.side} />
        </div>
        <div class={old ? "hint muted" : "hint"}>
          <Prices group={group} mark={live.mark} />
        </div>
      </div>
      <Pnl usdValue={live.pnl} percentValue={live.pnlPercent} muted={old} stacked />
    </header>
  );
}

interface CardProps {
  readonly group: GroupView;
  readonly fresh: Freshness;
  /** Shows every leg; a list of many shows segments instead. */
  readonly ladder?: boolean;
}

export function PositionCard({ group, fresh, ladder = false }: CardProps) {
  return (
    <Link href={`/positions/${group.id}`} class="card position tappable">
      <PositionHead group={group} fresh={fresh} />
      {ladder ? <FullLadder id={group.id} group={group} /> : <LadderLine group={group} />}
      <div class="card-foot">
        <span>{text.group.legs(group.legs_filled, group.legs_total)}</span>
        <span>{text.group.pyramids(group.pyramid_count, group.max_pyramids)}</span>
        <span>
          {text.group.status[group.status] ?? group.status} ·{" "}
          <Num>{timeframe(group.timeframe)}</Num>
        </span>
      </div>
    </Link>
  );
}

const LadderLine = ({ group }: { group: GroupView }) => (
  <Segments filled={group.legs_filled} total={group.legs_total} />
);

function FullLadder({ id, group }: { id: string; group: GroupView }) {
  const detail = useGroup(id).data;
  if (!detail) return <LadderLine group={group} />;
  return <Ladder legs={detail.pyramids.flatMap((pyramid) => pyramid.legs)} />;
}
