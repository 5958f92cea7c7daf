"""The prices a group waits for: its targets, its stop, and where its ladder is called off."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Literal

from engine.decide.cancelling import waits_for_entry
from engine.decide.cover import resting_targets
from engine.decide.crossings import (
    aggregate_watch_id,
    far_watch_id,
    leg_watch_id,
    pyramid_watch_id,
    run_watch_id,
)
from engine.decide.stops import best_watch_id, even_watch_id, stop_watch_id
from engine.decide.targets import OF_GROUP, OF_LEGS, WHOLE, leg_name
from engine.domain.group import Group, Pyramid
from engine.domain.leg import ZERO
from engine.domain.rules import NO_RULES
from engine.domain.watch import Watch
from engine.domain.words import WATCHED, Side, TakeProfitExecution, TakeProfitMode
from engine.policy import stops

Direction = Literal["up", "down"]


def watches_of(group: Group) -> Iterator[Watch]:
    """Every watch of a group. A target that rests at the venue is not watched as well."""
    if group.status not in WATCHED:
        return
    yield from _targets(group)
    if group.rules is NO_RULES:
        return
    if group.open_quantity > 0:
        yield from _stop(group)
    yield from _ladders(group)


def _targets(group: Group) -> Iterator[Watch]:
    rests = _resting(group)
    whole = group.tp_price if group.tp_mode in OF_GROUP and not group.tp_hit else None
    if whole is not None and group.open_quantity > 0 and not rests.get((whole, None, None)):
        watch_id = aggregate_watch_id(group)
        yield from _target(group, watch_id, WHOLE, whole, group.armed_seq)
    if group.tp_mode is TakeProfitMode.PYRAMID_AGGREGATE:
        for pyramid in group.pyramids:
            if not rests.get((pyramid.tp_price, pyramid.index, None)):
                yield from _of_pyramid(group, pyramid)
    if group.tp_mode not in OF_LEGS:
        return
    for pyramid in group.pyramids:
        for leg in pyramid.legs:
            if leg.tp_price is None or leg.tp_hit or leg.open_quantity <= 0:
                continue
            if not rests.get((leg.tp_price, pyramid.index, leg.index)):
                watch_id = leg_watch_id(group, pyramid.index, leg.index)
                name = leg_name(pyramid.index, leg.index)
                yield from _target(group, watch_id, name, leg.tp_price, leg.armed_seq)


def _of_pyramid(group: Group, pyramid: Pyramid) -> Iterator[Watch]:
    held = sum((leg.open_quantity for leg in pyramid.legs), ZERO)
    if pyramid.tp_price is not None and not pyramid.tp_hit and held > 0:
        watch_id, name = pyramid_watch_id(group, pyramid.index), str(pyramid.index)
        yield from _target(group, watch_id, name, pyramid.tp_price, pyramid.armed_seq)


def _resting(group: Group) -> dict[tuple[Decimal | None, int | None, int | None], bool]:
    """What rests to stay: by price, and by the whole group, the pyramid and the leg it closes."""
    found: dict[tuple[Decimal | None, int | None, int | None], bool] = {}
    if group.rules.tp_execution is not TakeProfitExecution.RESTING:
        return found
    for order in resting_targets(group):
        if not order.cancel_requested:
            found[(order.price, None, None)] = True
            for part in order.allocations:
                found[(order.price, part.pyramid, None)] = True
                found[(order.price, part.pyramid, part.leg)] = True
    return found


def _target(
    group: Group, watch_id: str, name: str, level: Decimal, armed_seq: int
) -> Iterator[Watch]:
    """The watch of a target; one that runs on has two: where it closes and where it follows."""
    ahead, back = _directions(group)
    running = stops.run_levels(group, name)
    if running is None:
        yield Watch(watch_id, group.symbol, ahead, level, armed_seq)
        return
    closes_at, further = running
    yield Watch(watch_id, group.symbol, back, closes_at, armed_seq)
    yield Watch(run_watch_id(group, name), group.symbol, ahead, further, armed_seq)


def _stop(group: Group) -> Iterator[Watch]:
    (ahead, back), seq = _directions(group), group.stop.armed_seq
    if group.stop.price is not None and not _stop_rests(group):
        yield Watch(stop_watch_id(group), group.symbol, back, group.stop.price, seq)
    best, even = stops.next_best(group), stops.even_at(group)
    if best is not None:
        yield Watch(best_watch_id(group), group.symbol, ahead, best, seq)
    if even is not None:
        yield Watch(even_watch_id(group), group.symbol, ahead, even, seq)


def _stop_rests(group: Group) -> bool:
    """Whether the venue watches the stop where it stands now."""
    order = group.orders.get(group.stop.order_id or "")
    if order is None or not order.working or order.cancel_requested:
        return False
    return order.trigger_price == group.stop.price


def _ladders(group: Group) -> Iterator[Watch]:
    """Where the open legs of an entry are called off, on either side of its price."""
    percent = group.rules.cancel_dca_beyond_percent
    if percent is None:
        return
    for pyramid in group.pyramids:
        if any(waits_for_entry(group, leg) for leg in pyramid.legs):
            for direction, level in (
                ("up", pyramid.entry_price * (1 + percent / stops.HUNDRED)),
                ("down", pyramid.entry_price * (1 - percent / stops.HUNDRED)),
            ):
                watch_id = far_watch_id(group, pyramid.index, direction)
                side: Direction = "up" if direction == "up" else "down"
                yield Watch(watch_id, group.symbol, side, level, pyramid.armed_seq)


def _directions(group: Group) -> tuple[Direction, Direction]:
    """Which way profit lies, and which way loss."""
    return ("up", "down") if group.side is Side.LONG else ("down", "up")
