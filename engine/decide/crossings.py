"""A watched price was passed: the target behind the watch is due, once."""

from __future__ import annotations

from dataclasses import replace

from engine.decide.exits import begin_exit
from engine.decide.turn import Turn, with_leg
from engine.domain.events import PriceCrossed
from engine.domain.group import Group
from engine.domain.notices import NoticeKind, Outcome
from engine.domain.words import WATCHED, ExitReason, TakeProfitMode, TradingState
from foundation.money import plain

STALE = Outcome("done", "stale_watch", "The watch is no longer armed.")


def leg_watch_id(group: Group, pyramid: int, leg: int) -> str:
    return f"tp:{group.id}:{pyramid}:{leg}"


def aggregate_watch_id(group: Group) -> str:
    return f"agg:{group.id}"


def crossed(turn: Turn, fact: PriceCrossed) -> Outcome:
    """Act on a crossing if the watch is still armed as it was when it fired."""
    kind, _, rest = fact.watch_id.partition(":")
    group_id, _, place = rest.partition(":")
    group = turn.account.groups.get(group_id)
    if group is None or group.status not in WATCHED:
        return STALE
    if turn.account.state is TradingState.HALTED:
        return STALE
    if kind == "agg":
        return _aggregate(turn, group, fact)
    pyramid, leg = (int(number) for number in place.split(":"))
    return _leg(turn, group, (pyramid, leg), fact)


def _aggregate(turn: Turn, group: Group, fact: PriceCrossed) -> Outcome:
    armed = group.tp_mode is TakeProfitMode.AGGREGATE and group.tp_price is not None
    if not armed or group.tp_hit or group.armed_seq != fact.armed_seq:
        return STALE
    turn.put(replace(group, tp_hit=True))
    text = f"The target of the whole position was reached at {plain(fact.price)}."
    data = {"price": plain(fact.price), "target": plain(group.tp_price or fact.price)}
    turn.tell(NoticeKind.TP_HIT, text, group, data=data)
    begin_exit(turn, turn.group(group.id), ExitReason.TARGET)
    return Outcome("done", "tp_hit", text, group.id)


def _leg(turn: Turn, group: Group, place: tuple[int, int], fact: PriceCrossed) -> Outcome:
    pyramid, index = place
    leg = group.pyramids[pyramid].legs[index]
    if leg.tp_hit or leg.open_quantity <= 0 or leg.armed_seq != fact.armed_seq:
        return STALE
    turn.put(with_leg(group, pyramid, replace(leg, tp_hit=True)))
    text = f"The target of leg {index + 1} was reached at {plain(fact.price)}."
    data = {
        "price": plain(fact.price),
        "target": plain(leg.tp_price or fact.price),
        "pyramid": str(pyramid + 1),
        "leg": str(index + 1),
    }
    turn.tell(NoticeKind.TP_HIT, text, group, data=data)
    return Outcome("done", "tp_hit", text, group.id)
