// A ladder drawn: every leg as far below the entry as it stands, as wide as it weighs.
import { useLayoutEffect, useRef } from "preact/hooks";
import { price } from "../../format/number";
import { Bar } from "../../ui/ladder";
import { Num } from "../../ui/number";
import { dollars, measured, shareOf } from "./labels";
import type { Plan, PlannedLeg } from "./plan";
import { words } from "./words";

type Row = { readonly depth: number } & (
  | { readonly leg: PlannedLeg }
  | { readonly average: NonNullable<Plan["average"]> }
);

function rowsOf(plan: Plan): Row[] {
  const rows: Row[] = plan.legs.map((leg) => ({ depth: leg.depth, leg }));
  const { average } = plan;
  if (average) {
    const at = rows.findIndex((row) => row.depth > average.depth);
    rows.splice(at < 0 ? rows.length : at, 0, { depth: average.depth, average });
  }
  return rows;
}

/** The way down from the row before; through CSSOM, the security policy allows no attributes. */
function Place({ gap, row, digits }: { gap: number; row: Row; digits: number }) {
  const ref = useRef<HTMLLIElement>(null);
  useLayoutEffect(() => {
    ref.current?.style.setProperty("--way", String(gap));
  }, [gap]);
  if ("average" in row) {
    return (
      <li ref={ref} class="plan-row average">
        <span class="plan-average">
          {words().average} <Num>{price(row.average.price, digits)}</Num>
          <Num class="plan-gap">{measured(row.average.gap, "%")}</Num>
        </span>
      </li>
    );
  }
  const { leg } = row;
  return (
    <li ref={ref} class="plan-row">
      <span class="plan-price">
        <Num>{price(leg.price, digits)}</Num>
        <Num class="plan-gap">{measured(leg.gap, "%")}</Num>
      </span>
      <span class="plan-bar">
        <Bar share={leg.width} state="planned" />
        <span class="plan-target">{words().targetAt(price(leg.target, digits))}</span>
      </span>
      <span class="plan-usd">
        <Num>{leg.usd === null ? shareOf(leg.weight) : dollars(leg.usd)}</Num>
        {leg.usd !== null && <Num class="plan-gap">{shareOf(leg.weight)}</Num>}
      </span>
    </li>
  );
}

/** Read as a list: entry first, with its price, weight, funds and target. */
export function Picture({ plan }: { plan: Plan }) {
  const rows = rowsOf(plan);
  return (
    <ol class="plan" aria-label={words().picture}>
      {rows.map((row, at) => (
        <Place
          key={"leg" in row ? row.leg.index : "average"}
          row={row}
          digits={plan.digits}
          gap={row.depth - (rows[at - 1]?.depth ?? 0)}
        />
      ))}
    </ol>
  );
}
