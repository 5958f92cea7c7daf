// The badge that says how old the prices are.
import type { Freshness } from "../api/freshness";
import { span } from "../format/time";
import { text } from "../text";

function words(fresh: Freshness): string {
  if (fresh.kind === "none" || fresh.age === undefined) return text.freshness.none;
  if (fresh.kind === "live") return text.freshness.live;
  return text.freshness.old(span(fresh.age));
}

export const FreshnessBadge = ({ fresh }: { fresh: Freshness }) => (
  <span class={`freshness ${fresh.kind}`}>
    <span class="freshness-dot" aria-hidden="true" />
    {words(fresh)}
  </span>
);
