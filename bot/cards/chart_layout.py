"""The arithmetic of a chart: ranges, ticks and labels that do not cover each other; no drawing."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from babel.dates import format_date

from bot.cards.recipe import Bar, ChartRecipe, Level

_REACH: Final = 1.4
"""How far levels may stretch the price range beyond the candles, in candle ranges."""
_REACH_LEAST: Final = 0.006
"""The same, as a share of the price: in a calm market the ladder is still to be seen."""
_PAD: Final = 0.07
_FLAT: Final = 0.002
_MINUTES: Final = (
    5,
    10,
    15,
    30,
    60,
    120,
    180,
    240,
    360,
    720,
    1440,
    2880,
    4320,
    10080,
    20160,
    43200,
)
_MONTHS: Final = 43200
_TARGETED_TICKS: Final = 6


@dataclass(frozen=True, slots=True)
class PriceScale:
    """Maps prices to pixels: ``top`` is the y of ``high``, ``bottom`` that of ``low``."""

    low: float
    high: float
    top: float
    bottom: float

    def y(self, price: float) -> float:
        share = (price - self.low) / (self.high - self.low)
        return self.bottom - share * (self.bottom - self.top)

    def beyond(self, price: float) -> int:
        """-1 below the picture, +1 above it, 0 inside."""
        return (price > self.high) - (price < self.low)

    def clamped(self, price: float) -> float:
        return self.y(min(max(price, self.low), self.high))


def price_scale(recipe: ChartRecipe, top: float, bottom: float) -> PriceScale:
    """A range that shows all candles, and the levels unless they are very far away."""
    levels = [float(level.price) for level in recipe.levels]
    if recipe.bars:
        low = min(float(bar.low) for bar in recipe.bars)
        high = max(float(bar.high) for bar in recipe.bars)
    elif levels:
        low, high = min(levels), max(levels)
    else:
        low, high = 0.0, 1.0
    span = max(high - low, abs(high) * _FLAT, 1e-12)
    reach = max(_REACH * span, _REACH_LEAST * abs(high))
    near = [p for p in levels if low - reach <= p <= high + reach]
    low, high = min([low, *near]), max([high, *near])
    span = max(high - low, abs(high) * _FLAT, 1e-12)
    middle = (low + high) / 2
    half = max(high - low, span) * (0.5 + _PAD)
    return PriceScale(middle - half, middle + half, top, bottom)


def price_ticks(scale: PriceScale, digits: int) -> list[float]:
    """Round prices for the grid, about six of them."""
    raw = (scale.high - scale.low) / _TARGETED_TICKS
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(power * m for m in (1, 2, 2.5, 5, 10) if power * m >= raw * 0.999)
    step = max(step, 10.0**-digits)
    first = math.ceil(scale.low / step)
    last = math.floor(scale.high / step)
    return [number * step for number in range(first, last + 1)]


def time_ticks(bars: Sequence[Bar], most: int, locale: str) -> list[tuple[int, str]]:
    """(index of the bar, text) at round UTC times, at most ``most`` of them."""
    if len(bars) < 2:
        return [(0, _time_text(bars[0].at, locale, midnight=False))] if bars else []
    total = (bars[-1].at - bars[0].at) / 60
    step = next((m for m in _MINUTES if total / m <= most), _MONTHS)
    ticks = []
    last_day = None
    for index, bar in enumerate(bars):
        minutes = bar.at // 60
        previous = bars[index - 1].at // 60 if index else None
        if previous is None or minutes // step == previous // step:
            continue
        day = bar.at // 86400
        midnight = step >= 1440 or day != last_day
        ticks.append((index, _time_text(bar.at, locale, midnight=midnight)))
        last_day = day
    return ticks


def spread(wanted: Sequence[float], height: float, top: float, bottom: float) -> list[float]:
    """Centres for labels of this height, as near as can be to where they want to be.

    ``wanted`` is sorted downwards on the picture (ascending y); the order is kept.
    """
    placed: list[list[float]] = []  # blocks of [sum of wanted offsets, count]
    for y in wanted:
        placed.append([y, 1])
        while len(placed) > 1 and _end(placed[-2], height) > _start(placed[-1], height):
            total, count = placed.pop()
            before = placed[-1]
            # wanted centre of the merged block's first label
            before[0] = (before[0] * before[1] + (total - height * before[1]) * count) / (
                before[1] + count
            )
            before[1] += count
    centres = [block[0] + n * height for block in placed for n in range(int(block[1]))]
    return _inside(centres, height, top, bottom)


def _start(block: Sequence[float], height: float) -> float:
    return block[0] - height / 2


def _end(block: Sequence[float], height: float) -> float:
    return block[0] + (block[1] - 0.5) * height


def _inside(centres: list[float], height: float, top: float, bottom: float) -> list[float]:
    """Push the labels into the picture from both ends, order kept."""
    lowest = bottom - height / 2
    for index in range(len(centres) - 1, -1, -1):
        centres[index] = min(centres[index], lowest)
        lowest = centres[index] - height
    highest = top + height / 2
    for index, centre in enumerate(centres):
        centres[index] = max(centre, highest)
        highest = centres[index] + height
    return centres


_RANK: Final = {
    "exit": 0,
    "entry": 1,
    "stop": 2,
    "average": 3,
    "price": 4,
    "target": 5,
    "filled": 6,
    "leg": 7,
}


def shown_levels(levels: Sequence[Level], most: int) -> list[Level]:
    """The most telling ``most`` levels, from the highest price down."""
    ranked = sorted(enumerate(levels), key=lambda pair: (_RANK[pair[1].kind], pair[0]))
    kept = [level for _, level in ranked[:most]]
    return sorted(kept, key=lambda level: (-level.price, _RANK[level.kind]))


def _time_text(at: int, locale: str, *, midnight: bool) -> str:
    moment = datetime.fromtimestamp(at, UTC)
    return format_date(moment, "d MMM", locale) if midnight else f"{moment:%H:%M}"
