"""What is told of orders a venue refused: the first of a series, and once more when it goes on.

Each refusal stands in the journal and beside its order; a person hears of the series, not of every
try. What ends for good is always told.
"""

from __future__ import annotations

from typing import Final

from engine.domain.events import OrderRefused
from engine.domain.group import Group
from engine.domain.orders import Order
from engine.domain.words import ExitReason, OrderStatus
from foundation import limits

LOST: Final = "lost"
"""The refusal of an order that never arrived: nobody refused it."""
NO_FUNDS: Final = "insufficient_funds"
_MUST_CLOSE: Final = (ExitReason.EMERGENCY, ExitReason.GUARD)
"""Closings a person waits for: what is told says what it keeps from closing."""


def entry_told(before: Group, order: Order, fact: OrderRefused, *, again: bool) -> str | None:
    """What to say of a refused entry; None when it was said of its leg, or of its group's funds.

    ``before`` does not know of the refusal yet; ``again``: the leg will be ordered once more.
    """
    known = fact.code == NO_FUNDS and before.no_more_entries
    if again:
        known = known or any(
            _refused(one) and (one.pyramid, one.leg) == (order.pyramid, order.leg)
            for one in before.entry_orders
        )
    return None if known else f"The venue refused: {fact.text}"


def exit_told(before: Group, fact: OrderRefused) -> str | None:
    """What to say of a refused exit that is tried again: the first of the series, and a late one.

    A series ends when something executes, and begins anew with whatever wants the group closed.
    """
    tries = 1 + sum(_refused(order) for order in _failed_lately(before))
    if tries == limits.EXIT_TRIES_TOLD:
        return f"{before.symbol} could not be closed in {tries} tries, and is tried on: {fact.text}"
    if tries > 1:
        return None
    if before.exit_reason in _MUST_CLOSE:
        return f"{before.symbol} could not be closed yet and is tried again: {fact.text}"
    return f"The venue refused: {fact.text}"


def _failed_lately(group: Group) -> list[Order]:
    """The reducers that came to nothing since the last one that did."""
    if not group.exit_attempts:
        return []
    ended = [order for order in group.reducers if _refused(order) or _gone(order)]
    ended.sort(key=lambda order: order.closed_at or order.created_at)
    return ended[-group.exit_attempts :]


def _refused(order: Order) -> bool:
    return order.status is OrderStatus.FAILED and order.refusal not in (None, LOST)


def _gone(order: Order) -> bool:
    """Ended by its venue, though nobody here asked for that."""
    return order.status is OrderStatus.CANCELLED and not order.cancel_requested
