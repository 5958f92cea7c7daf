"""The waiting queue: in which order signals get a slot."""

from __future__ import annotations

from enum import StrEnum
from typing import Self

from pydantic import Field, model_validator

from engine.domain.choices.base import Section


class RankRule(StrEnum):
    """One rule of the ranking; the first in the list that tells two signals apart decides."""

    CONTINUATION = "continuation"
    DEEPEST_LOSS = "deepest_loss"
    REPLACEMENTS = "replacements"
    EXPECTED_PROFIT = "expected_profit"
    OLDEST = "oldest"


class QueueSettings(Section):
    """How the queue is ranked and what may pass the pool limit."""

    rules: tuple[RankRule, ...] = Field(
        (RankRule.CONTINUATION, RankRule.DEEPEST_LOSS, RankRule.REPLACEMENTS, RankRule.OLDEST),
        max_length=len(RankRule),
        title="Rules of the ranking",
        description="Rules of the ranking in order; one left out is off.",
    )
    continuation_bypasses: bool = Field(
        False,
        title="Continuations pass the limit",
        description="A continuation of an active group may pass the pool limit.",
    )
    same_pair_timeframe: bool = Field(
        True,
        title="Pyramids take no slot",
        description="Pyramids take no slot; off: they compete for one.",
    )

    @model_validator(mode="after")
    def _once_each(self) -> Self:
        if len(set(self.rules)) != len(self.rules):
            raise ValueError("rules: each rule may stand in the ranking once")
        return self
