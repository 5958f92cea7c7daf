// What protects the account right now: the guard's halt and the way out of it, locks, the day's loss.
import { useState } from "preact/hooks";
import { serverNow } from "../../api/clock";
import type { RiskView } from "../../api/contract";
import { setState } from "../../api/queries";
import { forGeometry } from "../../format/decimal";
import { usd } from "../../format/number";
import { clock } from "../../format/time";
import { Confirm } from "../../ui/confirm";
import { ClockIcon, StopIcon, WarningIcon } from "../../ui/icons";
import { Meter } from "../../ui/ladder";
import { Num } from "../../ui/number";
import { Cell, Notice, Section, SymbolName } from "../../ui/parts";
import { words } from "./words";

function ResumeSheet({ risk, onClose }: { risk: RiskView; onClose: () => void }) {
  const say = words();
  const equity = risk.guard.equity_usd;
  return (
    <Confirm
      title={say.resumeTitle}
      command={(key) => setState(risk.account_id, "running", key)}
      done={say.resumed}
      label={say.resumeConfirm}
      busyLabel={say.resuming}
      tone="primary"
      onClose={onClose}
    >
      {equity === null ? say.resumeUnknown : say.resumeBody(usd(equity))}
    </Confirm>
  );
}

/** From soft on only a person brings the account back. */
export function GuardStop({ risk }: { risk: RiskView }) {
  const say = words();
  const [asking, setAsking] = useState(false);
  const { stage } = risk.guard;
  if (stage !== "soft" && stage !== "hard") return null;
  const hard = stage === "hard";
  return (
    <>
      <Notice
        icon={hard ? StopIcon : WarningIcon}
        tint={hard ? "down" : "warn"}
        title={hard ? say.hardTitle : say.softTitle}
      >
        {say.stoppedBody}
      </Notice>
      <div class="guard-resume">
        <button type="button" class="button primary" onClick={() => setAsking(true)}>
          {say.resume}
        </button>
      </div>
      {asking && <ResumeSheet risk={risk} onClose={() => setAsking(false)} />}
    </>
  );
}

export function DayLoss({ risk }: { risk: RiskView }) {
  const say = words();
  const most = risk.day_loss_max_usd;
  if (most === null) return null;
  return (
    <div class="card">
      <p class="card-caption">
        {say.day}
        <Num class="hint">{say.dayOf(usd(risk.day_loss_usd), usd(most, "auto", true))}</Num>
      </p>
      <Meter share={forGeometry(risk.day_loss_usd) / forGeometry(most)} label={say.day} />
    </div>
  );
}

export function Locks({ risk }: { risk: RiskView }) {
  const say = words();
  if (risk.locks.length === 0) return null;
  return (
    <Section title={say.locks}>
      <div class="card list">
        {risk.locks.map((lock) => (
          <Cell
            key={`${lock.kind}.${lock.symbol}`}
            icon={ClockIcon}
            tint="warn"
            title={lock.symbol ? <SymbolName symbol={lock.symbol} /> : say.lockAll}
            value={say.until(clock(lock.until, serverNow()))}
            subtitle={say.lockKinds[lock.kind] ?? lock.text}
          />
        ))}
      </div>
    </Section>
  );
}
