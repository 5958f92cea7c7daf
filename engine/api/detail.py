"""One position group whole, as a view: pyramids, legs and orders."""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal

from engine.api.endings import ending_view
from engine.api.views import (
    GroupDetail,
    GroupView,
    LegView,
    OrderView,
    PyramidView,
    StopView,
)
from engine.domain.group import Group
from engine.domain.leg import ZERO, Leg
from engine.domain.orders import Order
from engine.domain.words import OrderPurpose, OrderStatus
from engine.policy.take_profit import progress_percent
from foundation.money import money_context, usd


def detail_of(view: GroupView, group: Group, unknown: Collection[str]) -> GroupDetail:
    """The parts of a group beside its row; ``unknown`` are ids of orders without an answer."""
    with money_context():
        pyramids = tuple(
            PyramidView(
                index=pyramid.index,
                entry_price=pyramid.entry_price,
                entry_at=pyramid.entry_at,
                signal_id=pyramid.signal_id,
                status=pyramid.status.value,
                legs=tuple(_leg(pyramid.index, leg, view.mark_price) for leg in pyramid.legs),
            )
            for pyramid in group.pyramids
        )
        orders = tuple(_order(order, order.id in unknown) for order in group.orders.values())
        stop = _stop(group)
    return GroupDetail(view, pyramids, orders, ending_view(group), stop)


def _stop(group: Group) -> StopView | None:
    """Where the stop stands now and who watches it. An order at another price protects nothing."""
    price, held = group.stop.price, group.open_quantity
    if price is None or held <= 0:
        return None
    orders = [
        order
        for order in group.reducers
        if order.purpose is OrderPurpose.STOP and order.working and order.trigger_price == price
    ]
    there = [order for order in orders if order.status is not OrderStatus.PENDING]
    if there:
        rests = min(sum((order.remaining for order in there), ZERO), held)
        return StopView(price, held, "venue", rests)
    return StopView(price, held, "sending" if orders else "engine", ZERO)


def _leg(pyramid: int, leg: Leg, price: Decimal | None) -> LegView:
    average = leg.avg_fill_price
    return LegView(
        pyramid=pyramid,
        index=leg.index,
        order_type=leg.order_type.value,
        price=leg.price,
        quantity=leg.quantity,
        gap_percent=leg.gap_percent,
        weight_percent=leg.weight_percent,
        tp_percent=leg.tp_percent,
        capital_usd=leg.capital_usd,
        status=leg.status.value,
        filled_quantity=leg.filled_quantity,
        avg_fill_price=usd(average) if average is not None else None,
        fee_usd=leg.fee_usd,
        tp_price=leg.tp_price,
        tp_hit=leg.tp_hit,
        closed_quantity=leg.closed,
        realized_pnl_usd=leg.realized_pnl_usd,
        progress_percent=_progress(leg, average, price),
        submitted_at=leg.submitted_at,
        filled_at=leg.filled_at,
    )


def _progress(leg: Leg, average: Decimal | None, price: Decimal | None) -> Decimal | None:
    """How far the price has come to the target of what is still held: 0 … 100."""
    if leg.open_quantity <= 0 or average is None or price is None or leg.tp_price is None:
        return None
    return usd(progress_percent(average, price, leg.tp_price))


def _order(order: Order, outcome_unknown: bool) -> OrderView:
    filled = order.filled_quantity
    return OrderView(
        id=order.id,
        venue_order_id=order.venue_order_id,
        purpose=order.purpose.value,
        side=order.side.value,
        order_type=order.order_type.value,
        price=order.price,
        quantity=order.quantity,
        status=order.status.value,
        filled_quantity=filled,
        avg_fill_price=usd(order.cost_usd / filled) if filled > 0 else None,
        fee_usd=order.fee_usd,
        outcome_unknown=outcome_unknown,
        refusal=order.refusal,
        created_at=order.created_at,
    )
