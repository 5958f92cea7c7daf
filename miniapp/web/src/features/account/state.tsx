// Pause, resume, halt; and the emergency close with what became of it.
import { useState } from "preact/hooks";
import { serverNow } from "../../api/clock";
import type { AccountView, GroupView, HomeView } from "../../api/contract";
import { setState, useGroups } from "../../api/queries";
import { text } from "../../text";
import { Confirm } from "../../ui/confirm";
import { CheckIcon, PauseIcon, PlayIcon, StopIcon, WarningIcon } from "../../ui/icons";
import { Pnl } from "../../ui/number";
import { Cell, Section, SymbolName } from "../../ui/parts";
import { useAction } from "../../ui/useAction";
import { EmergencySheet } from "./emergency";
import { words } from "./words";

const LOOKS = {
  running: { icon: PlayIcon, tint: "up" },
  paused: { icon: PauseIcon, tint: "warn" },
  halted: { icon: StopIcon, tint: "down" },
} as const;

function HaltSheet({ account, onClose }: { account: string; onClose: () => void }) {
  const say = words();
  return (
    <Confirm
      title={say.haltTitle}
      command={(key) => setState(account, "halted", key)}
      done={say.halted}
      label={say.haltConfirm}
      busyLabel={say.halting}
      onClose={onClose}
    >
      {say.haltBody}
    </Confirm>
  );
}

export function State({ account }: { account: AccountView }) {
  const say = words();
  const [asking, setAsking] = useState(false);
  const { state } = account;
  const next = state === "running" ? "paused" : "running";
  const toggle = useAction((key) => setState(account.id, next, key), say[next]);
  const look = LOOKS[state];
  return (
    <Section title={say.state}>
      <div class="card">
        <Cell
          icon={look.icon}
          tint={look.tint}
          title={text.state[state]}
          subtitle={account.halt_reason ?? say.stateBody[state]}
        />
        <div class="actions">
          <button
            type="button"
            class="button soft"
            disabled={toggle.busy}
            onClick={() => void toggle.run()}
          >
            {state === "running" ? say.pause : say.resume}
          </button>
          {state !== "halted" && (
            <button type="button" class="button reject" onClick={() => setAsking(true)}>
              {say.halt}
            </button>
          )}
        </div>
      </div>
      {asking && <HaltSheet account={account.id} onClose={() => setAsking(false)} />}
    </Section>
  );
}

const RECENT_MS = 60 * 60 * 1000;
const ofEmergency = (group: GroupView): boolean => group.exit_reason === "emergency";

/** What is closed, what is not yet: read from the positions themselves, so it stays true. */
export function Report({ account }: { account: string }) {
  const say = words();
  const open = useGroups(account, "open").data?.items ?? [];
  const ended = useGroups(account, "closed").data?.items ?? [];
  const closing = open.filter(ofEmergency);
  const since = serverNow() - RECENT_MS;
  const closed = ended.filter(
    (group) => ofEmergency(group) && Date.parse(group.closed_at ?? "") > since,
  );
  if (closing.length + closed.length === 0) return null;
  return (
    <div class="card list" role="status" aria-label={say.report}>
      <Cell
        icon={closing.length > 0 ? WarningIcon : CheckIcon}
        tint={closing.length > 0 ? "warn" : "up"}
        title={closing.length > 0 ? say.closing(closing.length) : say.allClosed}
        subtitle={closing.length > 0 ? say.closingBody : say.closedCount(closed.length)}
      />
      {[...closing, ...closed].map((group) => (
        <Cell
          key={group.id}
          title={<SymbolName symbol={group.symbol} />}
          subtitle={text.group.status[group.status]}
          value={<Pnl usdValue={group.realized_pnl_usd} />}
          href={`/positions/${group.id}`}
        />
      ))}
    </div>
  );
}

export function Emergency({ home }: { home: HomeView }) {
  const say = words();
  const [asking, setAsking] = useState(false);
  return (
    <Section title={say.emergency}>
      <div class="card">
        <p class="hint">{say.emergencyHint}</p>
        <div class="actions">
          <button type="button" class="button danger" onClick={() => setAsking(true)}>
            {say.closeAll}
          </button>
        </div>
      </div>
      <Report account={home.account.id} />
      {asking && <EmergencySheet home={home} onClose={() => setAsking(false)} />}
    </Section>
  );
}
