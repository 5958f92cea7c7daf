// Results by day, week or month as bars: up is won, down is lost; a tap reads one out.
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { PeriodView } from "../../api/contract";
import { forGeometry } from "../../format/decimal";
import { currentLocale, percent, usd } from "../../format/number";
import { Chips } from "../../ui/chips";
import { Num, Pnl, tone } from "../../ui/number";
import { Section } from "../../ui/parts";
import { type Unit, usePeriods } from "./api";
import { words } from "./words";

const BARS_MAX = 12;
const HUNDRED = 100;
const UNITS: readonly Unit[] = ["day", "week", "month"];

/** Days begin at UTC midnight wherever the reader is. */
function nameOf(period: PeriodView, unit: Unit): string {
  const format = new Intl.DateTimeFormat(currentLocale(), {
    timeZone: "UTC",
    month: unit === "month" ? "long" : "short",
    ...(unit === "month" ? { year: "numeric" } : { day: "numeric" }),
  });
  const name = format.format(new Date(period.begins));
  return unit === "week" ? words().weekOf(name) : name;
}

interface BarProps {
  readonly period: PeriodView;
  readonly name: string;
  /** Of the highest bar, below zero for a loss. */
  readonly share: number;
  readonly chosen: boolean;
  readonly choose: () => void;
}

function PeriodBar({ period, name, share, chosen, choose }: BarProps) {
  const ref = useRef<HTMLSpanElement>(null);
  useLayoutEffect(() => {
    ref.current?.style.setProperty("--share", String(Math.abs(share)));
  }, [share]);
  return (
    <li>
      <button
        type="button"
        class={`period ${tone(period.realized_pnl_usd)}`}
        aria-pressed={chosen}
        aria-label={`${name}: ${usd(period.realized_pnl_usd, "always")}`}
        onClick={choose}
      >
        <span ref={ref} class="period-bar" />
      </button>
    </li>
  );
}

function Told({ period, name }: { period: PeriodView; name: string }) {
  const say = words();
  const share = percent(String((period.wins / period.trades) * HUNDRED), "auto", 0);
  return (
    <div class="period-told" role="status">
      <p class="cell-line">
        <span class="card-caption">{name}</span>
        <Pnl usdValue={period.realized_pnl_usd} />
      </p>
      <p class="hint">
        {say.trades(period.trades)} · <Num>{say.won(share)}</Num>
      </p>
    </div>
  );
}

function Bars({ periods, unit }: { periods: readonly PeriodView[]; unit: Unit }) {
  const shown = periods.slice(0, BARS_MAX).reverse();
  const [chosen, choose] = useState<string | undefined>(undefined);
  const told = shown.find((one) => one.begins === chosen) ?? shown.at(-1);
  const sums = shown.map((one) => forGeometry(one.realized_pnl_usd));
  const most = Math.max(...sums.map(Math.abs), Number.MIN_VALUE);
  if (!told) return null;
  return (
    <>
      <Told period={told} name={nameOf(told, unit)} />
      <ol class="periods">
        {shown.map((one, at) => (
          <PeriodBar
            key={one.begins}
            period={one}
            name={nameOf(one, unit)}
            share={(sums[at] ?? 0) / most}
            chosen={one === told}
            choose={() => choose(one.begins)}
          />
        ))}
      </ol>
    </>
  );
}

export function Periods({ account }: { account: string }) {
  const say = words();
  const [unit, setUnit] = useState<Unit>("day");
  const periods = usePeriods(account, unit).data?.items;
  if (periods?.length === 0) return null;
  return (
    <Section title={say.results}>
      <div class="card">
        {periods ? <Bars key={unit} periods={periods} unit={unit} /> : <div class="periods" />}
        <fieldset>
          <legend class="sr-only">{say.results}</legend>
          <Chips options={UNITS.map((one) => [one, say.by[one]])} value={unit} onChoose={setUnit} />
        </fieldset>
      </div>
    </Section>
  );
}
