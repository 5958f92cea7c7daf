"""The plan: what each touched group still needs ordered, cancelled or settled.

Declarative on purpose. Facts and people change what a group *is*; the plan compares that with
the orders at work and commands the difference. So a lost order, a refused exit, a late fill or a
crash need no case of their own: the difference is still there and is commanded again.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

from engine.decide.cover import at_venue, uncovered
from engine.decide.settle import settle, worth_price
from engine.decide.turn import Turn, with_leg, with_order
from engine.domain.commands import PlaceOrder
from engine.domain.group import Group
from engine.domain.instrument import Instrument
from engine.domain.leg import ZERO, Leg
from engine.domain.notices import NoticeKind
from engine.domain.orders import Allocation, Order
from engine.domain.words import (
    GroupStatus,
    OrderPurpose,
    OrderSide,
    OrderStatus,
    OrderType,
    Side,
    TradingState,
)
from engine.policy.lots import allocate_share, allocate_whole, is_dust
from engine.policy.retry import entry_fresh
from foundation import limits
from foundation.money import plain

#: Whatever such a group still comes to hold is closed. A failed one holds no slot, so a fill that
#: was still on its way must not make a position of it.
FLATTENING = (GroupStatus.CLOSING, GroupStatus.CLOSED, GroupStatus.FAILED)


def plan(turn: Turn) -> None:
    """Plan every group the fact touched; planning may touch no further group."""
    for group_id in list(turn.touched):
        _retry_over(turn, turn.group(group_id))
        group = turn.group(group_id)
        if group.status in FLATTENING:
            _flatten(turn, group)
        else:
            _order_ladder(turn, group)
            _close_hit_legs(turn, turn.group(group_id))
            _close_reduced(turn, turn.group(group_id))
        settle(turn, turn.group(group_id))
        if turn.group(group_id).status in FLATTENING and group.status not in FLATTENING:
            _flatten(turn, turn.group(group_id))
            settle(turn, turn.group(group_id))


def _retry_over(turn: Turn, group: Group) -> None:
    """A wait that is over is forgotten, whether or not there is still something to close."""
    if group.exit_retry_at is not None and group.exit_retry_at <= turn.at:
        turn.put(replace(group, exit_retry_at=None))


def _flatten(turn: Turn, group: Group) -> None:
    _cancel_entries(turn, group)
    _close_rest(turn, turn.group(group.id))


def _cancel_entries(turn: Turn, group: Group) -> None:
    for order in list(group.entry_orders):
        if order.working and not order.cancel_requested:
            turn.cancel(group, order)
            group = with_order(group, replace(order, cancel_requested=True))
    for pyramid, leg in list(group.legs):
        if leg.order_id is None and leg.status is OrderStatus.PENDING:
            group = with_leg(group, pyramid.index, _called_off(turn, leg))
    turn.put(group)


def _called_off(turn: Turn, leg: Leg) -> Leg:
    return replace(leg, status=OrderStatus.CANCELLED, cancelled_at=turn.at, retry_at=None)


def _order_ladder(turn: Turn, group: Group) -> None:
    """Place every leg that has no order and need not wait; what is stale is not ordered."""
    if group.status is GroupStatus.WAITING or turn.account.state is not TradingState.RUNNING:
        return
    for pyramid, leg in list(group.legs):
        if leg.order_id is not None or leg.status is not OrderStatus.PENDING:
            continue
        if group.no_more_entries or not entry_fresh(turn.at, pyramid.entry_at):
            group = with_leg(group, pyramid.index, _called_off(turn, leg))
        elif leg.retry_at is None or leg.retry_at <= turn.at:
            group = _order_leg(turn, group, pyramid.index, leg)
    turn.put(group)


def _order_leg(turn: Turn, group: Group, pyramid: int, leg: Leg) -> Group:
    side = OrderSide.BUY if group.side is Side.LONG else OrderSide.SELL
    order = Order(
        id=turn.next_id(),
        group_id=group.id,
        purpose=OrderPurpose.ENTRY,
        side=side,
        order_type=leg.order_type,
        quantity=leg.quantity,
        price=leg.price if leg.order_type is OrderType.LIMIT else None,
        created_at=turn.at,
        pyramid=pyramid,
        leg=leg.index,
    )
    _submit(turn, group, order)
    leg = replace(leg, order_id=order.id, retry_at=None, submitted_at=turn.at)
    return with_order(with_leg(group, pyramid, leg), order)


def _close_hit_legs(turn: Turn, group: Group) -> None:
    """Close the lots whose own target was hit, in ladder order, as one order."""
    lots = at_venue(turn.account, group, uncovered(group, hit_only=True))
    if not lots or not _may_close(turn, group):
        return
    instrument = turn.instrument(group.symbol)
    assert instrument is not None, "closing waits for the rules"
    parts = allocate_whole(lots, instrument.step)
    if not _sellable(turn, group, parts, instrument):
        return
    order = _reducer(turn, group, OrderPurpose.TAKE_PROFIT, parts)
    group = _submitted(turn, group, order)
    for part in parts:
        leg = group.pyramids[part.pyramid].legs[part.leg]
        group = with_leg(group, part.pyramid, replace(leg, tp_order_id=order.id))
    turn.put(group)


def _close_reduced(turn: Turn, group: Group) -> None:
    if group.reduce_quantity <= 0 or not _may_close(turn, group):
        return
    instrument = turn.instrument(group.symbol)
    assert instrument is not None, "closing waits for the rules"
    lots = at_venue(turn.account, group, uncovered(group))
    parts = allocate_share(lots, group.reduce_quantity, instrument.step)
    group = replace(group, reduce_quantity=ZERO)
    if _sellable(turn, group, parts, instrument):
        order = _reducer(turn, group, OrderPurpose.REDUCE, parts)
        group = _submitted(turn, group, order)
    turn.put(group)


def _close_rest(turn: Turn, group: Group) -> None:
    lots = at_venue(turn.account, group, uncovered(group))
    if not lots or not _may_close(turn, group):
        return
    instrument = turn.instrument(group.symbol)
    assert instrument is not None, "closing waits for the rules"
    parts = allocate_whole(lots, instrument.step)
    if _sellable(turn, group, parts, instrument):
        order = _reducer(turn, group, OrderPurpose.EXIT, parts)
        turn.put(_submitted(turn, group, order))


def _may_close(turn: Turn, group: Group) -> bool:
    """Whether reducers may leave now; while the rules are missing they are looked for again.

    Without keys nothing is sent: new keys have every group planned again.
    """
    if group.exit_retry_at is not None or turn.account.credentials_failed is not None:
        return False
    if turn.instrument(group.symbol) is not None:
        return True
    again = turn.at + timedelta(seconds=limits.WAITING_RECHECK_S)
    turn.put(replace(group, exit_retry_at=again))
    return False


def _sellable(
    turn: Turn, group: Group, parts: Iterable[Allocation], instrument: Instrument
) -> bool:
    """Whether the venue would take an order for these lots; less than that is dust for now."""
    quantity = sum((part.quantity for part in parts), ZERO)
    return not is_dust(quantity, worth_price(turn, group), instrument)


def _reducer(
    turn: Turn, group: Group, purpose: OrderPurpose, parts: tuple[Allocation, ...]
) -> Order:
    return Order(
        id=turn.next_id(),
        group_id=group.id,
        purpose=purpose,
        side=OrderSide.SELL if group.side is Side.LONG else OrderSide.BUY,
        order_type=OrderType.MARKET,
        quantity=sum((part.quantity for part in parts), ZERO),
        price=None,
        created_at=turn.at,
        allocations=parts,
    )


def _submitted(turn: Turn, group: Group, order: Order) -> Group:
    _submit(turn, group, order)
    return with_order(group, order)


def _submit(turn: Turn, group: Group, order: Order) -> None:
    entry = order.purpose is OrderPurpose.ENTRY
    turn.place(
        PlaceOrder(
            id=order.id,
            group_id=group.id,
            symbol=group.symbol,
            side=order.side,
            order_type=order.order_type,
            quantity=order.quantity,
            price=order.price,
            reduce_only=not entry,
            priority=1 if entry else 0,
            valid_until=turn.at + timedelta(seconds=limits.ENTRY_FRESH_S) if entry else None,
        )
    )
    price = f" at {plain(order.price)}" if order.price is not None else " at market"
    turn.tell(
        NoticeKind.ORDER_SUBMITTED,
        f"Ordered: {order.side} {plain(order.quantity)}{price} ({order.purpose}).",
        group,
        data={
            "order_id": order.id,
            "purpose": order.purpose.value,
            "side": order.side.value,
            "quantity": plain(order.quantity),
            "price": plain(order.price) if order.price is not None else "",
        },
    )
