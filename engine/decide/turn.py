"""A turn: the account while one event is decided, and everything the decision produces.

A turn is the only mutable thing of the core and never outlives ``step``. It holds the account as
it stands so far; helpers replace groups in it and append commands and notices in order.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal

from engine.decide.recalling import with_recalled
from engine.domain.account import Account, Queued
from engine.domain.changed import replace
from engine.domain.commands import CancelOrder, Command, PlaceOrder
from engine.domain.events import Event
from engine.domain.group import Group, Pyramid
from engine.domain.ids import client_order_id, group_id
from engine.domain.instrument import Instrument
from engine.domain.leg import Leg
from engine.domain.notices import Notice, NoticeKind
from engine.domain.orders import Order
from engine.domain.words import GroupStatus
from engine.policy.rules import instrument_for


class Turn:
    """One event being decided: ``account`` so far, ``commands`` and ``notices`` in order.

    ``booked``: closed groups of which money alone has changed.
    ``order``: the queue as it was ranked to serve it, if it was; ``standing``: the queue as it was
    last given its ranks.
    """

    __slots__ = (
        "_groups",
        "_n",
        "account",
        "at",
        "booked",
        "commands",
        "market",
        "notices",
        "order",
        "over_limit",
        "seq",
        "standing",
        "touched",
    )

    def __init__(self, account: Account, event: Event) -> None:
        self.account = with_recalled(account, event.recalled)
        self.at: datetime = event.at
        self.market = event.market
        self.seq = account.seq + 1
        self.commands: list[Command] = []
        self.notices: list[Notice] = []
        self.touched: dict[str, None] = {}
        self.booked: set[str] = set()
        self.over_limit = 0
        self.order: Iterable[Queued] | None = None
        self.standing: tuple[Queued, ...] | None = None
        self._n = 0
        self._groups = 0

    def touch(self, group_id: str) -> None:
        """Have ``plan`` look at this group when the fact is applied."""
        self.touched.setdefault(group_id)

    def group(self, group_id: str) -> Group:
        return self.account.groups[group_id]

    def put(self, group: Group) -> None:
        """Store a changed or new group and have ``plan`` look at it."""
        if self.account.groups.get(group.id) is group:
            return
        stamped = replace(group, updated_at=self.at)
        self.account = replace(self.account, groups={**self.account.groups, group.id: stamped})
        self.touch(group.id)

    def book(self, group: Group) -> None:
        """Store a group of which money has changed, and nothing that is held.

        One that is closed stays as it ended: what it could not sell then is not sold for a fee
        or for funding either, by prices of another day.
        """
        self.put(group)
        if group.status is GroupStatus.CLOSED:
            self.booked.add(group.id)

    def next_id(self) -> str:
        """The client id of the next command this event decides."""
        self._n += 1
        return client_order_id(self.account.id, self.seq, self._n - 1)

    def next_group_id(self) -> str:
        """The id of the next group this event opens."""
        self._groups += 1
        return group_id(self.account.id, self.seq, self._groups - 1)

    def place(self, command: PlaceOrder) -> None:
        self.commands.append(command)

    def cancel(self, group: Group, order: Order) -> None:
        self.commands.append(CancelOrder(self.next_id(), group.id, group.symbol, order.id))

    def tell(
        self,
        kind: NoticeKind,
        reason: str,
        group: Group | None = None,
        symbol: str | None = None,
        data: Mapping[str, str] | None = None,
    ) -> None:
        """Append a notice; a group gives its id and symbol."""
        self.notices.append(
            Notice(
                kind=kind,
                reason=reason,
                group_id=group.id if group else None,
                symbol=group.symbol if group else symbol,
                data=dict(data or {}),
            )
        )

    def instrument(self, symbol: str) -> Instrument | None:
        """The rules of a symbol, as far as they are known or the owner lets them be assumed."""
        return instrument_for(self.account, self.market.instruments, symbol)

    def price(self, symbol: str) -> Decimal | None:
        return self.market.price(symbol)


def with_leg(group: Group, pyramid_index: int, leg: Leg) -> Group:
    """The group with one leg replaced, found by its pyramid and its own index."""
    pyramid = group.pyramids[pyramid_index]
    legs = (*pyramid.legs[: leg.index], leg, *pyramid.legs[leg.index + 1 :])
    return with_pyramid(group, replace(pyramid, legs=legs))


def with_pyramid(group: Group, pyramid: Pyramid) -> Group:
    """The group with one pyramid replaced, found by its index."""
    before, after = group.pyramids[: pyramid.index], group.pyramids[pyramid.index + 1 :]
    return replace(group, pyramids=(*before, pyramid, *after))


def with_order(group: Group, order: Order) -> Group:
    """The group with one order added or replaced."""
    return replace(group, orders={**group.orders, order.id: order})
