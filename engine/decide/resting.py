"""Resting targets and stops: orders at the venue, kept at the size and price they should have.

Declarative like the plan: what should rest is derived from the lots and compared with what does.
A wrong order is cancelled, and only when the cancel is a fact is another placed for its lots; so
there are never more live reducers than open quantity. Whatever does not rest is watched instead.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from engine.decide.cancelling import cancelled
from engine.decide.closing import rules_to_close, sellable
from engine.decide.cover import covered, resting_targets
from engine.decide.ordering import reduce_by
from engine.decide.targets import OF_GROUP, OF_LEGS
from engine.decide.turn import Turn
from engine.domain.changed import replace
from engine.domain.group import Group, Pyramid
from engine.domain.instrument import Instrument
from engine.domain.leg import ZERO, Leg
from engine.domain.orders import Allocation, Order
from engine.domain.record import record
from engine.domain.words import (
    WATCHED,
    OrderPurpose,
    OrderStatus,
    TakeProfitExecution,
    TakeProfitMode,
    TradingState,
)
from engine.policy.lots import LotKey, allocate_whole, portions
from engine.policy.stops import better


@record(frozen=True, slots=True)
class Wanted:
    """One order that should rest: its price, the lots it closes, and whether it is a stop."""

    price: Decimal
    parts: tuple[Allocation, ...]
    purpose: OrderPurpose = OrderPurpose.TAKE_PROFIT


def clear_targets(turn: Turn, group: Group) -> None:
    """Take off every resting target that should not be there (any more).

    While the account is halted none could be placed instead, so what rests is left to protect.
    """
    if _halted(turn) and group.status in WATCHED and group.reduce_quantity == 0:
        return
    working = [one for one in resting_targets(group) if not one.cancel_requested]
    instrument = turn.instrument(group.symbol)
    if not working or (instrument is None and _may_rest(turn, group)):
        return
    # a stop that has begun to execute is a market order: nothing is faster
    working = [o for o in working if o.purpose is not OrderPurpose.STOP or not o.filled_quantity]
    left = [] if instrument is None else list(_wanted(turn, group, instrument))
    wrong = []
    for order in working:
        match = _rest_of(order)
        if match not in left:
            wrong.append(order)
        else:
            left.remove(match)
    turn.put(cancelled(turn, group, wrong))


def place_targets(turn: Turn, group: Group) -> None:
    """Have every target rest that should and whose lots nobody closes already.

    While the account is halted nothing new rests; only a stop that we took off ourselves, to move
    it or for what a person closes, protects what is left.
    """
    if not _may_rest(turn, group) or (_halted(turn) and not _stop_taken_off(group)):
        return
    instrument = rules_to_close(turn, group)
    if instrument is None:
        return
    held = {(p.pyramid, p.leg) for order in resting_targets(group) for p in order.allocations}
    for wanted in list(_wanted(turn, group, instrument)):
        free = not any((part.pyramid, part.leg) in held for part in wanted.parts)
        if free and sellable(turn, group, wanted.parts, instrument):
            group = reduce_by(turn, group, wanted.purpose, wanted.parts, wanted.price)
    turn.put(_with_stop(group))


def _with_stop(group: Group) -> Group:
    """The group whose stop names the order that rests for it."""
    stops = (o.id for o in resting_targets(group) if o.purpose is OrderPurpose.STOP)
    order_id = next(stops, None)
    if order_id == group.stop.order_id:
        return group
    return replace(group, stop=replace(group.stop, order_id=order_id))


def _stop_taken_off(group: Group) -> bool:
    """Whether the stop that rested last is off by our own word, and nothing has the lots now."""
    order = group.orders.get(group.stop.order_id or "")
    off = order is not None and order.cancel_requested and order.status is OrderStatus.CANCELLED
    return off and not targets_rest(group)


def _halted(turn: Turn) -> bool:
    return turn.account.trading is TradingState.HALTED


def _may_rest(turn: Turn, group: Group) -> bool:
    """Whether anything of this group rests at all now; a reduce has its lots first."""
    return (
        (targets_rest(group) or group.rules.stop_rests)
        and group.status in WATCHED
        and group.reduce_quantity == 0
        and group.symbol not in turn.account.short_at_venue
    )


def targets_rest(group: Group) -> bool:
    """Whether its targets rest; then its lots are taken and its stop can only be watched."""
    rules = group.rules
    resting = rules.tp_execution is TakeProfitExecution.RESTING
    return resting and rules.trailing_take_profit_percent is None


def _wanted(turn: Turn, group: Group, instrument: Instrument) -> Iterator[Wanted]:
    """What should rest: every lot at its target or stop, less what other reducers close."""
    if not _may_rest(turn, group):
        return
    purpose = OrderPurpose.TAKE_PROFIT if targets_rest(group) else OrderPurpose.STOP
    taken = covered(group, resting=False)
    lots: dict[tuple[int, ...], list[tuple[LotKey, Decimal]]] = {}
    prices: dict[tuple[int, ...], Decimal] = {}
    for pyramid, leg in group.legs:
        lot = (pyramid.index, leg.index)
        left = leg.open_quantity - taken.get(lot, ZERO)
        place = _target_of(group, pyramid, leg)
        if left <= 0 or place is None:
            continue
        key, prices[key] = place[0], place[1]
        lots.setdefault(key, []).append((lot, left))
    for key, held in lots.items():
        for parts in portions(allocate_whole(held, instrument.step), instrument.max_quantity):
            yield Wanted(prices[key], parts, purpose)


def _target_of(group: Group, pyramid: Pyramid, leg: Leg) -> tuple[tuple[int, ...], Decimal] | None:
    """The target a lot rests at, and what it shares it with; None once it was hit."""
    if leg.tp_hit or pyramid.tp_hit or group.tp_hit:
        return None
    if not targets_rest(group):
        return ((), group.stop.price) if group.stop.price is not None else None
    if group.tp_mode is TakeProfitMode.PYRAMID_AGGREGATE:
        return ((pyramid.index,), pyramid.tp_price) if pyramid.tp_price else None
    own = leg.tp_price if group.tp_mode in OF_LEGS else None
    whole = group.tp_price if group.tp_mode in OF_GROUP else None
    if own is None or (whole is not None and better(group.side, own, whole) == own != whole):
        return ((), whole) if whole is not None else None
    return (pyramid.index, leg.index), own


def _rest_of(order: Order) -> Wanted:
    """What an order that rests still closes, as if it were wanted now."""
    price = order.price if order.trigger_price is None else order.trigger_price
    assert price is not None, "what rests has a price"
    left = (replace(p, quantity=p.quantity - p.executed, executed=ZERO) for p in order.allocations)
    return Wanted(price, tuple(part for part in left if part.quantity > 0), order.purpose)
