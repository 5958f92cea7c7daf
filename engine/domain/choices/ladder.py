"""The ladder: the DCA legs of a pyramid, and where another ladder than the usual one holds."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Literal, Self

from pydantic import Field, model_validator

from engine.domain.choices.base import Percent, Section

MAX_LEGS = 7
WEIGHT_TOLERANCE = Decimal("0.01")


class LegSettings(Section):
    """One leg of a ladder."""

    gap_percent: Percent = Field(le=0, gt=-100, description="Distance from the entry, in %.")
    weight_percent: Percent = Field(gt=0, le=100, description="Share of the group's capital, in %.")
    tp_percent: Percent = Field(
        gt=0, le=1000, title="Target", description="Target above the fill price, in %."
    )


Ladder = tuple[LegSettings, ...]
PyramidIndex = Literal["1", "2", "3", "4"]


def _leg(gap: str, weight: str, target: str) -> LegSettings:
    return LegSettings(
        gap_percent=Decimal(gap), weight_percent=Decimal(weight), tp_percent=Decimal(target)
    )


DEFAULT_LADDER: Ladder = (
    _leg("0", "20", "1.0"),
    _leg("-0.5", "20", "0.5"),
    _leg("-1.0", "20", "0.5"),
    _leg("-2.0", "20", "0.5"),
    _leg("-4.0", "20", "0.5"),
)


def weights_add_up(name: str, ladder: Ladder) -> None:
    """Raise ValueError when the weights of a ladder do not sum to 100 %."""
    total = sum((leg.weight_percent for leg in ladder), Decimal(0))
    if abs(total - 100) > WEIGHT_TOLERANCE:
        raise ValueError(f"{name}: weights sum to {total} %, they must sum to 100 %")


class MarketLadder(Section):
    """A ladder of its own for one symbol, or for one symbol and timeframe."""

    symbol: str = Field(min_length=3, max_length=40, description="The symbol, as BTC/USDT.")
    timeframe: int | None = Field(
        None, ge=1, le=518_400, description="Only for this timeframe, in minutes; none: all."
    )
    ladder: Ladder = Field(min_length=1, max_length=MAX_LEGS, description="Its legs.")
    pyramid_levels: Mapping[PyramidIndex, Ladder] = Field(
        default_factory=dict, description="Other legs for its second to fifth entry."
    )

    @model_validator(mode="after")
    def _sums(self) -> Self:
        weights_add_up(f"market_ladders {self.symbol}", self.ladder)
        for index, ladder in self.pyramid_levels.items():
            weights_add_up(f"market_ladders {self.symbol} pyramid_levels {index}", ladder)
        return self
