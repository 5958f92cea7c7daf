"""What one accepted alert leads to: its receipt's words, what it withdraws, its offer, its facts.

Pure: what was read of account and market comes in, what is to be written comes out.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from engine.domain.events import SignalReceived
from engine.domain.ids import derived_id
from engine.domain.signal import Signal
from engine.domain.words import Intent
from engine.offers.offer import Offer, Withdrawal
from engine.offers.quoting import Quoted
from engine.offers.words import POLICY, Kind, Status
from engine.signals.receipts import ACTING, Accepted, Leaving, Verdict
from engine.store.port import InboxEntry

WHOLE: Final = Decimal(1)
ON_ITS_WAY: Final = "Approved: on its way to the account."
_REPLACED: Final = ("replaced", "A newer alert of the same position took its place.")
_OVERTAKEN: Final = "The strategy left this position before its entry was acted on."
_EXITED: Final = ("exited", "The strategy left this position before the offer took effect.")
_STALE: Final = "The entry waited {} s to be acted on, this hook takes at most {} s."
_BROKEN: Final = "This alert could not be acted on; the log has the details under {}."


@dataclass(frozen=True, slots=True)
class Acted:
    """Everything to be written for one alert, together or not at all.

    ``inbox_key`` names the fact whose outcome the receipt waits for; ``leaving`` is the other half
    of a reverse, and with ``entry_later`` it is its entry that still waits; ``kinds`` is what has
    happened to the offer so far.
    """

    accepted: Accepted
    verdict: Verdict
    inbox_key: str | None = None
    leaving: Leaving | None = None
    withdrawals: tuple[Withdrawal, ...] = ()
    offer: Offer | None = None
    kinds: tuple[Kind, ...] = ()
    facts: tuple[InboxEntry, ...] = ()
    entry_later: bool = False

    @property
    def leaves(self) -> str | None:
        """The side that it leaves, or None; what was set aside leaves nothing."""
        signal = exit_half(self.accepted.signal)
        return signal.side.value if self.facts and signal.intent is Intent.EXIT else None


def act(accepted: Accepted, quoted: Quoted | None, now: datetime) -> Acted:
    """Exits and reduces go straight to the account; an entry becomes the offer ``quoted``."""
    signal = accepted.signal
    acted = Acted(accepted, Verdict(ACTING, "", final=False))
    if signal.intent is not Intent.ENTER:
        acted = _reduce_risk(accepted)
    entry = entry_half(signal)
    if entry is None or quoted is None:
        return acted
    return _put(_half(acted), entry, quoted, now)


def act_without_entry(accepted: Accepted) -> Acted | None:
    """What reduces risk does not wait for what cannot be quoted; a plain entry does (None)."""
    if accepted.signal.intent is Intent.ENTER:
        return None
    return replace(_reduce_risk(accepted), entry_later=True)


def set_aside(accepted: Accepted) -> Acted:
    """An alert that breaks our own rules: only its receipt tells."""
    text = _BROKEN.format(accepted.receipt_id)
    return Acted(accepted, Verdict("not_acted", text, refused=True))


def entry_set_aside(accepted: Accepted) -> Acted:
    """An alert whose entry breaks our own rules: of a reverse, the half that leaves acts."""
    return _without_entry(accepted, set_aside(accepted).verdict)


def stale(accepted: Accepted, now: datetime) -> Acted:
    """An entry that waited longer than its hook takes alerts for: what is left of it acts."""
    waited = int((now - accepted.received_at).total_seconds())
    most = int((accepted.stale_after - accepted.received_at).total_seconds())
    text = _STALE.format(waited, most)
    return _without_entry(accepted, Verdict("stale", text, refused=True))


def _without_entry(accepted: Accepted, verdict: Verdict) -> Acted:
    """The verdict is the entry's; of a reverse, the half that leaves acts."""
    if accepted.signal.intent is not Intent.REVERSE:
        return Acted(accepted, verdict)
    return replace(_half(_reduce_risk(accepted)), verdict=verdict)


def overtaken(accepted: Accepted) -> Acted:
    """An entry that waits while a newer alert leaves the position: it never acts."""
    return Acted(accepted, Verdict("exited", _OVERTAKEN, refused=True))


def entry_half(signal: Signal) -> Signal | None:
    """What of the signal opens a position, or None."""
    if signal.intent in (Intent.ENTER, Intent.REVERSE):
        return replace(signal, intent=Intent.ENTER)
    return None


def exit_half(signal: Signal) -> Signal:
    """What of a signal reduces risk; a reverse leaves the side opposite to the one it wants."""
    if signal.intent is Intent.REVERSE:
        return replace(signal, intent=Intent.EXIT, side=signal.side.opposite)
    return signal


def handed_over(offer: Offer, signal: Signal) -> InboxEntry:
    """The fact that a taken offer becomes."""
    fact = SignalReceived(
        signal=replace(signal, intent=Intent.ENTER, entry_price=offer.entry_price),
        approved_by="policy" if offer.decided_by == POLICY else "person",
        offer_id=offer.id,
        size_factor=offer.size_factor,
    )
    return InboxEntry(offer.account_id, offer.inbox_key, fact, offer.receipt_id)


def _reduce_risk(accepted: Accepted) -> Acted:
    """Exits and reduces run without asking, and forestall entries nobody has taken yet."""
    signal = exit_half(accepted.signal)
    account_id = accepted.account_id
    gone: tuple[Withdrawal, ...] = ()
    if signal.intent is Intent.EXIT:
        gone = (Withdrawal(account_id, signal, _EXITED, approved_too=True),)
    key = f"signal:{signal.id}:{account_id}"
    fact = InboxEntry(account_id, key, SignalReceived(signal), accepted.receipt_id)
    text = f"{signal.intent.capitalize()} {signal.symbol}: on its way to the account."
    verdict = Verdict(ACTING, text, final=False)
    return Acted(accepted, verdict, key, withdrawals=gone, facts=(fact,))


def _half(acted: Acted) -> Acted:
    """What leaves the other side, if anything, is told beside what becomes of the entry."""
    if acted.inbox_key is None:
        return acted
    leaving = Leaving(acted.inbox_key, acted.verdict.message)
    return replace(acted, inbox_key=None, leaving=leaving)


def _put(acted: Acted, entry: Signal, quoted: Quoted, now: datetime) -> Acted:
    """Besides what is done already, an offer: taken by the policy, put to its owner, or refused."""
    offer = _made(acted.accepted, entry, quoted, now)
    gone = Withdrawal(offer.account_id, entry, _REPLACED, approved_too=False)
    acted = replace(acted, offer=offer, withdrawals=(*acted.withdrawals, gone))
    if offer.status == "approved":
        return replace(
            acted,
            verdict=Verdict(ACTING, ON_ITS_WAY, final=False),
            inbox_key=offer.inbox_key,
            kinds=("offered", "approved", "taken"),
            facts=(*acted.facts, handed_over(offer, entry)),
        )
    text = f"{quoted.quote.place_text} {quoted.quote.note}".strip()
    if offer.status == "withdrawn":
        verdict = Verdict(quoted.quote.code, text, refused=True)
        return replace(acted, verdict=verdict, kinds=("refused",))
    verdict = Verdict("offered", f"Offered: {text}", final=False)
    return replace(acted, verdict=verdict, kinds=("offered",))


def _made(accepted: Accepted, entry: Signal, quoted: Quoted, now: datetime) -> Offer:
    settings, quote = quoted.settings, quoted.quote
    # the policy agreed to the alert's price, not to one the market has left
    alone = settings.auto_approve == "all" and not quoted.drifted
    status: Status = "approved" if alone else "pending"
    if quote.place == "refused":
        status = "withdrawn"
    approved = status == "approved"
    return Offer(
        id=derived_id("offer", entry.id, accepted.account_id),
        signal_id=entry.id,
        receipt_id=accepted.receipt_id,
        account_id=accepted.account_id,
        user_id=accepted.user_id,
        version=1,
        status=status,
        symbol=entry.symbol,
        timeframe=entry.timeframe,
        side=entry.side,
        entry_price=quoted.entry_price,
        size_factor=WHOLE,
        quote=quote,
        max_drift_percent=settings.max_drift_percent,
        undo_seconds=settings.undo_seconds,
        source=entry.source,
        strategy=entry.strategy,
        reason=entry.reason,
        created_at=now,
        quoted_at=now,
        expires_at=now + timedelta(minutes=settings.offer_expiry_minutes),
        decided_by=POLICY if approved else None,
        decided_channel="policy" if approved else None,
        decided_at=now if approved else None,
        effective_at=now if approved else None,
        taken_at=now if approved else None,
        outcome_code=quote.code if status == "withdrawn" else None,
        outcome_text=quote.place_text if status == "withdrawn" else None,
    )
