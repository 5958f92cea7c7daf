"""Cover: how much of each lot live reducers close already, and what is left uncovered."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from engine.domain.account import Account
from engine.domain.group import Group
from engine.domain.leg import ZERO
from engine.domain.orders import Order
from engine.domain.words import OrderPurpose, OrderType
from engine.policy.holdings import sellable
from engine.policy.lots import LotKey


def covered(group: Group, *, resting: bool = True) -> dict[LotKey, Decimal]:
    """How much of each lot live reducers may still close, with or without resting targets."""
    out: dict[LotKey, Decimal] = {}
    for order in group.reducers:
        if not resting and is_resting(order) and order.working:
            continue
        left = order.remaining
        for part in order.allocations:
            open_part = min(part.quantity - part.executed, left)
            left -= open_part
            if open_part > 0:
                key = (part.pyramid, part.leg)
                out[key] = out.get(key, ZERO) + open_part
    return out


def resting_targets(group: Group) -> Iterator[Order]:
    """Targets and stops that rest at the venue and may still execute."""
    return (order for order in group.reducers if order.working and is_resting(order))


def is_resting(order: Order) -> bool:
    if order.purpose is OrderPurpose.STOP:
        return True
    return order.purpose is OrderPurpose.TAKE_PROFIT and order.order_type is OrderType.LIMIT


def uncovered(group: Group, *, hit_only: bool = False) -> list[tuple[LotKey, Decimal]]:
    """Open lots, or those whose target was hit, less what live reducers close already."""
    taken = covered(group)
    rows = []
    for pyramid, leg in group.legs:
        if hit_only and not (leg.tp_hit or pyramid.tp_hit):
            continue
        key = (pyramid.index, leg.index)
        left = leg.open_quantity - taken.get(key, ZERO)
        if left > 0:
            rows.append((key, left))
    return rows


def at_venue(
    account: Account, group: Group, lots: Sequence[tuple[LotKey, Decimal]]
) -> list[tuple[LotKey, Decimal]]:
    """The lots as far as the venue holds them, in order: what is not there cannot be sold."""
    left, out = sellable(account, group), []
    for key, quantity in lots:
        take = min(quantity, left)
        left -= take
        if take > 0:
            out.append((key, take))
    return out


def spoken_for(group: Group) -> Decimal:
    """What is being closed already or is wanted closed, in base units.

    A target that merely rests is no closing: whatever wants its lots takes it off first.
    """
    closing = (order.remaining for order in group.reducers if not is_resting(order))
    return sum(closing, group.reduce_quantity)
