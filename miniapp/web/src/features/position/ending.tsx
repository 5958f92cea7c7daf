// How a position will end: its targets, its stop and where that lives, and the risk engine's word.
import { useState } from "preact/hooks";
import { serverNow } from "../../api/clock";
import type { GroupDetail, StopRules } from "../../api/contract";
import { percent, price } from "../../format/number";
import { clock } from "../../format/time";
import { text } from "../../text";
import { ShieldIcon, StopIcon, UpIcon } from "../../ui/icons";
import { Num } from "../../ui/number";
import { Cell, Section } from "../../ui/parts";
import { useRisk } from "../risk/api";
import { Marks, standing } from "../risk/positions";
import { TargetsSheet } from "./targets";
import { words } from "./words";

const FIXED: readonly string[] = ["closed", "failed", "closing", "waiting"];
const RISKED: readonly string[] = ["active", "partially_filled"];

/** The rules that put it there, in one line. */
export function stopRules(rules: StopRules): string {
  const say = words();
  return [
    rules.of_signal && say.ofSignal,
    rules.loss_percent !== null && say.loss(percent(`-${rules.loss_percent}`)),
    rules.trailing_percent !== null && say.trailing(percent(rules.trailing_percent)),
    rules.break_even_at_percent !== null &&
      (rules.at_break_even ? say.even : say.evenAt(percent(rules.break_even_at_percent, "always"))),
  ]
    .filter(Boolean)
    .join(" · ");
}

function StopCell({ detail }: { detail: GroupDetail }) {
  const say = words();
  const { group, stop } = detail;
  const rules = detail.ending.stop_rules;
  if (rules === null) {
    return <Cell icon={StopIcon} title={say.stop} value={say.noStop} subtitle={say.noStopBody} />;
  }
  const base = group.symbol.split("/")[0] ?? "";
  const much = (quantity: string): string => `${price(quantity)} ${base}`;
  const rests = stop?.where === "venue" ? stop.resting_quantity : stop?.quantity;
  return (
    <Cell
      icon={StopIcon}
      tint="down"
      title={say.stop}
      value={stop ? <Num>{price(stop.price)}</Num> : say.notPlaced}
      subtitle={stopRules(rules)}
    >
      {stop && rests && <span class="cell-subtitle">{say.lives[stop.where](much(rests))}</span>}
    </Cell>
  );
}

function RiskMarks({ detail }: { detail: GroupDetail }) {
  const say = words();
  const { group } = detail;
  const risk = useRisk(group.account_id).data;
  const position = risk?.positions.find((one) => one.group_id === group.id);
  if (!position) return null;
  return (
    <Section title={say.risk}>
      <div class="card">
        <Cell icon={ShieldIcon} title={standing(position)} href="/risk" />
        <Marks position={position} />
      </div>
    </Section>
  );
}

export function Ending({ detail }: { detail: GroupDetail }) {
  const say = words();
  const [changing, setChanging] = useState(false);
  const { group, ending } = detail;
  const mode = text.group.tpModes[group.tp_mode] ?? group.tp_mode;
  const aggregate =
    group.tp_mode === "per_leg" ? "" : percent(group.tp_aggregate_percent, "always");
  const fixed = FIXED.includes(group.status);
  return (
    <>
      <Section title={say.title}>
        <div class="card list">
          <Cell
            icon={UpIcon}
            tint="up"
            title={say.target}
            value={[mode, aggregate].filter(Boolean).join(" ")}
            subtitle={say.executions[ending.tp_execution]}
            {...(fixed ? {} : { onClick: () => setChanging(true) })}
          />
          <StopCell detail={detail} />
          {ending.closes_at && (
            <Cell title={say.closes} value={<Num>{clock(ending.closes_at, serverNow())}</Num>} />
          )}
        </div>
      </Section>
      {RISKED.includes(group.status) && <RiskMarks detail={detail} />}
      {changing && <TargetsSheet detail={detail} onClose={() => setChanging(false)} />}
    </>
  );
}
