"""A venue's books against ours: which orders are missing there, and what there is nobody's of ours.

Only what did not change while the venue was read is compared: the rest is looked at next time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import NamedTuple, Protocol, TypeVar

from engine.domain.account import Account
from engine.domain.events import Difference, HeldPosition
from engine.domain.group import Group
from engine.domain.leg import ZERO
from engine.domain.orders import Order
from engine.domain.words import GroupStatus, MarketKind, OrderSide, OrderStatus
from foundation.money import plain

EXTERNAL = ("foreign_order", "position")
"""Differences about what others did: told once, and again when they change."""
AT_VENUE = (OrderStatus.OPEN, OrderStatus.PARTIALLY_FILLED)


class VenueOrder(Protocol):
    """An order as the venue lists it."""

    @property
    def order_id(self) -> str | None: ...

    @property
    def venue_order_id(self) -> str: ...

    @property
    def symbol(self) -> str: ...

    @property
    def side(self) -> OrderSide: ...

    @property
    def quantity(self) -> Decimal: ...

    @property
    def price(self) -> Decimal | None: ...


class Listed(NamedTuple):
    """One of our orders that should be at the venue."""

    symbol: str
    order: Order


_SeenOrder = TypeVar("_SeenOrder", bound=VenueOrder)


def should_work(account: Account) -> tuple[Listed, ...]:
    """Orders the venue has confirmed and nobody has asked it to take off."""
    return tuple(
        Listed(group.symbol, order)
        for group in account.groups.values()
        for order in group.orders.values()
        if order.status in AT_VENUE and not order.cancel_requested
    )


def missing(before: Account, after: Account, seen: Iterable[VenueOrder]) -> tuple[Listed, ...]:
    """Orders that should work and are not listed; ``before`` and ``after`` the venue was read."""
    listed = {order.order_id for order in seen}
    unlisted = [one for one in should_work(after) if one.order.id not in listed]
    if before is after or not unlisted:
        return tuple(unlisted)
    unchanged = {one.order.id: one.order for one in should_work(before)}
    return tuple(one for one in unlisted if unchanged.get(one.order.id) == one.order)


def not_ours(account: Account, seen: Iterable[_SeenOrder]) -> tuple[_SeenOrder, ...]:
    """Listed orders no group of the account knows."""
    ours = {order_id for group in account.groups.values() for order_id in group.orders}
    return tuple(order for order in seen if order.order_id not in ours)


def foreign(order: VenueOrder) -> Difference:
    """An order somebody else placed: seen, told, left alone."""
    at = "" if order.price is None else f" at {plain(order.price)}"
    text = f"{order.side} {plain(order.quantity)}{at}, not placed by us; it is left alone"
    return Difference("foreign_order", order.symbol, text, order.venue_order_id)


def name_of(difference: Difference) -> str:
    """What a difference is of, the same as long as it is the same order or position."""
    return f"{difference.what} {difference.order_id or difference.symbol}"


def gone(listed: Listed, filled: Decimal | None) -> Difference:
    """An order of ours the venue does not have any more, though we did not take it off."""
    order = listed.order
    done = "" if filled is None else f" after {plain(filled)} of {plain(order.quantity)}"
    text = f"the {order.purpose.replace('_', ' ')} order is gone{done}"
    return Difference("order_gone", listed.symbol, text, order.id)


def positions(account: Account, held: Mapping[str, Decimal]) -> tuple[HeldPosition, ...]:
    """What the venue holds of every symbol we trade there or ever missed something of."""
    names = {*account.short_at_venue}
    names.update(g.symbol for g in account.groups.values() if g.status is not GroupStatus.CLOSED)
    return tuple(HeldPosition(name, held.get(name, ZERO)) for name in sorted(names))


def excess(account: Account, held: Mapping[str, Decimal]) -> dict[str, Decimal]:
    """Contracts held beyond ours, by symbol; on spot more than ours is no difference."""
    if account.market is MarketKind.SPOT:
        return {}
    found = {}
    for symbol, quantity in sorted(held.items()):
        groups = [g for g in account.groups.values() if g.symbol == symbol]
        ours = sum((g.side.sign * g.open_quantity for g in groups), ZERO)
        under_way = sum((_under_way(group) for group in groups), ZERO)
        beyond = abs(quantity - ours)
        if beyond > under_way and abs(quantity) > abs(ours):
            found[symbol] = quantity - ours
    return found


def external(symbol: str, quantity: Decimal) -> Difference:
    """A position, or a part of one, that is not from our orders."""
    text = f"the venue holds {plain(quantity)} more than ours; it is left alone"
    return Difference("position", symbol, text)


def at_rest(account: Account) -> bool:
    """No order of the account can execute or report any more."""
    return all(o.settled for g in account.groups.values() for o in g.orders.values())


def _under_way(group: Group) -> Decimal:
    return sum((order.remaining for order in group.orders.values()), ZERO)
