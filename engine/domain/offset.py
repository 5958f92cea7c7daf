"""A risk plan: winners close first, then the loser with what was really realised; persisted."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from engine.domain.leg import ZERO
from engine.domain.record import record


class PlanStatus(StrEnum):
    """Where a plan stands."""

    WINNERS = "winners"
    LOSER = "loser"
    DONE = "done"
    FAILED = "failed"


@record(frozen=True, slots=True)
class WinnerPart:
    """What one winner gives. ``quantity`` in base; USD at plan price, after closing costs.

    ``realized_before_usd`` is the group's realised profit when the plan began.
    """

    group_id: str
    symbol: str
    quantity: Decimal
    price: Decimal
    expected_usd: Decimal
    whole: bool
    realized_before_usd: Decimal = ZERO
    realized_usd: Decimal = ZERO
    done: bool = False


@record(frozen=True, slots=True)
class OffsetPlan:
    """One loser and the winners that pay for it. ``required_usd`` is its loss and closing fees.

    ``loser_fraction`` is the share of the loser that is to close (0 < fraction <= 1).
    """

    id: str
    loser_id: str
    loser_symbol: str
    loser_price: Decimal
    loser_quantity: Decimal
    required_usd: Decimal
    loser_fraction: Decimal
    winners: tuple[WinnerPart, ...]
    status: PlanStatus
    started_at: datetime
    realized_before_usd: Decimal = ZERO
    note: str = ""
