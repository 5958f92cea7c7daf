"""An account's settings document: every field with its bounds, unit, default and explanation.

A default stands here or it does not exist.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from engine.domain.words import TakeProfitMode

MAX_LEGS = 7
WEIGHT_TOLERANCE = Decimal("0.01")

Percent = Annotated[Decimal, Field(max_digits=12, decimal_places=6)]
Usd = Annotated[Decimal, Field(max_digits=20, decimal_places=8)]


class LegSettings(BaseModel):
    """One leg of a ladder."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    gap_percent: Percent = Field(le=0, gt=-100, description="Distance from the entry, in %.")
    weight_percent: Percent = Field(gt=0, le=100, description="Share of the group's capital, in %.")
    tp_percent: Percent = Field(gt=0, le=1000, description="Target above the fill price, in %.")


def _leg(gap: str, weight: str, target: str) -> LegSettings:
    return LegSettings(
        gap_percent=Decimal(gap), weight_percent=Decimal(weight), tp_percent=Decimal(target)
    )


DEFAULT_LADDER = (
    _leg("0", "20", "1.0"),
    _leg("-0.5", "20", "0.5"),
    _leg("-1.0", "20", "0.5"),
    _leg("-2.0", "20", "0.5"),
    _leg("-4.0", "20", "0.5"),
)


class AccountSettings(BaseModel):
    """Everything an account's owner may decide in advance."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    schema_version: Literal[1] = 1
    total_capital_usd: Usd = Field(
        Decimal(10000),
        gt=0,
        le=Decimal(10) ** 9,
        description="Capital to trade with, in USD.",
    )
    max_open_groups: int = Field(10, ge=1, le=200, description="Slots of the execution pool.")
    max_pyramids: int = Field(5, ge=1, le=5, description="Entries into one group, first included.")
    ladder: tuple[LegSettings, ...] = Field(
        DEFAULT_LADDER, min_length=1, max_length=MAX_LEGS, description="The DCA legs of a pyramid."
    )
    tp_mode: TakeProfitMode = Field(
        TakeProfitMode.PER_LEG, description="Close leg by leg, or the whole group on its average."
    )
    tp_aggregate_percent: Percent = Field(
        Decimal("1.0"), gt=0, le=1000, description="Target above the group's average, in %."
    )
    queue_limit: int = Field(50, ge=0, le=1000, description="Signals that may wait for a slot.")
    queue_expiry_minutes: int = Field(
        1440, ge=1, le=43200, description="How long a signal may wait, in minutes."
    )
    auto_approve: Literal["off", "all"] = Field(
        "off", description="Whether entries are taken without asking."
    )
    undo_seconds: int = Field(5, ge=0, le=10, description="Time to take an approval back, in s.")
    offer_expiry_minutes: int = Field(
        15, ge=1, le=1440, description="How long an offer stands, in minutes."
    )
    max_drift_percent: Percent = Field(
        Decimal(1),
        gt=0,
        le=100,
        description="Price move that re-quotes an offer, in %.",
    )

    @model_validator(mode="after")
    def _weights_add_up(self) -> Self:
        total = sum((leg.weight_percent for leg in self.ladder), Decimal(0))
        if abs(total - 100) > WEIGHT_TOLERANCE:
            raise ValueError(f"ladder: weights sum to {total} %, they must sum to 100 %")
        return self
