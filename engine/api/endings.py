"""How an open group will end: how its targets are taken, which rules move its stop, and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from engine.domain.group import Group
from engine.domain.words import TakeProfitExecution
from engine.policy import stops


@dataclass(frozen=True, slots=True)
class StopRules:
    """What puts the stop of a group where it stands; percentages, None where a rule is off."""

    loss_percent: Decimal | None
    trailing_percent: Decimal | None
    break_even_at_percent: Decimal | None
    of_signal: bool
    at_break_even: bool


@dataclass(frozen=True, slots=True)
class EndingView:
    """``tp_execution``: monitor (closed at market when reached) or resting (limits at the venue).

    ``stop_rules`` is null for a group without any; ``closes_at`` is when it is closed whatever
    the price, null: never.
    """

    tp_execution: TakeProfitExecution
    stop_rules: StopRules | None
    closes_at: datetime | None


def ending_view(group: Group) -> EndingView:
    """How this group will end, by its own rules."""
    rules, even = group.rules, group.stop.even
    of_signal = rules.signal_stop is not None
    found = None
    if stops.has_stop(group):
        found = StopRules(
            loss_percent=None if of_signal else rules.stop_loss_percent,
            trailing_percent=rules.trailing_stop_percent,
            break_even_at_percent=rules.break_even_at_percent,
            of_signal=of_signal,
            at_break_even=even,
        )
    return EndingView(rules.tp_execution, found, rules.closes_at)
