"""A candle and what follows from it, pure: its price path, growing by ticks, larger bars."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Final

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
POINTS: Final = 4
"""Prices in a candle's path."""
ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Candle:
    """One bar: ``at`` is its opening time, volume in base units, ``minutes`` its length."""

    at: datetime
    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal
    volume: Decimal
    minutes: int = 1

    def plus_volume(self, volume: Decimal) -> Candle:
        """The same bar with that much more traded in it."""
        return replace(self, volume=self.volume + volume) if volume else self


def path(candle: Candle) -> tuple[Decimal, Decimal, Decimal, Decimal]:
    """The prices a candle stands for, in order: open, nearer extreme, far extreme, close.

    Equal distances go down first. Replay and backtest both use this and nothing else.
    """
    rise, fall = candle.high - candle.open, candle.open - candle.low
    if rise < fall:
        return candle.open, candle.high, candle.low, candle.close
    return candle.open, candle.low, candle.high, candle.close


def path_times(candle: Candle) -> tuple[datetime, ...]:
    """When each price of the path holds: the bar's length in equal parts."""
    part = timedelta(minutes=candle.minutes) / POINTS
    return tuple(candle.at + part * n for n in range(POINTS))


def opening(at: datetime, minutes: int) -> datetime:
    """The opening time of the bar of that length which ``at`` falls into; bars start at 00:00."""
    length = timedelta(minutes=minutes)
    return at - (at - EPOCH) % length


def begun(at: datetime, price: Decimal) -> Candle:
    """A one-minute candle that so far has seen one price."""
    return Candle(opening(at, 1), price, price, price, price, ZERO)


def grown(candle: Candle, price: Decimal) -> Candle:
    """The candle after one more price."""
    return replace(candle, high=max(candle.high, price), low=min(candle.low, price), close=price)


def aggregated(candles: Iterable[Candle], minutes: int) -> Iterator[Candle]:
    """Larger bars from smaller ones given in order of time; bars without trades are left out."""
    current: Candle | None = None
    for candle in candles:
        at = opening(candle.at, minutes)
        if current is not None and current.at == at:
            current = _joined(current, candle)
            continue
        if current is not None:
            yield current
        current = replace(candle, at=at, minutes=minutes)
    if current is not None:
        yield current


def _joined(bar: Candle, later: Candle) -> Candle:
    return replace(
        bar,
        high=max(bar.high, later.high),
        low=min(bar.low, later.low),
        close=later.close,
        volume=bar.volume + later.volume,
    )
