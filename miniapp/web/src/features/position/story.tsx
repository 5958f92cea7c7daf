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

export function Story({ events }: { events: readonly EventView[] }) {
  if (events.length === 0) return <p class="card hint padded">{text.group.storyEmpty}</p>;
  const newest = [...events].sort((a, b) => b.id - a.id);
  return (
    <ol class="card story">
      {newest.map((event) => (
        <li key={event.id} class={dotOf(event)}>
          <span class="story-words">{event.reason}</span>
          <time class="hint" dateTime={event.at} title={utc(event.at)}>
            <Num>{clock(event.at, serverNow())}</Num>
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
