"""What a group keeps from the settings it opened with; only "apply to open groups" changes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime
from decimal import Decimal

from engine.domain.record import record
from engine.domain.words import ExitReason, TakeProfitExecution


@record(frozen=True, slots=True)
class GroupRules:
    """Stops and execution of one group. Percentages of price; None means off.

    ``signal_stop`` and ``signal_target`` are prices a signal brought for this group.
    ``capital_usd`` is what its first entry may spend, kept while it waits for its instrument.
    ``max_slippage_percent`` holds for a market first leg; ``slippage_reject`` bounds its order.
    """

    tp_execution: TakeProfitExecution = TakeProfitExecution.MONITOR
    stop_loss_percent: Decimal | None = None
    trailing_stop_percent: Decimal | None = None
    trailing_take_profit_percent: Decimal | None = None
    trailing_step_percent: Decimal | None = None
    break_even_at_percent: Decimal | None = None
    cancel_dca_beyond_percent: Decimal | None = None
    closes_at: datetime | None = None
    signal_stop: Decimal | None = None
    signal_target: Decimal | None = None
    capital_usd: Decimal | None = None
    max_slippage_percent: Decimal | None = None
    slippage_reject: bool = False
    entry_expiry_minutes: int | None = None
    stop_rests: bool = False


NO_RULES = GroupRules()
"""Shared by all groups that ask for nothing special."""


@record(frozen=True, slots=True)
class Stop:
    """The stop of a group as it stands: at or beyond ``price`` the group closes.

    ``reason`` says which rule put it there; ``best_price`` is the best price seen since the
    position began, which trailing follows; ``order_id`` is the stop order resting at the venue.
    ``even`` once the gain that moves the stop to break-even was seen. ``running`` are targets
    that were reached and run on, by their name, with the best price since.
    """

    price: Decimal | None = None
    reason: ExitReason = ExitReason.STOP
    best_price: Decimal | None = None
    armed_seq: int = 0
    order_id: str | None = None
    even: bool = False
    running: Mapping[str, Decimal] = field(default_factory=dict)


NO_STOP = Stop()


@record(frozen=True, slots=True)
class RiskMarks:
    """What the risk engine knows of a group: its timer, and what a person decided about it.

    ``waits_for`` is why it could not be offset as a loser, as it was last told.
    """

    timer_started_at: datetime | None = None
    timer_expires_at: datetime | None = None
    blocked: bool = False
    skip_once: bool = False
    waits_for: str = ""


NO_MARKS = RiskMarks()
