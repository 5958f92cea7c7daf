// What the risk engine found and did, newest first, with what was missing.
import { serverNow } from "../../api/clock";
import type { RiskActionView } from "../../api/contract";
import { dec } from "../../format/decimal";
import { usd } from "../../format/number";
import { clock } from "../../format/time";
import { CheckIcon, ClockIcon, PlayIcon, WarningIcon } from "../../ui/icons";
import { Loaded, Skeleton } from "../../ui/loaded";
import { Num } from "../../ui/number";
import { Older } from "../../ui/older";
import { Cell, Section, SymbolName } from "../../ui/parts";
import { InfoIcon } from "../../ui/rareIcons";
import { useRiskHistory } from "./api";
import { words } from "./words";

const LOOKS = {
  offset_loss: { icon: CheckIcon, tint: "up" },
  offset_failed: { icon: WarningIcon, tint: "down" },
  waits: { icon: ClockIcon, tint: "warn" },
  started: { icon: PlayIcon, tint: "accent" },
} as const;
const PLAIN = { icon: InfoIcon, tint: "accent" } as const;

/** The sums that matter for this row; figures are strings, and not every row has them all. */
export function sums(action: RiskActionView): string {
  const say = words();
  const { required_usd: need, shortfall_usd: short, realized_usd: given } = action.figures;
  const missing = short !== undefined && dec(short).digits > 0n;
  return [
    need && say.needed(usd(need)),
    missing && say.missing(usd(short)),
    action.action === "offset_loss" && given && say.given(usd(given)),
  ]
    .filter(Boolean)
    .join(" · ");
}

function Row({ action }: { action: RiskActionView }) {
  const say = words();
  const look = LOOKS[action.action as keyof typeof LOOKS] ?? PLAIN;
  const figures = sums(action);
  return (
    <Cell
      icon={look.icon}
      tint={look.tint}
      title={
        <>
          {action.symbol && <SymbolName symbol={action.symbol} />}{" "}
          {say.actions[action.action] ?? action.action}
        </>
      }
      value={<Num>{clock(action.at, serverNow())}</Num>}
      subtitle={figures || action.notes}
    />
  );
}

export function History({ account }: { account: string }) {
  const say = words();
  const query = useRiskHistory(account);
  return (
    <Section title={say.history}>
      <Loaded query={query} skeleton={<Skeleton shapes={["row"]} />}>
        {({ pages }) => {
          const rows = pages.flatMap((page) => page.items);
          if (rows.length === 0) return <p class="card padded hint">{say.historyEmpty}</p>;
          return (
            <>
              <div class="card list">
                {rows.map((action) => (
                  <Row key={action.id} action={action} />
                ))}
              </div>
              <Older query={query} />
            </>
          );
        }}
      </Loaded>
    </Section>
  );
}
