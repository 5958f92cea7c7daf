"""The waiting queue: a slot that is free takes the first signal that may have it."""

from __future__ import annotations

from engine.decide.entries import open_or_add
from engine.decide.exits import remove_queued
from engine.decide.turn import Turn
from engine.domain.notices import NoticeKind
from engine.domain.signal import Signal
from engine.domain.words import TradingState
from engine.policy.gate import denied
from engine.policy.pool import admit


def promote(turn: Turn) -> bool:
    """Promote waiting signals, first come first served, as far as slots reach.

    A signal that the gate denies waits on; one whose opposite side is still open is passed over.
    One that can no longer be opened leaves the queue with its refusal. Returns whether anything
    was promoted.
    """
    promoted = False
    if turn.account.state is not TradingState.RUNNING:
        return promoted
    for waiting in turn.account.queue:
        place = admit(turn.account, waiting.signal)
        if place.place == "queue" or _unpriced(turn, waiting.signal):
            continue
        if denied(turn.account, waiting.signal, turn.market, turn.at, waiting.size_factor):
            continue
        if place.place == "refused":
            remove_queued(turn, waiting.id, "cancelled", place.text)
            continue
        outcome = open_or_add(turn, waiting.signal, waiting.size_factor, place)
        if outcome.status == "done":
            remove_queued(turn, waiting.id, "promoted", "A slot is free: promoted.")
            group = turn.account.groups.get(outcome.object_id or "")
            text = "The first waiting signal took the free slot."
            turn.tell(NoticeKind.PROMOTED, text, group, data={"signal_id": waiting.id})
            promoted = True
        else:
            remove_queued(turn, waiting.id, "cancelled", outcome.text)
    return promoted


def _unpriced(turn: Turn, signal: Signal) -> bool:
    """It would enter at the market, and the market is silent: it waits on."""
    return signal.entry_price is None and turn.price(signal.symbol) is None
