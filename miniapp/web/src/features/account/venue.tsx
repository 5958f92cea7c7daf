// How the account's venue does, and what comparing with it has found.
import { serverNow } from "../../api/clock";
import type { AccountView, EventView, VenueView } from "../../api/contract";
import { integer, percent } from "../../format/number";
import { clock, span } from "../../format/time";
import { venueName } from "../../format/venue";
import { type Fact, Facts } from "../../ui/facts";
import { CheckIcon, WarningIcon } from "../../ui/icons";
import { Meter } from "../../ui/ladder";
import { Num } from "../../ui/number";
import { Cell, Notice, Section } from "../../ui/parts";
import { InfoIcon } from "../../ui/rareIcons";
import { useComparisons, useVenues } from "./api";
import { words } from "./words";

const MS = 1000;

function Figures({ venue }: { venue: VenueView }) {
  const say = words();
  const maybe = (value: number | null, show: (known: number) => string): string | null =>
    value === null ? null : show(value);
  const offset = (seconds: number): string => {
    const sign = seconds > 0 ? "+" : seconds < 0 ? "−" : "";
    return `${sign}${integer(Math.round(Math.abs(seconds) * MS))} ms`;
  };
  const facts: Fact[] = [
    [say.latency, maybe(venue.latency_ms, (ms) => `${integer(Math.round(ms))} ms`)],
    [say.clock, maybe(venue.clock_offset_s, offset)],
    [say.rules, maybe(venue.rules_age_s, (age) => say.old(span(age)))],
    [say.stream, maybe(venue.stream_age_s, (age) => say.silent(span(age)))],
  ];
  return <Facts of={facts} />;
}

export function VenueCard({ venue }: { venue: VenueView }) {
  const say = words();
  const held = venue.breaker === "open" ? say.entriesHeld : say.entriesTried;
  const good = venue.reachable && venue.breaker === "closed";
  const state = [
    venue.reachable ? say.reachable : say.unreachable,
    venue.breaker !== "closed" && held,
  ].filter(Boolean);
  return (
    <div class="card">
      <Cell
        icon={good ? CheckIcon : WarningIcon}
        tint={good ? "up" : venue.reachable ? "warn" : "down"}
        title={venueName(venue.name)}
        subtitle={state.join(" · ")}
      />
      <Figures venue={venue} />
      {venue.limit_used !== null && (
        <div class="limit">
          <p class="cell-line cell-subtitle">
            <span>{say.limit}</span>
            <Num>{percent(String(Math.round(venue.limit_used * 100)), "auto", 0)}</Num>
          </p>
          <Meter share={venue.limit_used} label={say.limit} />
        </div>
      )}
      {venue.note && <p class="reason">{venue.note}</p>}
    </div>
  );
}

export function Venue({ account }: { account: AccountView }) {
  const say = words();
  const found = useVenues().data;
  if (account.venue === "paper") {
    return (
      <Section title={say.venue}>
        <p class="card padded hint">{say.paper}</p>
      </Section>
    );
  }
  const own = found?.venues.filter((one) => one.name.startsWith(account.venue)) ?? [];
  return (
    <Section title={say.venue}>
      {found && !found.running && (
        <Notice icon={WarningIcon} tint="warn">
          {say.engineDown}
        </Notice>
      )}
      {own.map((one) => (
        <VenueCard key={one.name} venue={one} />
      ))}
    </Section>
  );
}

/** `2 fills, 1 foreign order`, from the counts beside the report's lines. */
export function summary(event: EventView): string {
  const say = words();
  const parts = Object.entries(say.differences)
    .filter(([name]) => Number(event.data[name] ?? 0) > 0)
    .map(([name, tell]) => tell(Number(event.data[name])));
  return parts.join(", ") || event.reason;
}

function Compared({ event, title }: { event: EventView; title: string }) {
  const details = (event.data.details ?? "").split("\n").filter(Boolean);
  return (
    <div class="card">
      <Cell
        icon={InfoIcon}
        title={title}
        value={<Num>{clock(event.at, serverNow())}</Num>}
        subtitle={event.kind === "reconciled" ? summary(event) : event.reason}
      />
      {details.length > 0 && (
        <ul class="rights">
          {details.map((line) => (
            <li key={line} dir="ltr">
              {line}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

export function Comparisons({ account }: { account: string }) {
  const say = words();
  const events = useComparisons(account).data?.items;
  if (!events) return null;
  const last = events.find((one) => one.kind === "reconciled");
  const external = events.filter((one) => one.kind === "external_trade");
  return (
    <Section title={say.compared}>
      {last ? (
        <Compared event={last} title={say.last} />
      ) : (
        <p class="card padded hint">{say.comparedNone}</p>
      )}
      {external.map((event) => (
        <Compared key={event.id} event={event} title={event.symbol ?? say.external} />
      ))}
      {(external.length > 0 || last?.data.foreign_order) && (
        <p class="hint lead">{say.externalHint}</p>
      )}
    </Section>
  );
}
