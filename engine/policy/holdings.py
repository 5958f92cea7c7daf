"""What the venue holds against what we say: how much is missing, and what may still be sold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal

from engine.domain.account import Account
from engine.domain.events import HeldPosition
from engine.domain.group import Group
from engine.domain.instrument import Instrument
from engine.domain.leg import ZERO
from engine.domain.words import GroupStatus


def shortages(
    account: Account,
    positions: Iterable[HeldPosition],
    instruments: Mapping[str, Instrument],
    seen_at: datetime,
) -> dict[str, Decimal]:
    """Per symbol, how much less than ours the venue holds; more than ours is no difference.

    A reducer at work may have executed already without our knowing, so it explains its part; a
    stop that rests does not, for it would explain whatever a person sells while it waits, and its
    fill is known long before two looks agree. A group that changed after the venue was asked
    cannot be compared: what was known stays.
    """
    short = dict(account.short_at_venue)
    for held in positions:
        groups = list(_holding(account, held.symbol))
        if any(group.updated_at >= seen_at for group in groups):
            continue
        # what holds nothing, as one that failed, says nothing of the side
        ours = sum((group.side.sign * group.open_quantity for group in groups), ZERO)
        there = held.quantity if ours > 0 else -held.quantity
        missing = abs(ours) - _executing(groups) - max(there, ZERO)
        rules = instruments.get(held.symbol)
        if missing > 0 and (rules is None or missing >= rules.step):
            short[held.symbol] = missing
        else:
            short.pop(held.symbol, None)
    return short


def sellable(account: Account, group: Group) -> Decimal:
    """How much new reducers of the group may close: what is not covered, as far as it is there."""
    free = max(group.open_quantity - _working([group]), ZERO)
    short = account.short_at_venue.get(group.symbol, ZERO)
    if short <= 0 or group.status is GroupStatus.CLOSED:
        return free
    groups = [one for one in _holding(account, group.symbol) if one.side is group.side]
    ours = sum((one.open_quantity for one in groups), ZERO)
    return min(free, max(ours - short - _working(groups), ZERO))


def _holding(account: Account, symbol: str) -> Iterator[Group]:
    """Groups whose quantity the venue should hold; it nets what is long and what is short."""
    for group in account.groups.values():
        if group.symbol == symbol and (
            group.status is not GroupStatus.CLOSED or _filled_late(group)
        ):
            yield group


def _filled_late(group: Group) -> bool:
    """Whether it was closed, filled after all, and is being closed again; dust is left as it is."""
    on_its_way = any(not order.settled for order in group.reducers)
    return group.open_quantity > 0 and (on_its_way or group.exit_retry_at is not None)


def _executing(groups: Iterable[Group]) -> Decimal:
    """What reducers may be closing at this moment: stops wait for their price."""
    orders = (order for group in groups for order in group.reducers)
    return sum((one.remaining for one in orders if one.trigger_price is None), ZERO)


def _working(groups: Iterable[Group]) -> Decimal:
    return sum((order.remaining for group in groups for order in group.reducers), ZERO)
