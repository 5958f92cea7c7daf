"""Orders as they leave: the command to the venue and the notice that tells of it."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from engine.decide.turn import Turn, with_leg, with_order
from engine.domain.changed import replace
from engine.domain.commands import PlaceOrder
from engine.domain.group import Group
from engine.domain.leg import ZERO, Leg
from engine.domain.notices import NoticeKind
from engine.domain.orders import Allocation, Order
from engine.domain.words import (
    MarketKind,
    OrderPurpose,
    OrderSide,
    OrderType,
    Side,
    TimeInForce,
)
from engine.policy.slippage import bound
from foundation import limits
from foundation.money import plain


def order_leg(turn: Turn, group: Group, pyramid: int, leg: Leg) -> tuple[Leg, Order]:
    """Order what a leg has not got yet; the caller puts both into the group."""
    order_type, price, validity = _manner(turn, group, leg)
    order = Order(
        id=turn.next_id(),
        group_id=group.id,
        purpose=OrderPurpose.ENTRY,
        side=OrderSide.BUY if group.side is Side.LONG else OrderSide.SELL,
        order_type=order_type,
        quantity=leg.quantity - leg.filled_quantity,
        price=price,
        created_at=turn.at,
        pyramid=pyramid,
        leg=leg.index,
        time_in_force=validity,
    )
    submit(turn, group, order)
    return replace(leg, order_id=order.id, retry_at=None, submitted_at=turn.at), order


def _manner(turn: Turn, group: Group, leg: Leg) -> tuple[OrderType, Decimal | None, TimeInForce]:
    """How a leg is ordered: a market leg whose slippage is bounded is a limit that cannot wait."""
    if leg.order_type is OrderType.LIMIT:
        return OrderType.LIMIT, leg.price, TimeInForce.GTC
    percent, instrument = group.rules.max_slippage_percent, turn.instrument(group.symbol)
    if not group.rules.slippage_reject or percent is None or instrument is None:
        return OrderType.MARKET, None, TimeInForce.GTC
    worst = bound(group.side, leg.price, percent, instrument.tick)
    return OrderType.LIMIT, worst, TimeInForce.IOC


def reduce_by(
    turn: Turn,
    group: Group,
    purpose: OrderPurpose,
    parts: tuple[Allocation, ...],
    price: Decimal | None = None,
) -> Group:
    """Order these lots closed: at market, or resting at a price (of a stop: its trigger)."""
    stop = purpose is OrderPurpose.STOP
    resting = OrderType.STOP if stop else OrderType.LIMIT
    order = Order(
        id=turn.next_id(),
        group_id=group.id,
        purpose=purpose,
        side=OrderSide.SELL if group.side is Side.LONG else OrderSide.BUY,
        order_type=OrderType.MARKET if price is None else resting,
        quantity=sum((part.quantity for part in parts), ZERO),
        price=None if stop else price,
        created_at=turn.at,
        allocations=parts,
        trigger_price=price if stop else None,
    )
    submit(turn, group, order)
    group = with_order(group, order)
    if purpose is OrderPurpose.TAKE_PROFIT:
        for part in parts:
            leg = group.pyramids[part.pyramid].legs[part.leg]
            group = with_leg(group, part.pyramid, replace(leg, tp_order_id=order.id))
    return group


def submit(turn: Turn, group: Group, order: Order) -> None:
    """Command an order and tell of it."""
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
            trigger_price=order.trigger_price,
            time_in_force=order.time_in_force,
            leverage=_leverage(turn, group),
            margin_mode=turn.account.settings.orders.margin_mode,
        )
    )
    level = order.price if order.trigger_price is None else order.trigger_price
    quantity, price = plain(order.quantity), plain(level) if level is not None else ""
    where = f"at {price}" if price else "at market"
    turn.tell(
        NoticeKind.ORDER_SUBMITTED,
        f"Ordered: {order.side} {quantity} {where} ({order.purpose}).",
        group,
        data={
            "order_id": order.id,
            "purpose": order.purpose.value,
            "side": order.side.value,
            "quantity": quantity,
            "price": price,
        },
    )


def _leverage(turn: Turn, group: Group) -> int:
    """The owner's leverage, as far as the instrument allows it; coins know none."""
    if turn.account.market is MarketKind.SPOT:
        return 1
    instrument = turn.instrument(group.symbol)
    if instrument is None:
        return 1
    return max(min(turn.account.settings.orders.leverage, instrument.max_leverage), 1)
