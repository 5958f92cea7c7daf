"""What venues say of our orders: accepted, refused, lost, filled, cancelled.

A venue's fact is booked, never judged. Facts may come in any order and again; a repeat or a late
one changes nothing that is not new.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from engine.decide.guard import credentials
from engine.decide.turn import Turn, with_leg, with_order
from engine.domain.events import (
    CredentialsChanged,
    OrderAccepted,
    OrderCancelled,
    OrderFilled,
    OrderLost,
    OrderRefused,
)
from engine.domain.group import Group
from engine.domain.leg import ZERO, Leg
from engine.domain.notices import NoticeKind, Outcome
from engine.domain.orders import Order
from engine.domain.words import (
    WATCHED,
    OrderPurpose,
    OrderStatus,
    TakeProfitMode,
    moved_order,
)
from engine.policy import lots, retry
from engine.policy.take_profit import target
from foundation import limits
from foundation.money import plain, usd

FOREIGN = Outcome("done", "foreign_order", "Not an order of this account's groups.")
KNOWN = Outcome("done", "known", "Nothing new.")
NO_FUNDS = "insufficient_funds"
BAD_KEYS = ("authentication_failed", "permission_denied")
"""Refusals of the keys, not of the order: it is ordered again with new keys, while fresh."""
FINEST_TICK = Decimal("0.00000001")


def find_order(turn: Turn, order_id: str) -> tuple[Group, Order] | None:
    """The group and order a client order id names, if they are in the account's memory."""
    for group in turn.account.groups.values():
        order = group.orders.get(order_id)
        if order:
            return group, order
    return None


def accepted(turn: Turn, fact: OrderAccepted) -> Outcome:
    found = find_order(turn, fact.order_id)
    if not found:
        return FOREIGN
    group, order = found
    if order.venue_order_id == fact.venue_order_id and order.status is not OrderStatus.PENDING:
        return KNOWN
    status = OrderStatus.OPEN if order.status is OrderStatus.PENDING else order.status
    order = replace(order, status=status, venue_order_id=fact.venue_order_id)
    turn.put(_mirror(turn, with_order(group, order), order))
    data = {"order_id": order.id, "purpose": order.purpose.value}
    turn.tell(NoticeKind.ORDER_ACCEPTED, "The venue has the order.", group, data=data)
    return Outcome("done", "accepted", "The venue has the order.", group.id)


def refused(turn: Turn, fact: OrderRefused) -> Outcome:
    found = find_order(turn, fact.order_id)
    if not found:
        return FOREIGN
    group, order = found
    if order.status is not OrderStatus.PENDING:
        return KNOWN
    order = replace(order, status=OrderStatus.FAILED, refusal=fact.text, closed_at=turn.at)
    group = with_order(group, order)
    if order.purpose is OrderPurpose.ENTRY:
        group = _entry_refused(turn, group, order, fact)
    else:
        group = _exit_later(turn, _still_wanted(group, order))
    turn.put(group)
    data = {"order_id": order.id, "purpose": order.purpose.value, "code": fact.code}
    turn.tell(NoticeKind.ORDER_FAILED, f"The venue refused: {fact.text}", group, data=data)
    if fact.code in BAD_KEYS:
        credentials(turn, CredentialsChanged(fact.text))
    return Outcome("done", "refused_by_venue", fact.text, group.id)


def lost(turn: Turn, fact: OrderLost) -> Outcome:
    """The order surely never arrived: decide again, exits always, entries while fresh."""
    found = find_order(turn, fact.order_id)
    if not found:
        return FOREIGN
    group, order = found
    if order.status is not OrderStatus.PENDING:
        return KNOWN
    order = replace(order, status=OrderStatus.FAILED, refusal="lost", closed_at=turn.at)
    group = with_order(group, order)
    text = "The order never reached the venue."
    if order.purpose is OrderPurpose.ENTRY:
        pyramid, leg = _leg_of(group, order)
        fresh = retry.entry_fresh(turn.at, group.pyramids[pyramid].entry_at)
        if fresh and not order.cancel_requested:
            leg = replace(leg, order_id=None, retry_at=None)
            text += " It is ordered again."
        else:
            leg = replace(leg, status=OrderStatus.CANCELLED, cancelled_at=turn.at)
            text += " Its time is over, so it is not ordered again."
        group = with_leg(group, pyramid, leg)
    else:
        group = _still_wanted(group, order)
    turn.put(group)
    data = {"order_id": order.id, "purpose": order.purpose.value, "code": "lost"}
    turn.tell(NoticeKind.ORDER_FAILED, text, group, data=data)
    return Outcome("done", "lost", text, group.id)


def cancelled(turn: Turn, fact: OrderCancelled) -> Outcome:
    found = find_order(turn, fact.order_id)
    if not found:
        return FOREIGN
    group, order = found
    if not order.working:
        return KNOWN
    order = replace(
        order,
        status=moved_order(order.status, OrderStatus.CANCELLED),
        expected_filled=fact.filled_quantity,
        closed_at=turn.at,
    )
    group = _mirror(turn, with_order(group, order), order)
    if order.purpose is not OrderPurpose.ENTRY:
        # nobody here asked for that: what it left open is tried again, but not in a hot loop
        group = _exit_later(turn, _still_wanted(group, order))
    turn.put(group)
    data = {"order_id": order.id, "purpose": order.purpose.value}
    turn.tell(NoticeKind.ORDER_CANCELLED, "The order works no more.", group, data=data)
    return Outcome("done", "cancelled", "The order works no more.", group.id)


def filled(turn: Turn, fact: OrderFilled) -> Outcome:
    """Book one execution. The inbox has already dropped repeats by the venue's trade id."""
    found = find_order(turn, fact.order_id)
    if not found:
        return FOREIGN
    group, order = found
    total = order.filled_quantity + fact.quantity
    assert total <= order.quantity, "an order executed more than its quantity"
    whole = total == order.quantity
    status = OrderStatus.FILLED if whole else OrderStatus.PARTIALLY_FILLED
    if order.status is OrderStatus.CANCELLED and not whole:
        status = OrderStatus.CANCELLED
    after = replace(
        order,
        status=moved_order(order.status, status),
        filled_quantity=total,
        cost_usd=order.cost_usd + fact.quantity * fact.price,
        fee_usd=order.fee_usd + fact.fee_usd,
        closed_at=turn.at if whole else order.closed_at,
    )
    if order.purpose is OrderPurpose.ENTRY:
        group = _entry_filled(turn, group, after, fact)
    else:
        group = _reducer_filled(turn, group, after, fact)
    turn.put(group)
    return Outcome("done", "filled", "The fill is booked.", group.id)


def _leg_of(group: Group, order: Order) -> tuple[int, Leg]:
    assert order.pyramid is not None, "an entry names its pyramid"
    assert order.leg is not None, "an entry names its leg"
    return order.pyramid, group.pyramids[order.pyramid].legs[order.leg]


def _mirror(turn: Turn, group: Group, order: Order) -> Group:
    """The leg shows the state of the order that works for it."""
    if order.purpose is not OrderPurpose.ENTRY:
        return group
    pyramid, leg = _leg_of(group, order)
    if leg.order_id != order.id:
        return group
    cancelled_at = turn.at if order.status is OrderStatus.CANCELLED else leg.cancelled_at
    return with_leg(group, pyramid, replace(leg, status=order.status, cancelled_at=cancelled_at))


def _entry_refused(turn: Turn, group: Group, order: Order, fact: OrderRefused) -> Group:
    pyramid, leg = _leg_of(group, order)
    fresh = retry.entry_fresh(turn.at, group.pyramids[pyramid].entry_at)
    final = fact.final and fact.code not in BAD_KEYS
    if final or order.cancel_requested or not fresh:
        leg = replace(leg, status=OrderStatus.FAILED, cancelled_at=turn.at)
    else:
        again = turn.at + timedelta(seconds=max(fact.retry_after, limits.ENTRY_RETRY_MIN_S))
        leg = replace(leg, order_id=None, retry_at=again)
    group = with_leg(group, pyramid, leg)
    return replace(group, no_more_entries=group.no_more_entries or fact.code == NO_FUNDS)


def _still_wanted(group: Group, order: Order) -> Group:
    """A reduce that did not execute is still wanted; exits and targets are derived anew anyway."""
    if order.purpose is not OrderPurpose.REDUCE or group.status not in WATCHED:
        return group
    executed = max(order.filled_quantity, order.expected_filled or ZERO)
    left = group.reduce_quantity + order.quantity - executed
    return replace(group, reduce_quantity=left)


def _exit_later(turn: Turn, group: Group) -> Group:
    again = retry.exit_retry_at(turn.at, group.exit_attempts)
    return replace(group, exit_retry_at=again, exit_attempts=group.exit_attempts + 1)


def _entry_filled(turn: Turn, group: Group, order: Order, fact: OrderFilled) -> Group:
    pyramid, leg = _leg_of(group, order)
    whole = order.status is OrderStatus.FILLED
    leg = replace(
        lots.book_entry(leg, fact),
        status=order.status,
        tp_hit=False,
        armed_seq=turn.seq,
        filled_at=turn.at if whole else leg.filled_at,
    )
    leg = replace(leg, tp_price=_leg_target(turn, group, leg))
    group = with_target(turn, with_order(with_leg(group, pyramid, leg), order))
    turn.tell(
        NoticeKind.LEG_FILLED,
        f"Leg {leg.index + 1} {'filled' if whole else 'partly filled'} at {plain(fact.price)}.",
        group,
        data={
            "pyramid": str(pyramid + 1),
            "leg": str(leg.index + 1),
            "price": plain(fact.price),
            "quantity": plain(fact.quantity),
            "filled": plain(leg.filled_quantity),
            "of": plain(leg.quantity),
            "whole": "yes" if whole else "no",
        },
    )
    return group


def _leg_target(turn: Turn, group: Group, leg: Leg) -> Decimal | None:
    average = leg.avg_fill_price
    if average is None:
        return leg.tp_price
    return target(group.side, average, leg.tp_percent, _tick(turn, group))


def with_target(turn: Turn, group: Group) -> Group:
    """The group with its aggregate target moved to where its average is now."""
    average = group.average_entry
    if group.tp_mode is not TakeProfitMode.AGGREGATE or average is None:
        return group
    level = target(group.side, average, group.tp_aggregate_percent, _tick(turn, group))
    return replace(group, tp_price=level, tp_hit=False, armed_seq=turn.seq)


def _tick(turn: Turn, group: Group) -> Decimal:
    """A target is only watched, so it needs no exact tick while the rules are missing."""
    instrument = turn.instrument(group.symbol)
    return instrument.tick if instrument else FINEST_TICK


def _reducer_filled(turn: Turn, group: Group, order: Order, fact: OrderFilled) -> Group:
    allocations, taken = lots.spread_fill(order.allocations, fact.quantity)
    order = replace(order, allocations=allocations)
    fee_left = fact.fee_usd
    for n, ((pyramid, index), quantity) in enumerate(taken.items(), start=1):
        share = fee_left if n == len(taken) else usd(fact.fee_usd * quantity / fact.quantity)
        fee_left -= share
        leg = group.pyramids[pyramid].legs[index]
        leg = lots.book_exit(leg, group.side, quantity, fact.price, share)
        if order.purpose is OrderPurpose.TAKE_PROFIT and leg.open_quantity == 0:
            leg = replace(leg, tp_executed_at=turn.at)
        group = with_leg(group, pyramid, leg)
    data = {"price": plain(fact.price), "quantity": plain(fact.quantity), "order_id": order.id}
    text = f"Sold {plain(fact.quantity)} at {plain(fact.price)}."
    if group.side.sign < 0:
        text = f"Bought back {plain(fact.quantity)} at {plain(fact.price)}."
    turn.tell(NoticeKind.REDUCER_FILLED, text, group, data=data)
    group = replace(with_order(group, order), exit_attempts=0, exit_retry_at=None)
    return with_target(turn, group)
