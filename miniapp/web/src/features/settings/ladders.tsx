// All ladders of an account: its own, those of later entries, and those of single markets.
import { useLocation } from "wouter-preact";
import { timeframe } from "../../format/time";
import { Avatar, Cell, Section, SymbolName } from "../../ui/parts";
import type { Doc } from "./doc";
import { read } from "./doc";
import { PlusIcon, StepsIcon } from "./icons";
import { isNumber, measured } from "./labels";
import { type Leg, nameOf, placeOf, type Which } from "./plan";
import { Remarks } from "./remarks";
import { isChanged, type Scope } from "./scope";
import { words } from "./words";

const LAST_ENTRY = 4;

export const legsAt = (scope: Scope, which: Which): readonly Leg[] | undefined =>
  read(scope.editing.doc, placeOf(which)) as readonly Leg[] | undefined;

/** `5 legs, down to −4%`. */
function summary(legs: readonly Leg[]): string {
  const gaps = legs.map((leg) => String(leg.gap_percent)).filter(isNumber);
  const deepest = gaps.sort((a, b) => Number(a) - Number(b))[0] ?? "0";
  return words().legsTo(legs.length, measured(deepest, "%"));
}

const Mark = ({ scope, which }: { scope: Scope; which: Which }) =>
  isChanged(scope, placeOf(which)) ? <span class="tag accent">{words().changed}</span> : null;

function Entries({ scope }: { scope: Scope }) {
  const say = words();
  const most = Number(scope.editing.doc.max_pyramids ?? 1);
  const entries = Array.from({ length: LAST_ENTRY + 1 }, (_, at) => at).filter(
    (at) => at === 0 || at < most || legsAt(scope, { market: undefined, entry: at }),
  );
  return (
    <div class="card list">
      {entries.map((entry) => {
        const which = { market: undefined, entry };
        const legs = legsAt(scope, which);
        return (
          <Cell
            key={entry}
            icon={StepsIcon}
            title={say.entry(entry + 1)}
            subtitle={legs ? summary(legs) : say.asFirst}
            value={<Mark scope={scope} which={which} />}
            href={`/settings/ladders/${nameOf(which)}`}
          />
        );
      })}
    </div>
  );
}

function Markets({ scope }: { scope: Scope }) {
  const say = words();
  const [, navigate] = useLocation();
  const markets = (scope.editing.doc.market_ladders ?? []) as readonly Doc[];
  const add = (): void => {
    const ladder = legsAt(scope, { market: undefined, entry: 0 }) ?? [];
    const fresh = { symbol: "", timeframe: null, ladder, pyramid_levels: {} };
    scope.editing.edit(["market_ladders", markets.length], fresh);
    navigate(`/settings/ladders/m${markets.length}`);
  };
  return (
    <>
      {markets.length > 0 ? (
        <div class="card list">
          {markets.map((one, market) => {
            const which = { market, entry: 0 };
            const symbol = String(one.symbol || "?");
            const minutes = typeof one.timeframe === "number" ? one.timeframe : undefined;
            return (
              <Cell
                key={market}
                title={
                  <span class="market-name">
                    <Avatar symbol={symbol} />
                    <SymbolName symbol={symbol} />
                    <span class="hint">{minutes ? timeframe(minutes) : say.allFrames}</span>
                  </span>
                }
                value={<Mark scope={scope} which={which} />}
                subtitle={summary((one.ladder ?? []) as readonly Leg[])}
                href={`/settings/ladders/${nameOf(which)}`}
              />
            );
          })}
        </div>
      ) : (
        <p class="card padded hint">{say.noMarkets}</p>
      )}
      {!scope.locked && (
        <button type="button" class="button soft add" onClick={add}>
          <PlusIcon size={20} />
          {say.addMarket}
        </button>
      )}
    </>
  );
}

export function LaddersScreen({ scope }: { scope: Scope }) {
  const say = words();
  return (
    <>
      <h1 class="title">{say.ladders}</h1>
      <p class="hint lead under-title">{say.laddersBody}</p>
      <Remarks remarks={scope.check?.remarks ?? []} />
      <Section title={say.everyMarket}>
        <Entries scope={scope} />
      </Section>
      <Section title={say.singleMarkets}>
        <Markets scope={scope} />
      </Section>
    </>
  );
}
