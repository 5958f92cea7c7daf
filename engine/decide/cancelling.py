"""Cancelling: entries called off, and resting targets taken off, each order asked once."""

from __future__ import annotations

from collections.abc import Iterable

from engine.decide.turn import Turn, with_leg, with_order
from engine.domain.changed import replace
from engine.domain.group import Group
from engine.domain.leg import Leg
from engine.domain.orders import Order
from engine.domain.words import WORKING, OrderStatus


def cancel_entries(turn: Turn, group: Group, pyramid: int | None = None) -> None:
    """Call off everything a group, or one pyramid of it, has not got yet."""
    mine = [o for o in group.entry_orders if pyramid is None or o.pyramid == pyramid]
    group = cancelled(turn, group, mine)
    for one, leg in list(group.legs):
        waits = leg.order_id is None and leg.status is OrderStatus.PENDING
        if waits and pyramid in (None, one.index):
            group = with_leg(group, one.index, called_off(turn, leg))
    turn.put(group)


def cancel_surplus(turn: Turn, group: Group) -> None:
    """Cancel an entry whose leg has what it wanted from an order that we had called lost."""
    surplus = []
    for order in group.entry_orders:
        if order.working and order.pyramid is not None and order.leg is not None:
            leg = group.pyramids[order.pyramid].legs[order.leg]
            if leg.filled_quantity + order.remaining > leg.quantity:
                surplus.append(order)
    if surplus:
        turn.put(cancelled(turn, group, surplus))


def cancelled(turn: Turn, group: Group, orders: Iterable[Order]) -> Group:
    """The group after those of the orders that work were asked to stop."""
    for order in list(orders):
        if order.working and not order.cancel_requested:
            turn.cancel(group, order)
            group = with_order(group, replace(order, cancel_requested=True))
    return group


def waits_for_entry(group: Group, leg: Leg) -> bool:
    """Whether a leg still waits to fill, and nobody has called it off yet."""
    order = group.orders.get(leg.order_id or "")
    return leg.status in WORKING and (order is None or not order.cancel_requested)


def called_off(turn: Turn, leg: Leg) -> Leg:
    """A leg that never was ordered and will not be."""
    return replace(leg, status=OrderStatus.CANCELLED, cancelled_at=turn.at, retry_at=None)
