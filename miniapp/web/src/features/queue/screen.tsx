// The waiting queue: who is next and why, and a person's two ways to change that.
import { serverNow } from "../../api/clock";
import type { QueueView } from "../../api/contract";
import { promote, removeQueued, useQueue } from "../../api/queries";
import { price } from "../../format/number";
import { clock, timeframe } from "../../format/time";
import { text } from "../../text";
import { ArrowsIcon } from "../../ui/icons";
import { Loaded, Skeleton } from "../../ui/loaded";
import { Num } from "../../ui/number";
import { Avatar, Empty, SideTag, SymbolName } from "../../ui/parts";
import { useAction } from "../../ui/useAction";

function Row({ queued }: { queued: QueueView }) {
  const up = useAction((key) => promote(queued.signal_id, key), text.queue.promoted);
  const out = useAction((key) => removeQueued(queued.signal_id, key), text.queue.removed);
  const busy = up.busy || out.busy;
  return (
    <article class="card">
      <header class="card-head">
        <Avatar symbol={queued.symbol} />
        <div class="card-names">
          <div class="card-name">
            <SymbolName symbol={queued.symbol} />
            <SideTag side={queued.side} />
          </div>
          <div class="hint">
            <Num>{timeframe(queued.timeframe)}</Num>
            {queued.entry_price && (
              <>
                {` · ${text.queue.entry} `}
                <Num>{price(queued.entry_price)}</Num>
              </>
            )}
            {` · ${text.queue.expires(clock(queued.expires_at, serverNow()))}`}
          </div>
        </div>
        <Num class="rank">{`${queued.rank}`}</Num>
      </header>
      <p class="reason">{queued.explanation}</p>
      <div class="actions">
        <button type="button" class="button reject" disabled={busy} onClick={() => void out.run()}>
          {text.queue.remove}
        </button>
        <button type="button" class="button soft" disabled={busy} onClick={() => void up.run()}>
          {text.queue.promote}
        </button>
      </div>
    </article>
  );
}

export function QueueScreen({ account }: { account: string }) {
  return (
    <>
      <h1 class="title">{text.queue.title}</h1>
      <Loaded query={useQueue(account)} skeleton={<Skeleton shapes={["card", "card"]} />}>
        {(page) =>
          page.items.length === 0 ? (
            <Empty icon={ArrowsIcon} title={text.queue.emptyTitle} body={text.queue.emptyBody} />
          ) : (
            page.items.map((queued) => <Row key={queued.signal_id} queued={queued} />)
          )
        }
      </Loaded>
    </>
  );
}
