// Exchange accounts: where each trades, what may be shown of its keys, and the ways to change that.
import { useState } from "preact/hooks";
import { serverNow } from "../../api/clock";
import type { KeysView } from "../../api/contract";
import { useAccounts } from "../../api/queries";
import { integer } from "../../format/number";
import { ago } from "../../format/time";
import { venueName } from "../../format/venue";
import { WalletIcon } from "../../ui/icons";
import { Loaded, Skeleton } from "../../ui/loaded";
import { Num } from "../../ui/number";
import { Empty, Section } from "../../ui/parts";
import { AddSheet } from "./add";
import { revokeAllKeys, revokeKeys, useSeats } from "./api";
import { EnterSheet, type Target } from "./enter";
import { RevokeSheet } from "./revoke";
import { words } from "./words";

function KeyFacts({ seat }: { seat: KeysView }) {
  const say = words();
  if (seat.key === null) {
    const when = seat.revoked_at && ago(seat.revoked_at, serverNow());
    return <p class="blocked">{when ? say.revokedAt(when) : say.noKeys}</p>;
  }
  return (
    <>
      <dl class="facts">
        <div class="fact">
          <dt>{say.key}</dt>
          <dd>
            <Num>{seat.key}</Num>
          </dd>
        </div>
        {seat.checked_at && (
          <div class="fact">
            <dt>{say.checked}</dt>
            <dd>{ago(seat.checked_at, serverNow())}</dd>
          </div>
        )}
        {seat.position_mode && seat.market === "linear" && (
          <div class="fact">
            <dt>{say.mode}</dt>
            <dd>{say.modes[seat.position_mode]}</dd>
          </div>
        )}
      </dl>
      {seat.permissions.length > 0 && (
        <details class="fold">
          <summary>{`${say.permissions} · ${integer(seat.permissions.length)}`}</summary>
          <ul class="rights">
            {seat.permissions.map((one) => (
              <li key={one} dir="ltr">
                {one}
              </li>
            ))}
          </ul>
        </details>
      )}
    </>
  );
}

interface SeatProps {
  readonly seat: KeysView;
  readonly label: string;
  readonly onEnter: () => void;
}

function Seat({ seat, label, onEnter }: SeatProps) {
  const say = words();
  const [revoking, setRevoking] = useState(false);
  return (
    <article class="card">
      <header class="card-head">
        <div class="card-names">
          <h2 class="card-name symbol">{label}</h2>
          <p class="hint">{`${venueName(seat.venue)} · ${say.market[seat.market]}`}</p>
        </div>
        <span class={seat.test_net ? "tag quiet" : "tag accent"}>{say.net(seat.test_net)}</span>
      </header>
      <KeyFacts seat={seat} />
      <div class="actions">
        {seat.key !== null && (
          <button type="button" class="button reject" onClick={() => setRevoking(true)}>
            {say.revoke}
          </button>
        )}
        <button type="button" class="button soft" onClick={onEnter}>
          {seat.key === null ? say.enter : say.replace}
        </button>
      </div>
      {revoking && (
        <RevokeSheet
          title={say.revokeTitle(label)}
          body={say.revokeBody}
          command={(key) => revokeKeys(seat.account_id, key)}
          onClose={() => setRevoking(false)}
        />
      )}
    </article>
  );
}

function RevokeAll({ labels }: { labels: readonly string[] }) {
  const say = words();
  const [asking, setAsking] = useState(false);
  return (
    <Section>
      <div class="card">
        <p class="hint">{say.revokeAllHint}</p>
        <div class="actions">
          <button type="button" class="button reject" onClick={() => setAsking(true)}>
            {say.revokeAll}
          </button>
        </div>
      </div>
      {asking && (
        <RevokeSheet
          title={say.revokeAllTitle}
          body={say.revokeAllBody(labels.join(", "))}
          command={revokeAllKeys}
          onClose={() => setAsking(false)}
        />
      )}
    </Section>
  );
}

interface SeatsProps {
  readonly seats: readonly KeysView[];
  readonly onAdd: () => void;
  readonly onEnter: (target: Target) => void;
}

function Seats({ seats, onAdd, onEnter }: SeatsProps) {
  const say = words();
  const accounts = useAccounts().data?.items ?? [];
  const labelOf = (seat: KeysView): string =>
    accounts.find((one) => one.id === seat.account_id)?.label ?? venueName(seat.venue);
  const age = (seat: KeysView): number => accounts.findIndex((one) => one.id === seat.account_id);
  const ordered = [...seats].sort((one, other) => age(one) - age(other)); // Oldest first, as named.
  const withKeys = ordered.filter((seat) => seat.key !== null);
  const add = (
    <button type="button" class="button primary" onClick={onAdd}>
      {say.add}
    </button>
  );
  if (seats.length === 0) {
    return (
      <Empty icon={WalletIcon} title={say.emptyTitle} body={say.emptyBody}>
        {add}
      </Empty>
    );
  }
  return (
    <>
      <p class="hint lead under-title">{say.intro}</p>
      {ordered.map((seat) => {
        const { account_id: account, venue, test_net: test } = seat;
        const label = labelOf(seat);
        const enter = (): void => onEnter({ account, label, venue, test });
        return <Seat key={account} seat={seat} label={label} onEnter={enter} />;
      })}
      {withKeys.length > 0 && <RevokeAll labels={withKeys.map(labelOf)} />}
      <div class="bottom-action">{add}</div>
    </>
  );
}

export function ExchangesScreen() {
  const [adding, setAdding] = useState(false);
  const [target, setTarget] = useState<Target | undefined>(undefined);
  return (
    <>
      <h1 class="title">{words().title}</h1>
      <Loaded query={useSeats()} skeleton={<Skeleton shapes={["card", "card"]} />}>
        {(page) => <Seats seats={page.items} onAdd={() => setAdding(true)} onEnter={setTarget} />}
      </Loaded>
      {adding && (
        <AddSheet
          onClose={() => setAdding(false)}
          onAdded={({ id, label, venue }, test) => {
            setAdding(false);
            setTarget({ account: id, label, venue, test }); // The next step, at once.
          }}
        />
      )}
      {target && <EnterSheet target={target} onClose={() => setTarget(undefined)} />}
    </>
  );
}
