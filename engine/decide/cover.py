"""Cover: how much of each lot live reducers close already, and what is left uncovered."""

from __future__ import annotations

from decimal import Decimal

from engine.domain.group import Group
from engine.domain.leg import ZERO
from engine.policy.lots import LotKey


def covered(group: Group) -> dict[LotKey, Decimal]:
    """How much of each lot live reducers may still close."""
    out: dict[LotKey, Decimal] = {}
    for order in group.reducers:
        left = order.remaining
        for part in order.allocations:
            open_part = min(part.quantity - part.executed, left)
            left -= open_part
            if open_part > 0:
                key = (part.pyramid, part.leg)
                out[key] = out.get(key, ZERO) + open_part
    return out


def uncovered(group: Group, *, hit_only: bool = False) -> list[tuple[LotKey, Decimal]]:
    """Open lots, or those whose target was hit, less what live reducers close already."""
    taken = covered(group)
    rows = []
    for pyramid, leg in group.legs:
        if hit_only and not leg.tp_hit:
            continue
        key = (pyramid.index, leg.index)
        left = leg.open_quantity - taken.get(key, ZERO)
        if left > 0:
            rows.append((key, left))
    return rows


def spoken_for(group: Group) -> Decimal:
    """What is being closed already or is wanted closed, in base units."""
    return sum(covered(group).values(), group.reduce_quantity)
