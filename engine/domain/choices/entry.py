"""How entries are sized and ordered."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from typing import Literal, Self

from pydantic import Field, model_validator

from engine.domain.choices.base import LARGEST, Number, Percent, Section, Usd
from engine.domain.words import MarginMode


class SizingMethod(StrEnum):
    """What the capital of one pyramid is derived from."""

    CAPITAL_SHARE = "capital_share"
    FIXED_USD = "fixed_usd"
    EQUITY_PERCENT = "equity_percent"
    RISK_PERCENT = "risk_percent"
    SIGNAL_SIZE = "signal_size"


class SizingSettings(Section):
    """How much one entry may spend."""

    method: SizingMethod = Field(
        SizingMethod.CAPITAL_SHARE,
        title="Sizing",
        description="Capital divided by slots, a fixed sum, a share of equity, a risk to the "
        "stop, or the signal's own size.",
    )
    pyramid_sizing: Literal["each", "shared"] = Field(
        "each",
        title="Capital of later entries",
        description="Every pyramid gets the group's capital, or they share it.",
    )
    fixed_usd: Usd = Field(
        Decimal(100),
        gt=0,
        le=Decimal(10) ** 9,
        title="Fixed sum",
        description="Capital of an entry, in USD.",
    )
    equity_percent: Percent = Field(
        Decimal(1),
        gt=0,
        le=100,
        title="Share of equity",
        description="Share of equity for an entry, in %.",
    )
    risk_percent: Percent = Field(
        Decimal(1),
        gt=0,
        le=100,
        title="Risk of an entry",
        description="Share of equity lost when the stop is hit, in %.",
    )


class OrderSettings(Section):
    """How orders are sent."""

    first_leg: Literal["limit", "market"] = Field(
        "limit", description="Whether the first leg waits at its price or buys at once."
    )
    max_slippage_percent: Percent = Field(
        Decimal("0.5"), gt=0, le=50, description="How far a market fill may be off, in %."
    )
    slippage_action: Literal["warn", "reject"] = Field(
        "warn",
        title="On slippage",
        description="Judge the fill afterwards, or bound the order beforehand.",
    )
    cancel_dca_beyond_percent: Percent | None = Field(
        None, gt=0, lt=100, description="Cancel open legs when price is this far away, in %."
    )
    entry_expiry_minutes: int | None = Field(
        None, ge=1, le=525_600, description="Cancel legs not filled after this, in minutes."
    )
    cancel_entries_on_stop: bool = Field(
        False, description="Cancel open legs when the engine is stopped in good order."
    )
    opposite_side: Literal["queue", "refuse"] = Field(
        "queue",
        title="Opposite signal",
        description="What becomes of a signal against an open position.",
    )
    block_on_missing_metadata: bool = Field(
        True,
        title="Wait for the rules",
        description="Wait for the instrument's rules; off: use the fallback below.",
    )
    fallback_tick: Number = Field(
        Decimal("0.00000001"), gt=0, le=LARGEST, description="Price step when rules are missing."
    )
    fallback_step: Number = Field(
        Decimal("0.000001"), gt=0, le=LARGEST, description="Quantity step when rules are missing."
    )
    fallback_min_quantity: Number = Field(
        Decimal("0.000001"),
        gt=0,
        le=LARGEST,
        description="Smallest quantity when rules are missing.",
    )
    fallback_min_notional: Usd = Field(
        Decimal(1), ge=0, le=LARGEST, description="Smallest order when rules are missing, in USD."
    )
    leverage: int = Field(1, ge=1, le=125, description="Leverage on perpetuals.")
    margin_mode: MarginMode = Field("isolated", description="Margin mode on perpetuals.")


class BracketSettings(Section):
    """What a signal's own stop and target must satisfy."""

    use_signal_targets: bool = Field(
        False, description="Use a signal's stop and target on a ladder of several legs too."
    )
    min_stop_percent: Percent = Field(
        Decimal("0.1"),
        ge=0,
        le=100,
        title="Least stop distance",
        description="Least distance of a stop from the entry, in %.",
    )
    min_reward_risk: Number = Field(
        Decimal(0),
        ge=0,
        le=100,
        title="Least reward to risk",
        description="Least target distance over stop distance.",
    )


class StopSettings(Section):
    """What protects an open position besides its targets; everything is off by default."""

    stop_loss_percent: Percent | None = Field(
        None, gt=0, lt=100, description="Close this far below the average entry, in %."
    )
    trailing_stop_percent: Percent | None = Field(
        None, gt=0, lt=100, description="Close this far below the best price seen, in %."
    )
    trailing_take_profit_percent: Percent | None = Field(
        None, gt=0, lt=100, description="Let a target run and close this far below the top, in %."
    )
    trailing_step_percent: Percent | None = Field(
        None, gt=0, lt=100, description="Move in steps of this, in %; none: a tenth of it."
    )
    break_even_at_percent: Percent | None = Field(
        None,
        gt=0,
        le=1000,
        title="Break-even at",
        description="Move the stop to break-even at this gain, in %.",
    )
    execution: Literal["monitor", "resting"] = Field(
        "resting",
        title="How stops are kept",
        description="Rest the stop at the venue where it can be, or watch it here and close at "
        "market; resting targets go first.",
    )
    time_limit_minutes: int | None = Field(
        None, ge=1, le=525_600, description="Close a position after this time, in minutes."
    )

    @model_validator(mode="after")
    def _step_is_smaller(self) -> Self:
        step = self.trailing_step_percent
        for name in ("trailing_stop_percent", "trailing_take_profit_percent"):
            distance = getattr(self, name)
            if step is not None and distance is not None and step >= distance:
                raise ValueError(f"trailing_step_percent: {step} % must be under {name} {distance}")
        return self
