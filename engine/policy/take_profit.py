"""Targets: derived from the average actually paid, never from the price intended."""

from __future__ import annotations

from decimal import Decimal

from engine.domain.group import Pyramid
from engine.domain.leg import ZERO
from engine.domain.words import Side
from foundation.money import ceil_to_step, floor_to_step

HUNDRED = Decimal(100)


def target(side: Side, average: Decimal, percent: Decimal, tick: Decimal) -> Decimal:
    """``average * (1 + percent/100)`` for a long, mirrored for a short, to the tick.

    Rounded away from the average, so that a target never earns less than was asked.
    """
    exact = average * (1 + side.sign * percent / HUNDRED)
    return ceil_to_step(exact, tick) if side is Side.LONG else floor_to_step(exact, tick)


def pyramid_average(pyramid: Pyramid) -> Decimal | None:
    """Weighted average price of what is still held of one entry, or None."""
    held = sum((leg.open_quantity for leg in pyramid.legs), ZERO)
    cost = sum((leg.open_cost_usd for leg in pyramid.legs), ZERO)
    return cost / held if held > 0 else None


def reached(side: Side, price: Decimal, level: Decimal) -> bool:
    """Whether the price is at or beyond a target."""
    return price >= level if side is Side.LONG else price <= level


def progress_percent(average: Decimal, price: Decimal, level: Decimal) -> Decimal:
    """How far the price has come from the average to the target: 0 … 100."""
    if level == average:
        return HUNDRED
    done = (price - average) / (level - average) * HUNDRED
    return min(max(done, Decimal(0)), HUNDRED)
