"""Stops at work: kept where they belong after every fill and move, and pulled when reached."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from engine.decide.exits import begin_exit
from engine.decide.turn import Turn
from engine.domain.changed import replace
from engine.domain.events import PriceCrossed
from engine.domain.group import Group
from engine.domain.notices import NoticeKind, Outcome
from engine.domain.words import WATCHED, ExitReason
from engine.policy import stops
from foundation.money import plain

STALE: Final = Outcome("done", "stale_watch", "The watch is no longer armed.")
FINEST_TICK: Final = Decimal("0.00000001")


def stop_watch_id(group: Group) -> str:
    return f"stop:{group.id}"


def best_watch_id(group: Group) -> str:
    """The watch that moves a trailing stop."""
    return f"best:{group.id}"


def even_watch_id(group: Group) -> str:
    """The watch that moves the stop to break-even."""
    return f"even:{group.id}"


def tick_of(turn: Turn, group: Group) -> Decimal:
    """A level that is only watched needs no exact tick while the rules are missing."""
    instrument = turn.instrument(group.symbol)
    return instrument.tick if instrument else FINEST_TICK


def refilled(turn: Turn, group: Group, *, entry: bool) -> Group:
    """The group after a fill moved its average: what watches it is armed anew.

    Break-even counts from the new average when there was a further entry.
    """
    if not stops.has_stop(group):
        return group
    even = group.stop.even and not entry
    return replace(group, stop=replace(group.stop, even=even, armed_seq=turn.seq))


def move_stop(turn: Turn, group: Group) -> None:
    """Put the stop where it belongs now. It covers whatever the group holds, pyramids included."""
    if group.status not in WATCHED or not stops.has_stop(group) or group.open_quantity <= 0:
        return
    before, now = group.stop, stops.placed(group, tick_of(turn, group))
    if now is before:
        return
    turn.put(replace(group, stop=replace(now, armed_seq=turn.seq)))
    if now.price is None or now.price == before.price:
        return
    data = {"price": plain(now.price), "from": plain(before.price) if before.price else ""}
    text = f"The stop stands at {plain(now.price)}."
    if before.price:
        text = f"The stop moved from {plain(before.price)} to {plain(now.price)}."
    turn.tell(NoticeKind.STOP_MOVED, text, group, data=data)


def stop_crossed(turn: Turn, group: Group, kind: str, fact: PriceCrossed) -> Outcome:
    """A stop was reached, or the price went far enough to move it."""
    if group.stop.armed_seq != fact.armed_seq or group.open_quantity <= 0:
        return STALE
    if kind == "stop":
        begin_exit(turn, group, ExitReason.STOP)
        text = f"The stop was reached at {plain(fact.price)}."
        return Outcome("done", "stopped", text, group.id)
    if kind == "even":
        stop = replace(group.stop, even=True, armed_seq=turn.seq)
        text = f"At {plain(fact.price)} the stop moves to break-even."
    else:
        known = group.stop.best_price
        best = fact.price if known is None else stops.better(group.side, known, fact.price)
        stop = replace(group.stop, best_price=best, armed_seq=turn.seq)
        text = f"The best price is {plain(best)} now."
    turn.put(replace(group, stop=stop))
    return Outcome("done", "stop_follows", text, group.id)
