"""The recipe of a chart: everything a drawing needs, small enough to lie in a row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from foundation.money import plain

BadgeKind = Literal["long", "short", "win", "loss"]
LevelKind = Literal["entry", "leg", "filled", "average", "target", "stop", "exit", "price"]


@dataclass(frozen=True, slots=True)
class Bar:
    """One candle: ``at`` is its opening time in unix seconds."""

    at: int
    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal
    volume: Decimal


@dataclass(frozen=True, slots=True)
class Level:
    """A horizontal line with its label, e.g. a leg of the ladder or a target."""

    kind: LevelKind
    price: Decimal
    label: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A point in time on the chart, e.g. an entry fill or the exit; ``at`` in unix seconds."""

    kind: Literal["buy", "sell"]
    at: int
    price: Decimal


@dataclass(frozen=True, slots=True)
class ChartRecipe:
    """A chart to draw: texts are ready to print, ``digits`` are the decimals of a price."""

    title: str
    subtitle: str
    badge: str
    badge_kind: BadgeKind
    side: Literal["long", "short"]
    digits: int
    theme: Literal["dark", "light"]
    locale: str
    empty_text: str
    bars: tuple[Bar, ...]
    levels: tuple[Level, ...] = ()
    marks: tuple[Mark, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Plain JSON; numbers of money as strings."""
        return {
            "title": self.title,
            "subtitle": self.subtitle,
            "badge": self.badge,
            "badge_kind": self.badge_kind,
            "side": self.side,
            "digits": self.digits,
            "theme": self.theme,
            "locale": self.locale,
            "empty_text": self.empty_text,
            "bars": [_bar(bar) for bar in self.bars],
            "levels": [[level.kind, plain(level.price), level.label] for level in self.levels],
            "marks": [[mark.kind, mark.at, plain(mark.price)] for mark in self.marks],
        }

    @classmethod
    def from_json(cls, body: Mapping[str, Any]) -> ChartRecipe:
        """The recipe as it was written by ``as_json``."""
        plain_fields = {k: v for k, v in body.items() if k not in ("bars", "levels", "marks")}
        return cls(
            **plain_fields,
            bars=tuple(_bar_of(row) for row in body["bars"]),
            levels=tuple(Level(k, Decimal(p), label) for k, p, label in body["levels"]),
            marks=tuple(Mark(k, at, Decimal(p)) for k, at, p in body["marks"]),
        )


def _bar(bar: Bar) -> list[Any]:
    numbers = (bar.open, bar.high, bar.low, bar.close, bar.volume)
    return [bar.at, *(plain(number) for number in numbers)]


def _bar_of(row: Sequence[Any]) -> Bar:
    at, *numbers = row
    return Bar(int(at), *(Decimal(number) for number in numbers))
