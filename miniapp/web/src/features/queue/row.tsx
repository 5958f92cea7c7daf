// One waiting signal: its rank in a line, the figures behind it, and what may be done with it.
import { useState } from "preact/hooks";
import { now } from "../../api/clock";
import type { QueueView } from "../../api/contract";
import { dec } from "../../format/decimal";
import { integer, percent, price, usd } from "../../format/number";
import { span, timeframe } from "../../format/time";
import { Confirm } from "../../ui/confirm";
import { type Fact, Facts } from "../../ui/facts";
import { WarningIcon } from "../../ui/icons";
import { Num } from "../../ui/number";
import { Avatar, SideTag, SymbolName } from "../../ui/parts";
import { Sheet, Slide } from "../../ui/sheet";
import { useAction } from "../../ui/useAction";
import { forceIn, promote, removeQueued } from "./api";
import { words } from "./words";

export interface Pool {
  readonly taken: number;
  readonly max: number;
}

const waited = (queued: QueueView): string =>
  span((now.value - Date.parse(queued.queued_at)) / 1000);

const lost = (queued: QueueView): boolean =>
  queued.current_loss_percent !== null && dec(queued.current_loss_percent).digits > 0n;

/** Why it stands where it stands, in the order the rules are usually asked. */
export function explained(queued: QueueView): string {
  const say = words();
  const loss = queued.current_loss_percent;
  const away = queued.side === "long" ? say.below : say.above;
  const parts = [
    queued.continues && say.continues,
    loss !== null && lost(queued) && away(percent(loss, "auto", 1)),
    queued.replacement_count > 0 && say.replaced(queued.replacement_count),
    say.waiting(waited(queued)),
  ]
    .filter(Boolean)
    .join(", ");
  return parts.charAt(0).toLocaleUpperCase() + parts.slice(1);
}

function Figures({ queued }: { queued: QueueView }) {
  const say = words();
  const loss = queued.current_loss_percent;
  const facts: Fact[] = [
    [say.entry, queued.entry_price ? price(queued.entry_price) : say.market],
    [say.loss, loss && percent(loss), lost(queued) ? "down" : undefined],
    [say.expected, usd(queued.expected_profit_usd, "auto", true)],
    [say.replacements, integer(queued.replacement_count)],
    [say.since, waited(queued)],
    [say.expires, span((Date.parse(queued.expires_at) - now.value) / 1000)],
  ];
  return <Facts of={facts} />;
}

function ForceSheet(props: { queued: QueueView; pool: Pool; onClose: () => void }) {
  const { queued, pool, onClose } = props;
  const say = words();
  const force = useAction((key) => forceIn(queued.signal_id, key), say.forced);
  return (
    <Sheet title={say.forceTitle(queued.symbol)} onClose={() => force.busy || onClose()}>
      <p class="sheet-body">{say.forceBody(pool.taken, pool.max)}</p>
      <Slide
        label={force.busy ? say.forcing : say.forceSlide}
        busy={force.busy}
        onConfirm={() => void force.run().then(onClose)}
      />
    </Sheet>
  );
}

function RemoveSheet({ queued, onClose }: { queued: QueueView; onClose: () => void }) {
  const say = words();
  return (
    <Confirm
      title={say.removeTitle(queued.symbol)}
      command={(key) => removeQueued(queued.signal_id, key)}
      done={say.removed}
      label={say.remove}
      busyLabel={say.removing}
      onClose={onClose}
    >
      {say.removeBody}
    </Confirm>
  );
}

function Actions({ queued, pool }: { queued: QueueView; pool: Pool | undefined }) {
  const say = words();
  const [asking, setAsking] = useState<"force" | "remove" | undefined>(undefined);
  const up = useAction((key) => promote(queued.signal_id, key), say.promoted);
  const close = (): void => setAsking(undefined);
  return (
    <>
      <div class="actions">
        <button
          type="button"
          class="button reject"
          disabled={up.busy}
          onClick={() => setAsking("remove")}
        >
          {say.remove}
        </button>
        {queued.forcible ? (
          <button type="button" class="button soft" onClick={() => setAsking("force")}>
            {say.force}
          </button>
        ) : (
          <button
            type="button"
            class="button soft"
            disabled={up.busy || queued.blocked_code !== null}
            onClick={() => void up.run()}
          >
            {say.promote}
          </button>
        )}
      </div>
      {asking === "force" && pool && <ForceSheet queued={queued} pool={pool} onClose={close} />}
      {asking === "remove" && <RemoveSheet queued={queued} onClose={close} />}
    </>
  );
}

export function Row({ queued, pool }: { queued: QueueView; pool: Pool | undefined }) {
  const say = words();
  const [first] = useState(queued.rank === 1); // Who moves up later does not open by itself.
  return (
    <details class="unfold" open={first}>
      <summary>
        <Avatar symbol={queued.symbol} />
        <span class="unfold-body">
          <span class="card-name">
            <SymbolName symbol={queued.symbol} />
            <SideTag side={queued.side} />
            <Num class="hint">{timeframe(queued.timeframe)}</Num>
          </span>
          <span class="unfold-why">{explained(queued)}</span>
        </span>
        <Num class="queued-rank">{integer(queued.rank)}</Num>
        <span class="sr-only">{say.rank(queued.rank, queued.of)}</span>
      </summary>
      <div class="unfold-inside">
        <Figures queued={queued} />
        {queued.blocked_text && !queued.forcible && (
          <p class="blocked">
            <WarningIcon size={18} />
            {queued.blocked_text}
          </p>
        )}
        <Actions queued={queued} pool={pool} />
      </div>
    </details>
  );
}
