// The engine in figures: slots, capital, queue, last alert.
import { serverNow } from "../../api/clock";
import type { HomeView } from "../../api/contract";
import { add, dec, forGeometry, plain } from "../../format/decimal";
import { integer, usd } from "../../format/number";
import { ago } from "../../format/time";
import { text } from "../../text";
import { ArrowsIcon, BellIcon, PositionsIcon, ShieldIcon, WalletIcon } from "../../ui/icons";
import { Meter, Segments } from "../../ui/ladder";
import { Num } from "../../ui/number";
import { Cell } from "../../ui/parts";

const SEGMENTS_MAX = 20;

function Capital({ home }: { home: HomeView }) {
  const whole = plain(add(dec(home.deployed_usd), dec(home.free_usd)));
  const share = forGeometry(home.deployed_usd) / (forGeometry(whole) || 1);
  return (
    <Cell
      icon={WalletIcon}
      title={text.home.deployed}
      value={<Num>{usd(home.deployed_usd, "auto", true)}</Num>}
    >
      <Meter share={share} label={text.home.deployed} />
      <span class="cell-line cell-subtitle">
        <span>{text.home.free}</span>
        <Num>{usd(home.free_usd, "auto", true)}</Num>
      </span>
    </Cell>
  );
}

function LastAlert({ home }: { home: HomeView }) {
  const alert = home.last_alert;
  if (!alert) return <Cell icon={BellIcon} title={text.home.lastAlert} value={text.home.noAlert} />;
  const word = text.receipt[alert.status] ?? alert.status;
  return (
    <Cell
      icon={BellIcon}
      tint={alert.status === "accepted" ? "up" : "warn"}
      title={text.home.lastAlert}
      value={ago(alert.received_at, serverNow())}
      subtitle={[word, alert.symbol].filter(Boolean).join(" · ")}
      href="/alerts"
    />
  );
}

export function EngineCard({ home }: { home: HomeView }) {
  return (
    <div class="card list">
      <Cell
        icon={PositionsIcon}
        title={text.home.pool}
        value={text.home.ofMax(home.groups_open, home.groups_max)}
      >
        {home.groups_max <= SEGMENTS_MAX ? (
          <Segments filled={home.groups_open} total={home.groups_max} />
        ) : (
          <Meter share={home.groups_open / home.groups_max} label={text.home.pool} />
        )}
      </Cell>
      <Capital home={home} />
      <Cell icon={ArrowsIcon} title={text.home.queue} value={integer(home.queued)} href="/queue" />
      <Cell
        icon={ShieldIcon}
        title={text.home.risk}
        value={home.risk_enabled ? text.home.on : text.home.off}
        href="/risk"
      />
      <LastAlert home={home} />
    </div>
  );
}
