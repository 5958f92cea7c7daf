"""A watched price was passed: what is behind the watch is due, once."""

from __future__ import annotations

from decimal import Decimal

from engine.decide.cancelling import cancel_entries
from engine.decide.exits import begin_exit
from engine.decide.stops import STALE, stop_crossed
from engine.decide.targets import OF_GROUP, WHOLE, leg_name
from engine.decide.turn import Turn, with_leg, with_pyramid
from engine.domain.changed import replace
from engine.domain.events import PriceCrossed
from engine.domain.group import Group
from engine.domain.notices import NoticeKind, Outcome
from engine.domain.words import WATCHED, ExitReason, TakeProfitMode, TradingState
from engine.policy.stops import better, has_stop, run_levels
from engine.policy.take_profit import reached
from foundation.money import plain, usd


def leg_watch_id(group: Group, pyramid: int, leg: int) -> str:
    return f"tp:{group.id}:{leg_name(pyramid, leg)}"


def pyramid_watch_id(group: Group, pyramid: int) -> str:
    return f"pyr:{group.id}:{pyramid}"


def aggregate_watch_id(group: Group) -> str:
    return f"agg:{group.id}"


def run_watch_id(group: Group, name: str) -> str:
    """The watch that has a running target follow the price."""
    return f"run:{group.id}:{name}"


def far_watch_id(group: Group, pyramid: int, direction: str) -> str:
    """The watch that calls off a ladder the price has left."""
    return f"far:{group.id}:{pyramid}:{direction}"


def crossed(turn: Turn, fact: PriceCrossed) -> Outcome:
    """Act on a crossing if the watch is still armed as it was when it fired."""
    kind, _, rest = fact.watch_id.partition(":")
    group_id, _, place = rest.partition(":")
    group = turn.account.groups.get(group_id)
    if group is None or group.status not in WATCHED:
        return STALE
    if turn.account.trading is TradingState.HALTED:
        return STALE
    match kind:
        case "agg":
            return _aggregate(turn, group, fact)
        case "pyr":
            return _pyramid(turn, group, int(place), fact)
        case "tp":
            pyramid, leg = (int(number) for number in place.split(":"))
            return _leg(turn, group, (pyramid, leg), fact)
        case "run":
            return _ran_on(turn, group, place, fact)
        case "far":
            return _far_away(turn, group, int(place.partition(":")[0]), fact)
        case _:
            return stop_crossed(turn, group, kind, fact)


def rearmed(turn: Turn, group: Group) -> Group:
    """The group with all its watches armed anew, after they slept through a halt."""
    for pyramid, leg in group.legs:
        if leg.tp_price is not None:
            group = with_leg(group, pyramid.index, replace(leg, armed_seq=turn.seq))
    for pyramid in group.pyramids:
        group = with_pyramid(group, replace(group.pyramids[pyramid.index], armed_seq=turn.seq))
    if has_stop(group):
        group = replace(group, stop=replace(group.stop, armed_seq=turn.seq))
    return replace(group, armed_seq=turn.seq)


def _aggregate(turn: Turn, group: Group, fact: PriceCrossed) -> Outcome:
    armed = group.tp_mode in OF_GROUP and group.tp_price is not None
    if not armed or group.tp_hit or group.armed_seq != fact.armed_seq:
        return STALE
    if _starts_to_run(group, WHOLE):
        return _run(turn, replace(group, armed_seq=turn.seq), WHOLE, fact)
    if group.tp_mode is TakeProfitMode.HYBRID:
        # both on one tick: what a leg's own target closes is closed by it first
        group = _legs_on_this_tick(turn, group, fact)
    turn.put(replace(group, tp_hit=True))
    text = f"The target of the whole position was reached at {plain(fact.price)}."
    _tell_hit(turn, group, text, fact, group.tp_price)
    begin_exit(turn, turn.group(group.id), ExitReason.TARGET)
    return Outcome("done", "tp_hit", text, group.id)


def _legs_on_this_tick(turn: Turn, group: Group, fact: PriceCrossed) -> Group:
    for pyramid, leg in list(group.legs):
        place = (pyramid.index, leg.index)
        if not leg.tp_hit and leg.open_quantity > 0 and _leg_due(group, place, fact.price):
            group = _leg_hit(turn, group, place, fact)
    return group


def _leg_due(group: Group, place: tuple[int, int], price: Decimal) -> bool:
    """Whether this price closes a leg: beyond its target, or back from the best where it trails."""
    if group.rules.trailing_take_profit_percent is not None:
        levels = run_levels(group, leg_name(*place))
        return levels is not None and reached(group.side.opposite, price, levels[0])
    level = group.pyramids[place[0]].legs[place[1]].tp_price
    return level is not None and reached(group.side, price, level)


def _pyramid(turn: Turn, group: Group, index: int, fact: PriceCrossed) -> Outcome:
    pyramid = group.pyramids[index]
    armed = group.tp_mode is TakeProfitMode.PYRAMID_AGGREGATE and pyramid.tp_price is not None
    if not armed or pyramid.tp_hit or pyramid.armed_seq != fact.armed_seq:
        return STALE
    if _starts_to_run(group, str(index)):
        moved = with_pyramid(group, replace(pyramid, armed_seq=turn.seq))
        return _run(turn, moved, str(index), fact)
    turn.put(with_pyramid(group, replace(pyramid, tp_hit=True)))
    text = f"The target of entry {index + 1} was reached at {plain(fact.price)}."
    _tell_hit(turn, group, text, fact, pyramid.tp_price, pyramid=str(index + 1))
    return Outcome("done", "tp_hit", text, group.id)


def _leg(turn: Turn, group: Group, place: tuple[int, int], fact: PriceCrossed) -> Outcome:
    pyramid, index = place
    leg = group.pyramids[pyramid].legs[index]
    if leg.tp_hit or leg.open_quantity <= 0 or leg.armed_seq != fact.armed_seq:
        return STALE
    name = leg_name(pyramid, index)
    if _starts_to_run(group, name):
        moved = with_leg(group, pyramid, replace(leg, armed_seq=turn.seq))
        return _run(turn, moved, name, fact)
    turn.put(_leg_hit(turn, group, place, fact))
    text = f"The target of leg {index + 1} was reached at {plain(fact.price)}."
    return Outcome("done", "tp_hit", text, group.id)


def _leg_hit(turn: Turn, group: Group, place: tuple[int, int], fact: PriceCrossed) -> Group:
    pyramid, index = place
    leg = group.pyramids[pyramid].legs[index]
    text = f"The target of leg {index + 1} was reached at {plain(fact.price)}."
    marks = {"pyramid": str(pyramid + 1), "leg": str(index + 1)}
    _tell_hit(turn, group, text, fact, leg.tp_price, **marks)
    return with_leg(group, pyramid, replace(leg, tp_hit=True))


def _tell_hit(
    turn: Turn, group: Group, text: str, fact: PriceCrossed, level: Decimal | None, **marks: str
) -> None:
    data = {"price": plain(fact.price), "target": plain(level or fact.price), **marks}
    turn.tell(NoticeKind.TP_HIT, text, group, data=data)


def _starts_to_run(group: Group, name: str) -> bool:
    """A target that trails runs on when it is reached, and closes when the price comes back."""
    trails = group.rules.trailing_take_profit_percent is not None
    return trails and name not in group.stop.running


def _run(turn: Turn, group: Group, name: str, fact: PriceCrossed) -> Outcome:
    best = group.stop.running.get(name, fact.price)
    running = {**group.stop.running, name: better(group.side, best, fact.price)}
    group = replace(group, stop=replace(group.stop, running=running))
    turn.put(group)
    levels = run_levels(group, name)
    close_at = plain(usd(levels[0])) if levels else ""
    text = f"The target was reached at {plain(fact.price)} and runs on; it closes at {close_at}."
    data = {"price": close_at, "best": plain(running[name]), "target": name}
    turn.tell(NoticeKind.STOP_MOVED, text, group, data=data)
    return Outcome("done", "tp_runs", text, group.id)


def _ran_on(turn: Turn, group: Group, name: str, fact: PriceCrossed) -> Outcome:
    """A running target follows the price; what closes it is armed anew behind it."""
    if name not in group.stop.running:
        return STALE
    if name == WHOLE:
        seq, moved = group.armed_seq, replace(group, armed_seq=turn.seq)
    elif ":" in name:
        place, index = (int(number) for number in name.split(":"))
        leg = group.pyramids[place].legs[index]
        seq, moved = leg.armed_seq, with_leg(group, place, replace(leg, armed_seq=turn.seq))
    else:
        pyramid = group.pyramids[int(name)]
        seq, moved = (
            pyramid.armed_seq,
            with_pyramid(group, replace(pyramid, armed_seq=turn.seq)),
        )
    return STALE if seq != fact.armed_seq else _run(turn, moved, name, fact)


def _far_away(turn: Turn, group: Group, index: int, fact: PriceCrossed) -> Outcome:
    pyramid, percent = group.pyramids[index], group.rules.cancel_dca_beyond_percent
    if pyramid.armed_seq != fact.armed_seq or percent is None:
        return STALE
    cancel_entries(turn, group, index)
    text = (
        f"{plain(fact.price)} is {plain(percent)} % from the entry {plain(pyramid.entry_price)}: "
        f"the open legs of entry {index + 1} are cancelled."
    )
    data = {"price": plain(fact.price), "pyramid": str(index + 1)}
    turn.tell(NoticeKind.ENTRIES_CANCELLED, text, group, data=data)
    return Outcome("done", "entries_cancelled", text, group.id)
