// The waiting queue: who is next and why, what a person may change about it, what that led to.
import { Link } from "wouter-preact";
import { useHome } from "../../api/queries";
import { text } from "../../text";
import { ArrowsIcon } from "../../ui/icons";
import { Meter, Segments } from "../../ui/ladder";
import { Loaded, Skeleton } from "../../ui/loaded";
import { Empty } from "../../ui/parts";
import { useQueue, useQueueStory } from "./api";
import { Lately } from "./lately";
import "./queue.css";
import "../../ui/unfold.css";
import { Row } from "./row";
import { words } from "./words";

const SEGMENTS_MAX = 20;

interface SlotsProps {
  readonly taken: number;
  readonly max: number;
  readonly waiting: boolean;
}

/** How full the pool is, and what that means for those who wait. */
function Slots({ taken, max, waiting }: SlotsProps) {
  const say = words();
  const free = max - taken;
  return (
    <div class="card slots">
      <p class="card-caption">
        {say.slots} <span class="hint">{text.home.ofMax(taken, max)}</span>
      </p>
      {max <= SEGMENTS_MAX ? (
        <Segments filled={taken} total={max} />
      ) : (
        <Meter share={taken / max} label={say.slots} />
      )}
      {waiting && <p class="reason">{free > 0 ? say.free(free) : say.full}</p>}
    </div>
  );
}

export function QueueScreen({ account }: { account: string }) {
  const say = words();
  const home = useHome(account).data;
  const story = useQueueStory(account).data?.items ?? [];
  const pool = home && { taken: home.groups_open, max: home.groups_max };
  return (
    <>
      <h1 class="title">{say.title}</h1>
      <Loaded query={useQueue(account)} skeleton={<Skeleton shapes={["row", "card", "card"]} />}>
        {(page) => (
          <>
            {pool && <Slots {...pool} waiting={page.items.length > 0} />}
            {page.items.length === 0 ? (
              <Empty icon={ArrowsIcon} title={say.emptyTitle} body={say.emptyBody}>
                <Link href="/positions" class="button soft">
                  {say.emptyAction}
                </Link>
              </Empty>
            ) : (
              <div class="card list">
                {page.items.map((queued) => (
                  <Row key={queued.signal_id} queued={queued} pool={pool} />
                ))}
              </div>
            )}
          </>
        )}
      </Loaded>
      <Lately events={story} />
    </>
  );
}
