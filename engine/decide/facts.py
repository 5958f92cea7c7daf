"""What venues say of our orders: accepted, refused, lost, filled, cancelled.

A venue's fact is booked, never judged. Facts may come in any order and again; a repeat or a late
one changes nothing that is not new.
"""

from __future__ import annotations

from datetime import timedelta

from engine.decide.cover import is_resting
from engine.decide.fills import FOREIGN, book, find_order, leg_of
from engine.decide.guard import credentials
from engine.decide.refusals import LOST, NO_FUNDS, entry_told, exit_told
from engine.decide.switching import watched_instead
from engine.decide.turn import Turn, with_leg, with_order
from engine.domain.changed import replace
from engine.domain.events import (
    CredentialsChanged,
    OrderAccepted,
    OrderCancelled,
    OrderFilled,
    OrderLost,
    OrderRefused,
    OrderUnclear,
)
from engine.domain.group import Group
from engine.domain.leg import ZERO
from engine.domain.notices import NoticeKind, Outcome
from engine.domain.orders import Order
from engine.domain.words import (
    WATCHED,
    OrderPurpose,
    OrderStatus,
    moved_order,
)
from engine.policy import retry
from foundation import limits

__all__ = ["FOREIGN", "KNOWN", "accepted", "cancelled", "filled", "find_order", "lost", "refused"]

KNOWN = Outcome("done", "known", "Nothing new.")
BAD_KEYS = ("authentication_failed", "permission_denied")
"""Refusals of the keys, not of the order: it is ordered again with new keys, while fresh."""


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
    if fact.margin_kept:
        turn.tell(NoticeKind.MARGIN_KEPT, fact.margin_kept, group)
    return Outcome("done", "accepted", "The venue has the order.", group.id)


def refused(turn: Turn, fact: OrderRefused) -> Outcome:
    found = find_order(turn, fact.order_id)
    if not found:
        return FOREIGN
    group, order = found
    if order.status is not OrderStatus.PENDING:
        return KNOWN
    order = replace(order, status=OrderStatus.FAILED, refusal=fact.text, closed_at=turn.at)
    before, group = group, with_order(group, order)
    if order.purpose is OrderPurpose.ENTRY:
        group = _entry_refused(turn, group, order, fact)
        again = leg_of(group, order)[1].retry_at is not None
        text = entry_told(before, order, fact, again=again)
    elif is_resting(order) and fact.final:
        group = watched_instead(turn, group, order.purpose, fact.text)
        text = f"The venue refused: {fact.text}"
    else:
        group = _exit_later(turn, _still_wanted(group, order), fact.retry_after)
        text = exit_told(before, fact)
    turn.put(group)
    if text is not None:
        data = {"order_id": order.id, "purpose": order.purpose.value, "code": fact.code}
        turn.tell(NoticeKind.ORDER_FAILED, text, group, data=data)
    if fact.code in BAD_KEYS:
        credentials(turn, CredentialsChanged(fact.text))
    return Outcome("done", "refused_by_venue", fact.text, group.id)


def unclear(turn: Turn, fact: OrderUnclear) -> Outcome:
    """Nothing changes and nothing is sent again; its owner hears that nobody knows."""
    found = find_order(turn, fact.order_id)
    if not found:
        return FOREIGN
    group, order = found
    if order.status is not OrderStatus.PENDING:
        return KNOWN
    text = (
        f"The venue has not said in {fact.tries} tries whether it has an order; nothing is sent "
        "again, and it is asked on."
    )
    data = {"order_id": order.id, "purpose": order.purpose.value, "tries": str(fact.tries)}
    turn.tell(NoticeKind.ORDER_UNCLEAR, text, group, data=data)
    return Outcome("done", "unclear", text, group.id)


def lost(turn: Turn, fact: OrderLost) -> Outcome:
    """The order surely never arrived: decide again, exits always, entries while fresh."""
    found = find_order(turn, fact.order_id)
    if not found:
        return FOREIGN
    group, order = found
    if order.status is not OrderStatus.PENDING:
        return KNOWN
    order = replace(order, status=OrderStatus.FAILED, refusal=LOST, closed_at=turn.at)
    group = with_order(group, order)
    text = "The order never reached the venue."
    if order.purpose is OrderPurpose.ENTRY:
        pyramid, leg = leg_of(group, order)
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
        group = _still_wanted(group, order)
        if not order.cancel_requested:
            # nobody here asked for that: what it left open is tried again, not in a hot loop
            group = _exit_later(turn, group)
    turn.put(group)
    data = {"order_id": order.id, "purpose": order.purpose.value}
    turn.tell(NoticeKind.ORDER_CANCELLED, "The order works no more.", group, data=data)
    return Outcome("done", "cancelled", "The order works no more.", group.id)


def filled(turn: Turn, fact: OrderFilled) -> Outcome:
    return book(turn, fact)


def _mirror(turn: Turn, group: Group, order: Order) -> Group:
    """The leg shows the state of the order that works for it."""
    if order.purpose is not OrderPurpose.ENTRY:
        return group
    pyramid, leg = leg_of(group, order)
    if leg.order_id != order.id:
        return group
    cancelled_at = turn.at if order.status is OrderStatus.CANCELLED else leg.cancelled_at
    return with_leg(group, pyramid, replace(leg, status=order.status, cancelled_at=cancelled_at))


def _entry_refused(turn: Turn, group: Group, order: Order, fact: OrderRefused) -> Group:
    pyramid, leg = leg_of(group, order)
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
    left = max(order.quantity - executed, ZERO)
    return replace(group, reduce_quantity=group.reduce_quantity + left)


def _exit_later(turn: Turn, group: Group, wait_s: int = 0) -> Group:
    """``wait_s`` is what the venue asks for; an exit waits no longer than any other for it."""
    again = retry.exit_retry_at(turn.at, group.exit_attempts, wait_s)
    return replace(group, exit_retry_at=again, exit_attempts=group.exit_attempts + 1)
