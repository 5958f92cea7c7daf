// One offer: what it would do, how long it stands, and the two buttons.
import { useLayoutEffect, useRef } from "preact/hooks";
import { Link } from "wouter-preact";
import { serverNow } from "../../api/clock";
import type { OfferView } from "../../api/contract";
import type { Freshness } from "../../api/freshness";
import { tooOld } from "../../api/freshness";
import { finest } from "../../format/decimal";
import { percent, price, usd } from "../../format/number";
import { clock, countdown, span, timeframe } from "../../format/time";
import { text } from "../../text";
import { CheckIcon, ClockIcon, CrossIcon, UndoIcon, WarningIcon } from "../../ui/icons";
import { PlannedLadder } from "../../ui/ladder";
import { Num } from "../../ui/number";
import { Avatar, SideTag, SymbolName } from "../../ui/parts";
import { consented, useCard } from "./decisions";
import type { CardState } from "./state";

const HURRY_SECONDS = 60;

function Countdown({ seconds }: { seconds: number }) {
  const left = countdown(seconds);
  return (
    <span
      class={seconds < HURRY_SECONDS ? "countdown hurry" : "countdown"}
      role="timer"
      aria-label={text.offer.expiresIn(left)}
    >
      <ClockIcon size={15} />
      <Num>{left}</Num>
    </span>
  );
}

interface FactProps {
  readonly name: string;
  readonly value: string;
  readonly note?: string;
}

const Fact = ({ name, value, note }: FactProps) => (
  <div class="fact">
    <dt>{name}</dt>
    <dd>
      <Num>{value}</Num>
      {note && <Num class="fact-note">{note}</Num>}
    </dd>
  </div>
);

function Facts({ offer }: { offer: OfferView }) {
  const entry = offer.entry_price ?? offer.legs[0]?.price ?? offer.market_price;
  const fine = finest(entry, ...offer.legs.map((leg) => leg.price));
  return (
    <dl class="facts">
      <Fact name={text.offer.entry} value={entry ? price(entry, fine) : text.offer.market} />
      {offer.target_price && (
        <Fact name={text.offer.target} value={price(offer.target_price, fine)} />
      )}
      {offer.stop_price && <Fact name={text.offer.stop} value={price(offer.stop_price, fine)} />}
      {!offer.stop_price && offer.average_if_filled && (
        <Fact name={text.offer.average} value={price(offer.average_if_filled, fine)} />
      )}
      <Fact name={text.offer.capital} value={usd(offer.capital_usd, "auto", true)} />
      <Fact name={text.offer.ofCapital} value={percent(offer.capital_percent)} />
      <Fact name={text.offer.exposure} value={usd(offer.exposure_after_usd, "auto", true)} />
    </dl>
  );
}

/** The bar that runs out while an approval can still be undone. */
function UndoBar({ share }: { share: number }) {
  const ref = useRef<HTMLSpanElement>(null);
  useLayoutEffect(() => {
    ref.current?.style.setProperty("--share", String(share));
  }, [share]);
  return (
    <span class="undo-bar" aria-hidden="true">
      <span ref={ref} />
    </span>
  );
}

function outcomeTitle(offer: OfferView, state: CardState): string {
  if (state.kind === "taking") return text.offer.taking;
  if (state.kind === "taken") return state.good ? text.offer.taken : text.offer.notTaken;
  if (state.kind === "closed") return text.offer[state.status];
  return text.offer.statusWord[offer.status] ?? offer.status;
}

/** Who decided, where and when: the loser of a race reads it here. */
function DecidedBy({ offer }: { offer: OfferView }) {
  if (!offer.decided_at || !offer.decided_channel || offer.status === "pending") return null;
  return (
    <span class="hint">
      {text.offer.decidedElsewhere(
        text.offer.statusWord[offer.status] ?? offer.status,
        text.offer.channel[offer.decided_channel] ?? "",
        clock(offer.decided_at, serverNow()),
      )}
    </span>
  );
}

interface ActionsProps {
  readonly state: CardState;
  readonly offer: OfferView;
  readonly blocked: boolean;
  readonly decide: (decision: "approve" | "reject") => void;
  readonly undo: () => void;
}

/** One row of one height in every state, so that nothing moves under the thumb. */
function Actions({ state, offer, blocked, decide, undo }: ActionsProps) {
  if (state.kind === "ask" || state.kind === "busy") {
    const busy = state.kind === "busy" ? state.decision : undefined;
    return (
      <div class="actions">
        <button
          type="button"
          class="button reject"
          disabled={busy !== undefined}
          onClick={() => decide("reject")}
        >
          {busy === "reject" ? text.offer.rejecting : text.offer.reject}
        </button>
        <button
          type="button"
          class="button primary wide"
          disabled={busy !== undefined || blocked}
          onClick={() => decide("approve")}
        >
          {busy === "approve" ? text.offer.approving : text.offer.approve}
        </button>
      </div>
    );
  }
  if (state.kind === "undo") {
    // Undo stands where Reject stood: a double tap on Approve cannot hit it.
    return (
      <div class="actions">
        <button type="button" class="button soft" onClick={undo}>
          <UndoIcon size={20} />
          {text.offer.undo}
        </button>
        <span class="outcome up wide" role="status">
          <span class="outcome-line">
            <CheckIcon size={18} />
            {text.offer.statusWord.approved}
          </span>
          <span class="hint">{text.offer.goesOut(state.secondsLeft)}</span>
          <UndoBar share={state.share} />
        </span>
      </div>
    );
  }
  const good = state.kind === "taking" || (state.kind === "taken" && state.good);
  const groupId = state.kind === "taken" ? state.groupId : null;
  return (
    <div class="actions">
      <span class={good ? "outcome up wide" : "outcome wide"} role="status">
        <span class="outcome-line">
          {good ? <CheckIcon size={18} /> : <CrossIcon size={18} />}
          {outcomeTitle(offer, state)}
        </span>
        {"words" in state && state.words && <span class="hint">{state.words}</span>}
        <DecidedBy offer={offer} />
      </span>
      {groupId && (
        <Link
          href={`/positions/${groupId}`}
          class="button soft narrow"
          aria-label={text.offer.openPosition}
        >
          {text.offer.open}
        </Link>
      )}
    </div>
  );
}

interface CardProps {
  readonly offer: OfferView;
  readonly fresh: Freshness;
  /** On Home the ladder is folded, so that the buttons stay above the fold. */
  readonly folded?: boolean;
}

export function OfferCard({ offer: given, fresh, folded = false }: CardProps) {
  const { offer, state, decide, undo } = useCard(given);
  const old = tooOld(fresh);
  const asking = state.kind === "ask";
  return (
    <article class={`card offer ${state.kind}`} aria-label={`${offer.symbol} ${offer.side}`}>
      <header class="card-head">
        <Avatar symbol={offer.symbol} />
        <div class="card-names">
          <div class="card-name">
            <SymbolName symbol={offer.symbol} />
            <SideTag side={offer.side} />
          </div>
          <div class="hint">
            <Num>{timeframe(offer.timeframe)}</Num> ·{" "}
            {text.offer.step(offer.pyramid_step, offer.max_pyramids)}
          </div>
        </div>
        {asking && <Countdown seconds={state.secondsLeft} />}
      </header>
      <Facts offer={offer} />
      {offer.legs.length > 0 && (
        <details class="fold" open={!folded}>
          <summary>{text.offer.ladder(offer.legs.length)}</summary>
          <PlannedLadder legs={offer.legs} />
        </details>
      )}
      {(offer.reason || offer.place_text) && (
        <p class="reason">
          {[offer.reason, offer.place_text].filter(Boolean).map((words) => (
            <span key={words}>{words}</span>
          ))}
        </p>
      )}
      {asking && old && (
        <p class="blocked">
          <WarningIcon size={18} />
          {fresh.age === undefined
            ? text.freshness.blockedNone
            : text.freshness.blocked(span(fresh.age))}
        </p>
      )}
      <Actions state={state} offer={offer} blocked={old} decide={decide} undo={undo} />
      {asking && !consented.value && <p class="consent">{text.offer.consent}</p>}
    </article>
  );
}
