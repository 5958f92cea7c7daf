"""Slippage of an entry at market: bounded beforehand, or judged by the fill."""

from __future__ import annotations

from decimal import Decimal

from engine.domain.words import Side
from foundation.money import ceil_to_step, floor_to_step

HUNDRED = Decimal(100)


def bound(side: Side, expected: Decimal, percent: Decimal, tick: Decimal) -> Decimal:
    """The worst price an entry may get, to the tick and never worse than ``percent`` off."""
    exact = expected * (1 + side.sign * percent / HUNDRED)
    return floor_to_step(exact, tick) if side is Side.LONG else ceil_to_step(exact, tick)


def slipped_percent(side: Side, expected: Decimal, paid: Decimal) -> Decimal:
    """How much worse than expected an entry was paid, in %; negative when it was better."""
    return side.sign * (paid - expected) / expected * HUNDRED
