"""An account's settings document: every field with its bounds, unit, default and explanation.

A default stands here or it does not exist.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Literal, Self

from pydantic import Field, model_validator

from engine.domain.choices.base import Percent, Section, Usd
from engine.domain.choices.entry import (
    BracketSettings,
    OrderSettings,
    SizingSettings,
    StopSettings,
)
from engine.domain.choices.ladder import (
    DEFAULT_LADDER,
    MAX_LEGS,
    Ladder,
    LegSettings,
    MarketLadder,
    PyramidIndex,
    weights_add_up,
)
from engine.domain.choices.protection import ProtectionSettings
from engine.domain.choices.queue import QueueSettings
from engine.domain.choices.risk import RiskSettings
from engine.domain.choices.versions import SCHEMA_VERSION, migrated
from engine.domain.words import TakeProfitExecution, TakeProfitMode

__all__ = ["AccountSettings", "LegSettings"]


class AccountSettings(Section):
    """Everything an account's owner may decide in advance."""

    schema_version: Literal[2] = Field(
        SCHEMA_VERSION, description="Version of this document's shape; older ones are understood."
    )
    read_only: bool = Field(
        False, description="Refuse every other change until a person switches this off."
    )
    total_capital_usd: Usd = Field(
        Decimal(10000),
        gt=0,
        le=Decimal(10) ** 9,
        description="Capital to trade with, in USD.",
    )
    max_open_groups: int = Field(10, ge=1, le=200, description="Slots of the execution pool.")
    max_pyramids: int = Field(5, ge=1, le=5, description="Entries into one group, first included.")
    ladder: Ladder = Field(
        DEFAULT_LADDER, min_length=1, max_length=MAX_LEGS, description="The DCA legs of a pyramid."
    )
    pyramid_levels: Mapping[PyramidIndex, Ladder] = Field(
        default_factory=dict,
        title="Ladders of later entries",
        description="Other legs for the second to fifth entry.",
    )
    market_ladders: tuple[MarketLadder, ...] = Field(
        (),
        max_length=200,
        title="Ladders of single markets",
        description="Ladders of their own for symbols and timeframes.",
    )
    sizing: SizingSettings = Field(
        default_factory=SizingSettings,
        title="Size of an entry",
        description="How much one entry may spend.",
    )
    orders: OrderSettings = Field(default_factory=OrderSettings, description="How orders are sent.")
    brackets: BracketSettings = Field(
        default_factory=BracketSettings,
        title="Stops and targets of signals",
        description="Signals with a stop and a target.",
    )
    stops: StopSettings = Field(
        default_factory=StopSettings, title="Stops", description="What protects an open position."
    )
    tp_mode: TakeProfitMode = Field(
        TakeProfitMode.PER_LEG,
        title="Take profit",
        description="Close leg by leg, or the whole group on its average.",
    )
    tp_execution: TakeProfitExecution = Field(
        TakeProfitExecution.MONITOR,
        title="How targets are kept",
        description="Close at market when a target is reached, or rest limits at the venue.",
    )
    tp_aggregate_percent: Percent = Field(
        Decimal("1.0"),
        gt=0,
        le=1000,
        title="Target on the average",
        description="Target above the group's average, in %.",
    )
    queue_limit: int = Field(50, ge=0, le=1000, description="Signals that may wait for a slot.")
    queue_expiry_minutes: int = Field(
        1440, ge=1, le=43200, description="How long a signal may wait, in minutes."
    )
    queue: QueueSettings = Field(
        default_factory=QueueSettings, title="Ranking", description="How the queue is ranked."
    )
    risk: RiskSettings = Field(
        default_factory=RiskSettings, description="When winners pay for a loser."
    )
    protection: ProtectionSettings = Field(
        default_factory=ProtectionSettings,
        title="Protection",
        description="What protects the account.",
    )
    auto_approve: Literal["off", "all"] = Field(
        "off", title="Approve by itself", description="Whether entries are taken without asking."
    )
    undo_seconds: int = Field(
        5, ge=0, le=10, title="Undo window", description="Time to take an approval back, in s."
    )
    offer_expiry_minutes: int = Field(
        15, ge=1, le=1440, description="How long an offer stands, in minutes."
    )
    max_drift_percent: Percent = Field(
        Decimal(1),
        gt=0,
        le=100,
        title="Price drift",
        description="Price move that re-quotes an offer, in %.",
    )

    @model_validator(mode="before")
    @classmethod
    def _todays_shape(cls, given: object) -> object:
        return migrated(given) if isinstance(given, Mapping) else given

    @model_validator(mode="after")
    def _weights_add_up(self) -> Self:
        weights_add_up("ladder", self.ladder)
        for index, ladder in self.pyramid_levels.items():
            weights_add_up(f"pyramid_levels {index}", ladder)
        places = [(one.symbol, one.timeframe) for one in self.market_ladders]
        if len(set(places)) != len(places):
            raise ValueError("market_ladders: each symbol and timeframe may stand there once")
        return self
