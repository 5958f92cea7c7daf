// Decisions taken on this page: they stay visible through their undo window and its outcome.
import { signal } from "@preact/signals";
import { useQueryClient } from "@tanstack/preact-query";
import { useEffect, useRef, useState } from "preact/hooks";
import { newKey } from "../../api/client";
import { now, serverNow } from "../../api/clock";
import type { OfferView } from "../../api/contract";
import { ApiError } from "../../api/errors";
import { decideOffer, keys, undoOffer, useOffer } from "../../api/queries";
import { confirmClosing } from "../../telegram/bridge";
import { haptic } from "../../telegram/haptics";
import { text } from "../../text";
import { failed } from "../../ui/toast";
import { type CardState, cardState, type Tap } from "./state";

const KEPT_MS = 20_000; // After the undo window: the outcome, and time to read it.

interface Kept {
  readonly offer: OfferView;
  readonly until: number;
}

const CONSENT_KEY = "countersign.consented";

/** Whether an approval was made on this device before; until then the card says what it accepts. */
export const consented = signal(readConsent());

function readConsent(): boolean {
  try {
    return localStorage.getItem(CONSENT_KEY) === "yes";
  } catch {
    return false; // Saying it once more does no harm.
  }
}

function rememberConsent(): void {
  consented.value = true;
  try {
    localStorage.setItem(CONSENT_KEY, "yes");
  } catch {
    // Then the sentence comes back on the next visit.
  }
}

const kept = signal<ReadonlyMap<string, Kept>>(new Map());
const taps = signal<ReadonlyMap<string, Tap>>(new Map());

/** Offers touched here a moment ago; a list shows them even when the server's no longer does. */
export const keptOffers = (account: string): OfferView[] =>
  [...kept.value.values()]
    .filter((one) => one.until > now.value && one.offer.account_id === account)
    .map((one) => one.offer);

function keep(offer: OfferView): void {
  const time = serverNow();
  const end = offer.effective_at ? Date.parse(offer.effective_at) : time;
  const next = new Map([...kept.value].filter(([, one]) => one.until > time));
  next.set(offer.id, { offer, until: Math.max(end, time) + KEPT_MS });
  kept.value = next;
}

function tapped(id: string, tap: Tap): void {
  const next = new Map(taps.value);
  if (tap === "none") next.delete(id);
  else next.set(id, tap);
  taps.value = next;
}

export interface Card {
  readonly offer: OfferView;
  readonly state: CardState;
  readonly decide: (decision: "approve" | "reject") => void;
  readonly undo: () => void;
}

/** Stores answers where every copy of the card reads them. */
function useStore(): (offer: OfferView) => Promise<void> {
  const client = useQueryClient();
  return async (offer) => {
    await client.cancelQueries({ queryKey: keys.offer(offer.id) });
    client.setQueryData(keys.offer(offer.id), offer);
    keep(offer);
    for (const queryKey of [["offers"], ["home"], ["groups"]]) {
      void client.invalidateQueries({ queryKey });
    }
  };
}

/** A card's offer, state and actions. `given` is the list's copy; one touched here is re-read. */
export function useCard(given: OfferView): Card {
  const isKept = kept.value.has(given.id);
  const [undecided, setUndecided] = useState(false);
  const { data, refetch } = useOffer(given.id, isKept, undecided);
  const offer = isKept && data ? data : given;
  const state = cardState(offer, taps.value.get(offer.id) ?? "none", now.value);
  const intention = useRef({ of: "", key: "" });
  const store = useStore();

  /** The outcome is not ours: read it and show what it is. */
  const reread = async (): Promise<void> => {
    const { data: read } = await refetch();
    if (read) await store(read);
  };

  const decide = async (decision: "approve" | "reject"): Promise<void> => {
    haptic.press();
    tapped(offer.id, decision === "approve" ? "approving" : "rejecting");
    // A retry of the same wish carries the same key, so it can never count twice.
    const of = `${offer.id}.${offer.version}.${decision}`;
    if (intention.current.of !== of) intention.current = { of, key: newKey() };
    try {
      await store(await decideOffer(offer, decision, intention.current.key));
      if (decision === "approve") {
        haptic.success();
        rememberConsent();
      } else {
        haptic.warning();
      }
    } catch (error) {
      const lost = error instanceof ApiError && (error.status === 409 || error.status === 410);
      failed(error);
      if (lost) await reread();
    } finally {
      tapped(offer.id, "none");
    }
  };

  const undo = async (): Promise<void> => {
    tapped(offer.id, "undoing");
    try {
      await store(await undoOffer(offer.id));
      intention.current = { of: "", key: "" };
      haptic.tick();
    } catch (error) {
      const late = error instanceof ApiError && error.status === 409;
      failed(late ? new ApiError({ ...error.problem, detail: text.offer.tooLate }) : error);
      await reread();
    } finally {
      tapped(offer.id, "none");
    }
  };

  useEffect(() => {
    // The window is over: ask what became of it until there is an answer, the stream may be down.
    setUndecided(state.kind === "taking");
    if (state.kind === "taking") void refetch();
  }, [state.kind, refetch]);
  useEffect(() => {
    if (state.kind !== "undo") return;
    confirmClosing(true);
    return () => confirmClosing(false);
  }, [state.kind]);

  return { offer, state, decide: (what) => void decide(what), undo: () => void undo() };
}
