"""The risk engine: when a loser may be closed with the profit of winners."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from typing import Literal

from pydantic import Field

from engine.domain.choices.base import LARGEST, Percent, Section, Usd


class TimerStart(StrEnum):
    """What starts the timer after which a losing group may be offset."""

    AFTER_ALL_PYRAMIDS = "after_5_pyramids"
    AFTER_ALL_SUBMITTED = "after_all_dca_submitted"
    AFTER_ALL_FILLED = "after_all_dca_filled"


class RiskSettings(Section):
    """When and how winners pay for a loser."""

    enabled: bool = Field(
        True, title="Risk engine", description="Whether losers are offset at all."
    )
    evaluate_interval_seconds: int = Field(
        60, ge=5, le=3600, title="Review every", description="Time between reviews, in s."
    )
    loss_threshold_percent: Percent = Field(
        Decimal(-5), lt=0, ge=-100, description="Loss from which a group is a loser, in %."
    )
    require_full_pyramids: bool = Field(
        True, description="Only groups that have all their pyramids can be losers."
    )
    timer_start_condition: TimerStart = Field(
        TimerStart.AFTER_ALL_FILLED,
        title="Timer starts",
        description="What starts a group's timer.",
    )
    post_full_wait_minutes: int = Field(
        60, ge=0, le=43_200, title="Timer", description="How long the timer runs, in minutes."
    )
    reset_timer_on_replacement: bool = Field(
        False,
        title="Restart on a further entry",
        description="An entry beyond the last pyramid starts the timer again.",
    )
    use_trade_age_filter: bool = Field(
        False,
        title="Only old groups",
        description="Only groups older than the age below can be losers.",
    )
    age_threshold_minutes: int = Field(
        200, ge=1, le=525_600, title="Least age", description="Least age of a loser, in minutes."
    )
    max_winners_to_combine: int = Field(
        3, ge=1, le=20, title="Most winners", description="Most winners that may pay for one loser."
    )
    partial_close_enabled: bool = Field(
        True,
        title="Close winners in part",
        description="Close only what is needed of a winner; off: whole winners.",
    )
    min_close_notional_usd: Usd = Field(
        Decimal(20),
        ge=0,
        le=LARGEST,
        title="Smallest close",
        description="Smallest part of a winner worth closing, in USD.",
    )
    on_insufficient_profit: Literal["wait", "partial"] = Field(
        "wait",
        title="When profit is short",
        description="Wait for more profit, or close the covered share of the loser.",
    )
    cover_tolerance_percent: Percent = Field(
        Decimal(2), ge=0, le=100, description="How much of the loss may stay uncovered, in %."
    )
    closing_fee_percent: Percent = Field(
        Decimal("0.1"), ge=0, le=5, description="Estimated fee of a closing order, in %."
    )
