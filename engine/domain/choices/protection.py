"""Protection of the account: limits before an entry, the drawdown guard, stackable locks."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from engine.domain.choices.base import LARGEST, Percent, Section, Usd


class Cooldown(Section):
    """No new entry on a symbol for a while after a group of it closed."""

    kind: Literal["cooldown"] = "cooldown"
    stop_minutes: int = Field(
        ge=1,
        le=43_200,
        examples=[60],
        title="Locked for",
        description="How long it is locked, in minutes.",
    )


class StopLossGuard(Section):
    """No new entry after too many losing exits within the look-back."""

    kind: Literal["stop_loss_guard"] = "stop_loss_guard"
    lookback_minutes: int = Field(
        ge=1,
        le=43_200,
        examples=[1440],
        title="Looks back",
        description="How far it looks back, in minutes.",
    )
    max_losses: int = Field(
        ge=1, le=100, examples=[3], title="Losing exits", description="Losing exits that lock."
    )
    only_symbol: bool = Field(
        False, title="Per symbol", description="Count and lock per symbol instead of all."
    )
    stop_minutes: int = Field(
        ge=1,
        le=43_200,
        examples=[720],
        title="Locked for",
        description="How long it is locked, in minutes.",
    )


class LowProfitPairs(Section):
    """No new entry on a symbol whose recent result is under a bound."""

    kind: Literal["low_profit"] = "low_profit"
    lookback_minutes: int = Field(
        ge=1,
        le=43_200,
        examples=[1440],
        title="Looks back",
        description="How far it looks back, in minutes.",
    )
    min_trades: int = Field(
        ge=1,
        le=100,
        examples=[4],
        title="Least trades",
        description="Least trades before it judges.",
    )
    required_profit_usd: Usd = Field(
        Decimal(0),
        ge=-LARGEST,
        le=LARGEST,
        title="Least profit",
        description="Least profit of them, in USD.",
    )
    stop_minutes: int = Field(
        ge=1,
        le=43_200,
        examples=[720],
        title="Locked for",
        description="How long it is locked, in minutes.",
    )


Protection = Annotated[Cooldown | StopLossGuard | LowProfitPairs, Field(discriminator="kind")]


class GateSettings(Section):
    """What an entry must pass before it may act; none means no limit."""

    max_groups_per_symbol: int | None = Field(
        None, ge=1, le=200, description="Open groups of one symbol, over all timeframes."
    )
    max_symbol_exposure_percent: Percent | None = Field(
        None, gt=0, le=100, description="Share of the capital one symbol may bind, in %."
    )
    max_exposure_usd: Usd | None = Field(
        None, gt=0, le=LARGEST, description="Most capital bound by all groups, in USD."
    )
    max_daily_loss_usd: Usd | None = Field(
        None, gt=0, le=LARGEST, description="Realised loss of a UTC day that stops entries, in USD."
    )
    require_fresh_price: bool = Field(
        True,
        description="Take no entry while the price feed of the symbol is silent or has told none.",
    )


class DrawdownSettings(Section):
    """The guard that watches equity against its peak."""

    enabled: bool = Field(True, title="Drawdown guard", description="Whether the guard watches.")
    max_drawdown_percent: Percent = Field(
        Decimal(20),
        gt=0,
        le=100,
        title="Drawdown that closes all",
        description="Loss from the peak that closes all, in %.",
    )
    soft_drawdown_percent: Percent = Field(
        Decimal(10),
        gt=0,
        le=100,
        title="Drawdown that stops entries",
        description="Loss from the peak that stops entries, in %.",
    )
    min_equity_usd: Usd = Field(
        Decimal(0),
        ge=0,
        le=LARGEST,
        title="Least equity",
        description="Equity under which all is closed, in USD.",
    )

    @model_validator(mode="after")
    def _soft_first(self) -> Self:
        if self.soft_drawdown_percent > self.max_drawdown_percent:
            raise ValueError("soft_drawdown_percent: it must not be above max_drawdown_percent")
        return self


class ProtectionSettings(Section):
    """Everything that stands between a signal and a loss too many."""

    gate: GateSettings = Field(
        default_factory=GateSettings,
        title="Limits before an entry",
        description="Limits before an entry.",
    )
    drawdown: DrawdownSettings = Field(
        default_factory=DrawdownSettings, title="Drawdown guard", description="The drawdown guard."
    )
    locks: tuple[Protection, ...] = Field(
        (),
        max_length=10,
        title="Locks",
        description="Protections that lock entries for a while; they add up.",
    )
