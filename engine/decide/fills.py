"""Executions: what a venue says was bought or sold is booked, whatever we thought of the order.

An order may execute more than its quantity, or after we called it lost: the venue's word stands.
What we did not expect is covered like everything else that is held, or closed.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from engine.decide.cover import is_resting, uncovered
from engine.decide.exits import begin_exit
from engine.decide.stops import refilled
from engine.decide.targets import aim_of, leg_filled, reduced
from engine.decide.turn import Turn, with_leg, with_order, with_pyramid
from engine.domain.changed import replace
from engine.domain.events import OrderFilled
from engine.domain.group import Group
from engine.domain.leg import ZERO, Leg
from engine.domain.notices import NoticeKind, Outcome
from engine.domain.orders import Order
from engine.domain.words import (
    WATCHED,
    ExitReason,
    OrderPurpose,
    OrderStatus,
    OrderType,
    TakeProfitMode,
    moved_order,
)
from engine.policy import lots
from engine.policy.slippage import slipped_percent
from foundation.money import plain, usd

FOREIGN = Outcome("done", "foreign_order", "Not an order of this account's groups.")


def find_order(turn: Turn, order_id: str) -> tuple[Group, Order] | None:
    """The group and order a client order id names, if they are in the account's memory."""
    for group in turn.account.groups.values():
        order = group.orders.get(order_id)
        if order:
            return group, order
    return None


def leg_of(group: Group, order: Order) -> tuple[int, Leg]:
    """The pyramid's index and the leg an entry works for."""
    assert order.pyramid is not None, "an entry names its pyramid"
    assert order.leg is not None, "an entry names its leg"
    return order.pyramid, group.pyramids[order.pyramid].legs[order.leg]


def book(turn: Turn, fact: OrderFilled) -> Outcome:
    """Book one execution. The inbox has already dropped repeats by the venue's trade id."""
    found = find_order(turn, fact.order_id)
    if not found:
        return _external(turn, fact)
    group, order = found
    total = order.filled_quantity + fact.quantity
    whole = total >= order.quantity
    status = OrderStatus.FILLED if whole else OrderStatus.PARTIALLY_FILLED
    if order.status is OrderStatus.CANCELLED and not whole:
        status = OrderStatus.CANCELLED
    after = replace(
        order,
        status=moved_order(order.status, status),
        quantity=max(order.quantity, total),
        filled_quantity=total,
        cost_usd=order.cost_usd + fact.quantity * fact.price,
        fee_usd=order.fee_usd + fact.fee_usd,
        closed_at=turn.at if whole else order.closed_at,
    )
    if order.purpose is OrderPurpose.ENTRY:
        group = _entry(turn, group, after, fact)
    else:
        group = _reducer(turn, group, after, fact)
    turn.put(group)
    if order.purpose is OrderPurpose.STOP and group.status in WATCHED:
        begin_exit(turn, turn.group(group.id), ExitReason.STOP)
    return Outcome("done", "filled", "The fill is booked.", group.id)


def _external(turn: Turn, fact: OrderFilled) -> Outcome:
    """An execution of nothing we know: shown, never fought with."""
    text = (
        f"{plain(fact.quantity)} were traded at {plain(fact.price)} by an order that belongs to "
        f"no open position; the account at the venue holds what it left."
    )
    data = {
        "order_id": fact.order_id,
        "quantity": plain(fact.quantity),
        "price": plain(fact.price),
    }
    turn.tell(NoticeKind.EXTERNAL_TRADE, text, data=data)
    return FOREIGN


def _entry(turn: Turn, group: Group, order: Order, fact: OrderFilled) -> Group:
    pyramid, leg = leg_of(group, order)
    whole = order.status is OrderStatus.FILLED
    booked = lots.book_entry(leg, fact)
    booked = replace(
        booked,
        quantity=max(leg.quantity, booked.filled_quantity),
        filled_at=turn.at if whole else leg.filled_at,
    )
    if leg.order_id in (None, order.id):
        # without an order it was about to be ordered again: it has one after all
        booked = replace(booked, order_id=order.id, status=order.status, retry_at=None)
    group = leg_filled(aim_of(turn, group), with_order(group, order), pyramid, booked)
    group = refilled(turn, group, entry=True)
    turn.tell(
        NoticeKind.LEG_FILLED,
        f"Leg {leg.index + 1} {'filled' if whole else 'partly filled'} at {plain(fact.price)}.",
        group,
        data={
            "pyramid": str(pyramid + 1),
            "leg": str(leg.index + 1),
            "price": plain(fact.price),
            "quantity": plain(fact.quantity),
            "filled": plain(booked.filled_quantity),
            "of": plain(booked.quantity),
            "whole": "yes" if whole else "no",
        },
    )
    _judge_slippage(turn, group, leg, fact)
    return group


def _judge_slippage(turn: Turn, group: Group, leg: Leg, fact: OrderFilled) -> None:
    most = group.rules.max_slippage_percent
    if leg.order_type is not OrderType.MARKET or most is None:
        return
    slipped = slipped_percent(group.side, leg.price, fact.price)
    if slipped <= most:
        return
    text = (
        f"Paid {plain(fact.price)} where {plain(leg.price)} was expected: {slipped:.2f} % worse, "
        f"more than the {plain(most)} % allowed."
    )
    data = {"price": plain(fact.price), "expected": plain(leg.price), "percent": f"{slipped:.4f}"}
    turn.tell(NoticeKind.SLIPPAGE, text, group, data=data)


def _reducer(turn: Turn, group: Group, order: Order, fact: OrderFilled) -> Group:
    held = dict(_open_lots(group))
    spread = lots.spread_fill(order.allocations, fact.quantity, held)
    order = replace(order, allocations=spread.allocations)
    group = _closed(turn, group, order, fact, spread)
    if spread.beyond > 0:
        _tell_beyond(turn, group, fact, spread.beyond)
    data = {"price": plain(fact.price), "quantity": plain(fact.quantity), "order_id": order.id}
    text = f"Sold {plain(fact.quantity)} at {plain(fact.price)}."
    if group.side.sign < 0:
        text = f"Bought back {plain(fact.quantity)} at {plain(fact.price)}."
    if group.exit_attempts:
        data["failed_tries"] = str(group.exit_attempts)
        text += f" It took {group.exit_attempts + 1} tries."
    turn.tell(NoticeKind.REDUCER_FILLED, text, group, data=data)
    group = replace(with_order(group, order), exit_attempts=0, exit_retry_at=None)
    if is_resting(order):
        group = _rested(turn, group, order, fact)
    at = order.price if is_resting(order) else None
    group = reduced(aim_of(turn, group), group, at)
    return refilled(turn, group, entry=False)


def _open_lots(group: Group) -> Iterator[tuple[lots.LotKey, Decimal]]:
    """Every lot with what is open of it; those nobody closes already come first."""
    free = dict(uncovered(group))
    rows = [((pyramid.index, leg.index), leg.open_quantity) for pyramid, leg in group.legs]
    yield from (row for row in rows if row[0] in free)
    yield from (row for row in rows if row[0] not in free)


def _closed(
    turn: Turn, group: Group, order: Order, fact: OrderFilled, spread: lots.Spread
) -> Group:
    """The lots after an execution; the fee is shared by quantity, and none of it is lost."""
    taken = spread.taken
    if not taken and order.allocations:
        first = order.allocations[0]
        taken = {(first.pyramid, first.leg): ZERO}
    fee_left, sold = fact.fee_usd, sum(taken.values(), ZERO)
    for n, ((pyramid, index), quantity) in enumerate(taken.items(), start=1):
        share = fee_left if n == len(taken) else usd(fact.fee_usd * quantity / sold)
        fee_left -= share
        leg = group.pyramids[pyramid].legs[index]
        leg = lots.book_exit(leg, group.side, quantity, fact.price, share)
        if order.purpose is OrderPurpose.TAKE_PROFIT and leg.open_quantity == 0:
            leg = replace(leg, tp_executed_at=turn.at)
        group = with_leg(group, pyramid, leg)
    return group


def _tell_beyond(turn: Turn, group: Group, fact: OrderFilled, beyond: Decimal) -> None:
    text = (
        f"{plain(beyond)} more than was held here was closed at {plain(fact.price)}; it is not "
        f"counted in this position, look at the venue."
    )
    data = {"quantity": plain(beyond), "price": plain(fact.price), "order_id": fact.order_id}
    turn.tell(NoticeKind.EXTERNAL_TRADE, text, group, data=data)


def _rested(turn: Turn, group: Group, order: Order, fact: OrderFilled) -> Group:
    """A target was reached at the venue: it is told once, and a pyramid without lots is done."""
    if order.purpose is OrderPurpose.STOP:
        return group
    if order.filled_quantity == fact.quantity:
        text = f"A resting target was reached at {plain(fact.price)}."
        data = {"price": plain(fact.price), "target": plain(order.price or fact.price)}
        turn.tell(NoticeKind.TP_HIT, text, group, data=data)
    if group.tp_mode is not TakeProfitMode.PYRAMID_AGGREGATE:
        return group
    for index in {part.pyramid: None for part in order.allocations}:
        pyramid = group.pyramids[index]
        if all(leg.open_quantity <= 0 for leg in pyramid.legs):
            group = with_pyramid(group, replace(pyramid, tp_hit=True))
    return group
