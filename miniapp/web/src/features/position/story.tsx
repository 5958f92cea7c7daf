// The story of a group: every event with its reason, newest first; and its orders.
import { serverNow } from "../../api/clock";
import type { EventView, OrderView } from "../../api/contract";
import { price } from "../../format/number";
import { clock, utc } from "../../format/time";
import { text } from "../../text";
import { Num } from "../../ui/number";

const GOOD: readonly string[] = [
  "leg_filled",
  "tp_hit",
  "group_opened",
  "group_closed",
  "pyramid_added",
];

const dotOf = (event: EventView): string => {
  if (event.severity === "critical") return "down";
  return GOOD.includes(event.kind) ? "up" : "";
};

interface Told {
  readonly event: EventView;
  readonly times: number;
}

/** Newest first; the same sentence several times in a row is told once. */
export function told(events: readonly EventView[]): readonly Told[] {
  const rows: Told[] = [];
  for (const event of [...events].sort((a, b) => b.id - a.id)) {
    const last = rows.at(-1);
    if (last?.event.kind === event.kind && last.event.reason === event.reason) {
      rows[rows.length - 1] = { event: last.event, times: last.times + 1 };
    } else {
      rows.push({ event, times: 1 });
    }
  }
  return rows;
}

export function Story({ events }: { events: readonly EventView[] }) {
  if (events.length === 0) return <p class="card hint padded">{text.group.storyEmpty}</p>;
  return (
    <ol class="card story">
      {told(events).map(({ event, times }) => (
        <li key={event.id} class={dotOf(event)}>
          <span class="story-words">{event.reason}</span>
          <time class="hint" dateTime={event.at} title={utc(event.at)}>
            <Num>{clock(event.at, serverNow())}</Num>
            {times > 1 && ` · ${text.group.times(times)}`}
          </time>
        </li>
      ))}
    </ol>
  );
}

export function Orders({ orders }: { orders: readonly OrderView[] }) {
  return (
    <details class="card fold-card">
      <summary>
        {text.group.orders} <Num class="hint">{String(orders.length)}</Num>
      </summary>
      <ul class="orders">
        {orders.map((order) => (
          <li key={order.id}>
            <span>{text.purpose[order.purpose] ?? order.purpose}</span>
            <Num>{`${price(order.quantity)} @ ${order.price ? price(order.price) : text.offer.market}`}</Num>
            <span class="hint">
              {order.outcome_unknown ? text.group.orderUnknown : (order.refusal ?? order.status)}
            </span>
          </li>
        ))}
      </ul>
    </details>
  );
}
