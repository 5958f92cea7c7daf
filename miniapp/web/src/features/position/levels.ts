// The prices of a group that belong on its chart, fewest first, without repeats.
import type { GroupDetail, LegView } from "../../api/contract";
import { text } from "../../text";

export interface Level {
  readonly kind: "average" | "leg" | "filled" | "target" | "stop";
  readonly price: string;
  readonly title: string;
  /** Whether the axis shows its number; many labels would cover each other. */
  readonly labelled: boolean;
}

const ALIVE: readonly string[] = ["pending", "open", "partially_filled"];

function legLevel(leg: LegView): Level | undefined {
  const title = text.leg.name(leg.index + 1);
  if (leg.avg_fill_price && !leg.tp_hit) {
    return { kind: "filled", price: leg.avg_fill_price, title, labelled: false };
  }
  if (!ALIVE.includes(leg.status)) return undefined;
  return { kind: "leg", price: leg.price, title, labelled: false };
}

/** Average, next target and stop are labelled; legs are lines. */
export function levelsOf({ group, pyramids, stop }: GroupDetail): readonly Level[] {
  const levels: Level[] = [];
  if (group.weighted_avg_price) {
    const title = text.group.avg;
    levels.push({ kind: "average", price: group.weighted_avg_price, title, labelled: true });
  }
  if (group.next_tp_price) {
    const title = text.offer.target;
    levels.push({ kind: "target", price: group.next_tp_price, title, labelled: true });
  }
  if (stop) {
    levels.push({ kind: "stop", price: stop.price, title: text.offer.stop, labelled: true });
  }
  for (const leg of pyramids.flatMap((pyramid) => pyramid.legs)) {
    const level = legLevel(leg);
    if (level) levels.push(level);
  }
  const seen = new Set<string>();
  return levels.filter((level) => {
    const known = seen.has(level.price);
    seen.add(level.price);
    return !known;
  });
}
