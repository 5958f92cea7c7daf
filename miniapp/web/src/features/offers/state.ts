// What an offer's card shows and allows, as a pure function of the offer, the tap and the clock.
import type { OfferView } from "../../api/contract";

/** What this person has just tapped on this card. */
export type Tap = "none" | "approving" | "rejecting" | "undoing";

export type CardState =
  | { kind: "ask"; secondsLeft: number }
  | { kind: "busy"; decision: "approve" | "reject" | "undo" }
  | { kind: "undo"; secondsLeft: number; share: number }
  | { kind: "taking" }
  | { kind: "taken"; good: boolean; groupId: string | null; words: string | null }
  | { kind: "closed"; status: "rejected" | "expired" | "withdrawn"; words: string | null };

/** Outcomes without a position that are no refusal: the signal waits for a slot. */
const WAITING: readonly string[] = ["queued", "replaced"];

/** Seconds of the undo window, from decision to effect; 0 when there is none. */
function undoWindow(offer: OfferView): number {
  if (!offer.decided_at || !offer.effective_at) return 0;
  return (Date.parse(offer.effective_at) - Date.parse(offer.decided_at)) / 1000;
}

/** Optimistic: a tap shows at once; the undo window is the server's, `effective_at` ends it. */
export function cardState(offer: OfferView, tap: Tap, now: number): CardState {
  if (tap === "undoing") return { kind: "busy", decision: "undo" };
  if (offer.status === "pending") {
    if (tap === "approving") return { kind: "busy", decision: "approve" };
    if (tap === "rejecting") return { kind: "busy", decision: "reject" };
    const left = (Date.parse(offer.expires_at) - now) / 1000;
    if (left <= 0) return { kind: "closed", status: "expired", words: null };
    return { kind: "ask", secondsLeft: left };
  }
  if (offer.status !== "approved") {
    return { kind: "closed", status: offer.status, words: offer.outcome_text };
  }
  if (offer.outcome_code) {
    const good = offer.group_id !== null || WAITING.includes(offer.outcome_code);
    return { kind: "taken", good, groupId: offer.group_id, words: offer.outcome_text };
  }
  if (offer.taken) return { kind: "taking" };
  const left = offer.effective_at ? (Date.parse(offer.effective_at) - now) / 1000 : 0;
  const whole = undoWindow(offer);
  if (left > 0 && whole > 0) {
    // Never more than the window itself: the two clocks differ by a blink.
    const secondsLeft = Math.min(Math.ceil(left), Math.round(whole));
    return { kind: "undo", secondsLeft, share: Math.min(1, left / whole) };
  }
  return { kind: "taking" };
}

/** Pending offers first by expiry; those decided here stay in their place for a while. */
export function arrange(
  pending: readonly OfferView[],
  kept: readonly OfferView[],
): readonly OfferView[] {
  const keptIds = new Set(kept.map((offer) => offer.id));
  const all = [...pending.filter((offer) => !keptIds.has(offer.id)), ...kept];
  return all.sort(
    (a, b) => Date.parse(a.expires_at) - Date.parse(b.expires_at) || (a.id < b.id ? -1 : 1),
  );
}
