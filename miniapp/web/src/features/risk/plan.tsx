// The plan drawn: what the loser needs against what the winners give, before it runs and while it does.
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { now } from "../../api/clock";
import type { RiskPlan, RiskView, RiskWinner } from "../../api/contract";
import { add, compare, dec, forGeometry, multiply, plain } from "../../format/decimal";
import { percent, price, usd } from "../../format/number";
import { ago, span } from "../../format/time";
import { CheckIcon } from "../../ui/icons";
import { Num } from "../../ui/number";
import { Avatar, Section, SymbolName } from "../../ui/parts";
import { Sheet, Slide } from "../../ui/sheet";
import { useAction } from "../../ui/useAction";
import { runReview } from "./api";
import { words } from "./words";

const RUNNING: readonly string[] = ["winners", "loser"];
const isWhole = (share: string): boolean => compare(dec(share), dec("1")) >= 0;
const hundredfold = (share: string): string =>
  percent(plain(multiply(dec(share), dec("100"))), "auto", 0);

interface PieceProps {
  readonly share: number;
  readonly kind: string;
}

/** Widths go through CSSOM: the content security policy allows no style attributes. */
function Piece({ share, kind }: PieceProps) {
  const ref = useRef<HTMLSpanElement>(null);
  useLayoutEffect(() => {
    ref.current?.style.setProperty("--share", String(Math.max(0, Math.min(1, share))));
  }, [share]);
  return <span ref={ref} class={`piece ${kind}`} />;
}

interface BalanceProps {
  readonly required: string;
  readonly winners: readonly RiskWinner[];
  /** Which of a winner's sums is drawn: what it would give, or what it has. */
  readonly sum: "expected_usd" | "realized_usd";
}

/** Two bars on one scale; what no winner fills stays hatched. */
function Balance({ required, winners, sum }: BalanceProps) {
  const need = forGeometry(required);
  const parts = winners.map((one) => Math.max(0, forGeometry(one[sum])));
  const given = parts.reduce((total, one) => total + one, 0);
  const scale = Math.max(need, given) || 1;
  return (
    <div class="balance" aria-hidden="true">
      <span class="balance-bar">
        <Piece share={need / scale} kind="need" />
      </span>
      <span class="balance-bar">
        {parts.map((one, at) => (
          <Piece key={winners[at]?.group_id} share={one / scale} kind={`give give-${at % 3}`} />
        ))}
        {given < need && <Piece share={(need - given) / scale} kind="missing" />}
      </span>
    </div>
  );
}

function Loser({ symbol, needs, share }: { symbol: string; needs: string; share: string }) {
  const say = words();
  return (
    <div class="side">
      <Avatar symbol={symbol} />
      <span class="unfold-body">
        <SymbolName symbol={symbol} />
        {dec(share).digits > 0n && (
          <span class="unfold-why">
            {say.closes(isWhole(share) ? say.whole : say.share(hundredfold(share)))}
          </span>
        )}
      </span>
      <span class="side-sum down">
        <span class="unfold-why">{say.needs}</span>
        <Num>{usd(needs)}</Num>
      </span>
    </div>
  );
}

function Winners({ winners, sum }: Pick<BalanceProps, "winners" | "sum">) {
  const say = words();
  return (
    <ul class="sides">
      {winners.map((one, at) => (
        <li key={one.group_id} class="side">
          <span class={`side-mark give-${at % 3}`} aria-hidden="true" />
          <span class="unfold-body">
            <SymbolName symbol={one.symbol} />
            <span class="unfold-why">
              {say.closes(one.whole ? say.whole : price(one.quantity))}
              {one.done && <CheckIcon size={14} />}
            </span>
          </span>
          <Num class="side-sum up">{usd(one[sum], "always")}</Num>
        </li>
      ))}
    </ul>
  );
}

function verdict(risk: RiskView): string {
  const say = words();
  if (risk.code === "short_of_profit") return say.waits;
  if (risk.code === "share_too_small") return say.tiny;
  if (risk.code !== "ready") return risk.text;
  return isWhole(risk.loser_fraction)
    ? say.ready(risk.winners.length)
    : say.covers(hundredfold(risk.loser_fraction));
}

function RunSheet({ risk, onClose }: { risk: RiskView; onClose: () => void }) {
  const say = words();
  const run = useAction((key) => runReview(risk.account_id, key), say.started);
  return (
    <Sheet title={say.runTitle(risk.loser_symbol ?? "")} onClose={() => run.busy || onClose()}>
      <Balance required={risk.required_usd} winners={risk.winners} sum="expected_usd" />
      <Winners winners={risk.winners} sum="expected_usd" />
      <p class="sheet-body">{say.runBody}</p>
      <Slide
        label={run.busy ? say.running : say.runSlide}
        busy={run.busy}
        onConfirm={() => void run.run().then(onClose)}
      />
    </Sheet>
  );
}

function Run({ risk }: { risk: RiskView }) {
  const say = words();
  const [asking, setAsking] = useState(false);
  const look = useAction((key) => runReview(risk.account_id, key), say.reviewedNow);
  const ready = risk.code === "ready";
  return (
    <>
      <div class="actions">
        <button
          type="button"
          class={ready ? "button primary" : "button soft"}
          disabled={look.busy}
          onClick={() => (ready ? setAsking(true) : void look.run())}
        >
          {ready ? say.run : look.busy ? say.reviewing : say.review}
        </button>
      </div>
      {asking && <RunSheet risk={risk} onClose={() => setAsking(false)} />}
    </>
  );
}

function Projection({ risk }: { risk: RiskView }) {
  const say = words();
  return (
    <>
      <Loser
        symbol={risk.loser_symbol ?? ""}
        needs={risk.required_usd}
        share={risk.code === "ready" ? risk.loser_fraction : "0"}
      />
      <Balance required={risk.required_usd} winners={risk.winners} sum="expected_usd" />
      <Winners winners={risk.winners} sum="expected_usd" />
      <dl class="sums">
        <div>
          <dt>{say.give}</dt>
          <dd>
            <Num>{usd(risk.available_usd)}</Num>
          </dd>
        </div>
        {dec(risk.shortfall_usd).digits > 0n && (
          <div class="down">
            <dt>{say.short}</dt>
            <dd>
              <Num>{usd(risk.shortfall_usd)}</Num>
            </dd>
          </div>
        )}
      </dl>
      <p class="reason">{verdict(risk)}</p>
    </>
  );
}

/** The projection of this moment: the same function decides when it runs. */
export function PlanCard({ risk }: { risk: RiskView }) {
  const say = words();
  const seen = risk.reviewed_at
    ? say.reviewed(ago(risk.reviewed_at, now.value))
    : say.pace(span(risk.interval_seconds));
  const busy = risk.plan !== null && RUNNING.includes(risk.plan.status);
  const threshold = percent(risk.threshold_percent, "auto", 1);
  return (
    <Section title={say.plan} aside={<span class="hint">{seen}</span>}>
      <div class="card offset">
        {risk.loser_id ? (
          <Projection risk={risk} />
        ) : (
          <>
            <p class="offset-calm">{risk.enabled ? say.calm : say.off}</p>
            <p class="hint">{risk.enabled ? say.calmBody(threshold) : say.offBody}</p>
          </>
        )}
        {risk.left_out.length > 0 && <p class="reason">{say.leftOut(risk.left_out.join(", "))}</p>}
        {risk.enabled && !busy && risk.guard.stage !== "hard" && <Run risk={risk} />}
      </div>
    </Section>
  );
}

function stepOf(plan: RiskPlan): string {
  const say = words();
  const steps = {
    winners: say.stepWinners,
    loser: say.stepLoser,
    done: say.stepDone,
    failed: say.stepFailed,
  };
  return steps[plan.status];
}

/** The plan that runs, or the last one that ran: what was really realised. */
export function PlanUnderWay({ plan }: { plan: RiskPlan }) {
  const say = words();
  const runs = RUNNING.includes(plan.status);
  const realized = plan.winners.reduce((sum, one) => add(sum, dec(one.realized_usd)), dec("0"));
  return (
    <Section
      title={runs ? say.planRuns : say.planLast}
      aside={<span class="hint">{ago(plan.started_at, now.value)}</span>}
    >
      <div class="card offset">
        <p class={plan.status === "failed" ? "offset-step down" : "offset-step"} role="status">
          {stepOf(plan)}
        </p>
        <Loser symbol={plan.loser_symbol} needs={plan.required_usd} share={plan.loser_fraction} />
        <Balance required={plan.required_usd} winners={plan.winners} sum="realized_usd" />
        <Winners winners={plan.winners} sum="realized_usd" />
        <p class="reason">
          {say.realized(usd(plain(realized)), usd(plan.required_usd))}
          {plan.note && <span>{plan.note}</span>}
        </p>
      </div>
    </Section>
  );
}
