"""Targets: where each lot, pyramid and group takes its profit, from what was actually paid."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Final

from engine.decide.stops import tick_of
from engine.decide.turn import Turn, with_leg, with_pyramid
from engine.domain.changed import replace
from engine.domain.group import Group, Pyramid
from engine.domain.leg import ZERO, Leg
from engine.domain.record import record
from engine.domain.words import TakeProfitMode
from engine.policy.take_profit import pyramid_average, target

WHOLE: Final = "agg"
"""The name of the whole group's target; pyramids are ``0``, legs ``0:1``."""
OF_GROUP: Final = (TakeProfitMode.AGGREGATE, TakeProfitMode.HYBRID)
OF_LEGS: Final = (TakeProfitMode.PER_LEG, TakeProfitMode.HYBRID)


@record(frozen=True, slots=True)
class Aim:
    """What targets are set by: the price step they round to, and the event that arms them."""

    tick: Decimal
    seq: int


def aim_of(turn: Turn, group: Group) -> Aim:
    return Aim(tick_of(turn, group), turn.seq)


def leg_name(pyramid: int, leg: int) -> str:
    return f"{pyramid}:{leg}"


def leg_filled(aim: Aim, group: Group, pyramid: int, leg: Leg) -> Group:
    """The group after a fill of a leg: its target, its pyramid's and the group's are set anew."""
    average = leg.avg_fill_price
    if average is not None:
        level = _level(aim, group, average, leg.tp_percent)
        leg = replace(leg, tp_price=level, tp_hit=False, armed_seq=aim.seq)
    group = _walking(with_leg(group, pyramid, leg), [leg_name(pyramid, leg.index), str(pyramid)])
    group = _of_pyramid(aim, group, group.pyramids[pyramid])
    return of_group(aim, group)


def of_group(aim: Aim, group: Group) -> Group:
    """The group with its aggregate target moved to where its average is now."""
    average = group.average_entry
    if group.tp_mode not in OF_GROUP or average is None:
        return group
    level = _level(aim, group, average, group.tp_aggregate_percent)
    group = _walking(group, [WHOLE])
    return replace(group, tp_price=level, tp_hit=False, armed_seq=aim.seq)


def reduced(aim: Aim, group: Group, at: Decimal | None = None) -> Group:
    """The group after lots were closed: averages of what is left move their targets.

    ``at`` is the price of a resting target that executed: that one stands while it does.
    """
    for pyramid in group.pyramids:
        if not pyramid.tp_hit and (at is None or pyramid.tp_price != at):
            group = _of_pyramid(aim, group, group.pyramids[pyramid.index])
    return group if at is not None and group.tp_price == at else of_group(aim, group)


def retarget(aim: Aim, group: Group) -> Group:
    """Every target of the group set anew, as after a change of its mode or its percentages."""
    group = replace(group, tp_price=None, tp_hit=False, armed_seq=aim.seq)
    group = replace(group, stop=replace(group.stop, running={}))
    for pyramid in group.pyramids:
        bare = replace(pyramid, tp_price=None, tp_hit=False, armed_seq=aim.seq)
        group = with_pyramid(group, bare)
        for leg in pyramid.legs:
            average = leg.avg_fill_price
            if average is None:
                continue
            level = _level(aim, group, average, leg.tp_percent)
            moved = replace(leg, tp_price=level, tp_hit=False, armed_seq=aim.seq)
            group = with_leg(group, pyramid.index, moved)
        group = _of_pyramid(aim, group, group.pyramids[pyramid.index])
    return of_group(aim, group)


def _of_pyramid(aim: Aim, group: Group, pyramid: Pyramid) -> Group:
    average = pyramid_average(pyramid)
    if group.tp_mode is not TakeProfitMode.PYRAMID_AGGREGATE or average is None:
        return group
    level = _level(aim, group, average, group.tp_aggregate_percent)
    if level == pyramid.tp_price and not pyramid.tp_hit:
        return group
    group = _walking(group, [str(pyramid.index)])
    moved = replace(pyramid, tp_price=level, tp_hit=False, armed_seq=aim.seq)
    return with_pyramid(group, moved)


def _level(aim: Aim, group: Group, average: Decimal, percent: Decimal) -> Decimal:
    """The signal's own target where it gains, else the percentage above what was paid."""
    own = group.rules.signal_target
    if own is not None and (own - average) * group.side.sign > ZERO:
        return target(group.side, own, ZERO, aim.tick)
    return target(group.side, average, percent, aim.tick)


def _walking(group: Group, names: Iterable[str]) -> Group:
    """The group with these targets no longer running: they moved and are to be reached again."""
    running = {k: v for k, v in group.stop.running.items() if k not in names}
    if len(running) == len(group.stop.running):
        return group
    return replace(group, stop=replace(group.stop, running=running))
