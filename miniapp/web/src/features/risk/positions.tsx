// Every open position as the risk engine sees it: loser, winner or neither, and what bars it.
import { Link } from "wouter-preact";
import { now } from "../../api/clock";
import type { RiskPosition, RiskView } from "../../api/contract";
import { usd } from "../../format/number";
import { span, timeframe } from "../../format/time";
import { type Fact, Facts } from "../../ui/facts";
import { PositionsIcon } from "../../ui/icons";
import { Num, Pnl } from "../../ui/number";
import { Avatar, Empty, Section, SideTag, SymbolName } from "../../ui/parts";
import { useAction } from "../../ui/useAction";
import { type Mark, markGroup } from "./api";
import { words } from "./words";

const secondsTo = (iso: string): number => (Date.parse(iso) - now.value) / 1000;

function timerOf(position: RiskPosition): string {
  const say = words();
  if (position.timer_expires_at === null) return say.timerOff;
  const left = secondsTo(position.timer_expires_at);
  return left > 0 ? say.timerLeft(span(left)) : say.timerDone;
}

function ageOf(position: RiskPosition): string {
  const age = span(-secondsTo(position.opened_at));
  if (position.aged_at === null || secondsTo(position.aged_at) <= 0) return age;
  return `${age} / ${span((Date.parse(position.aged_at) - Date.parse(position.opened_at)) / 1000)}`;
}

function Figures({ position }: { position: RiskPosition }) {
  const say = words();
  const facts: Fact[] = [
    [say.pyramids, say.pyramidsOf(position.pyramid_count, position.max_pyramids)],
    [say.timer, timerOf(position)],
    [say.age, ageOf(position)],
    [say.invested, usd(position.invested_usd, "auto", true)],
  ];
  return <Facts of={facts} />;
}

/** Block and skip, for whoever shows a position. */
export function Marks({ position }: { position: RiskPosition }) {
  const say = words();
  const way: Mark = position.blocked ? "unblock" : "block";
  const done = position.blocked ? say.unblockedDone : say.blockedDone;
  const toggle = useAction((key) => markGroup(position.group_id, way, key), done);
  const skip = useAction((key) => markGroup(position.group_id, "skip_once", key), say.skipDone);
  const busy = toggle.busy || skip.busy;
  return (
    <div class="actions">
      <button type="button" class="button soft" disabled={busy} onClick={() => void toggle.run()}>
        {position.blocked ? say.unblock : say.block}
      </button>
      <button
        type="button"
        class="button soft"
        disabled={busy || position.blocked || position.skip_once}
        onClick={() => void skip.run()}
      >
        {position.skip_once ? say.skips : say.skip}
      </button>
    </div>
  );
}

export const standing = (position: RiskPosition): string => {
  const say = words();
  const code = say.codes[position.code] ?? position.text;
  return position.skip_once ? `${code} · ${say.skips}` : code;
};

function Row({ position }: { position: RiskPosition }) {
  const say = words();
  return (
    <details class="unfold">
      <summary>
        <Avatar symbol={position.symbol} />
        <span class="unfold-body">
          <span class="card-name">
            <SymbolName symbol={position.symbol} />
            <SideTag side={position.side} />
          </span>
          <span class="unfold-why">
            <Num>{timeframe(position.timeframe)}</Num> · {standing(position)}
          </span>
        </span>
        <Pnl usdValue={position.pnl_usd} percentValue={position.pnl_percent} stacked />
      </summary>
      <div class="unfold-inside">
        <Figures position={position} />
        <Marks position={position} />
        <Link href={`/positions/${position.group_id}`} class="button plain">
          {say.open}
        </Link>
      </div>
    </details>
  );
}

function Group({ title, rows }: { title: string; rows: readonly RiskPosition[] }) {
  if (rows.length === 0) return null;
  return (
    <Section title={title} aside={<Num class="hint">{String(rows.length)}</Num>}>
      <div class="card list">
        {rows.map((one) => (
          <Row key={one.group_id} position={one} />
        ))}
      </div>
    </Section>
  );
}

export function Positions({ risk }: { risk: RiskView }) {
  const say = words();
  if (risk.positions.length === 0) {
    return (
      <Empty icon={PositionsIcon} title={say.none} body={say.noneBody}>
        <Link href="/positions" class="button soft">
          {say.toPositions}
        </Link>
      </Empty>
    );
  }
  const of = (...codes: string[]) => risk.positions.filter((one) => codes.includes(one.code));
  const others = risk.positions.filter((one) => one.code !== "loser" && one.code !== "winner");
  return (
    <>
      <Group title={say.losers} rows={of("loser")} />
      <Group title={say.winners} rows={of("winner")} />
      <Group title={say.others} rows={others} />
    </>
  );
}
