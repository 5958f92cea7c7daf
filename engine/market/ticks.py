"""A tick, and what a feed is: the port between where prices come from and the hub."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final, Protocol, runtime_checkable

from engine.market.candle import Candle

PAPER: Final = "paper"
"""The board whose prices may be made up; every other one is named after its exchange and net."""


@dataclass(frozen=True, slots=True)
class Tick:
    """A price seen at ``at`` (wall clock). Bid and ask where the source has them."""

    symbol: str
    price: Decimal
    at: datetime
    bid: Decimal | None = None
    ask: Decimal | None = None
    volume: Decimal = Decimal(0)

    @property
    def fault(self) -> str | None:
        """``zero``, ``crossed`` or None: whether a feed talks nonsense."""
        if not self.price.is_finite() or self.price <= 0:
            return "zero"
        if self.bid is not None and self.ask is not None and self.bid > self.ask:
            return "crossed"
        return None


class Ear(Protocol):
    """Who listens to a feed."""

    async def tick(self, tick: Tick) -> None:
        """One price. Returns when it is dealt with, so a feed never runs ahead."""
        ...

    def holds(self, symbol: str) -> None:
        """The source told of this symbol, and its price is what it was."""
        ...

    def beat(self, line: str = "") -> None:
        """Every price of a line is what it was: nothing can have been missed."""
        ...


class Feed(Protocol):
    """Where prices come from. ``name`` is told to people: simulated, replay, live."""

    @property
    def name(self) -> str: ...

    @property
    def live(self) -> bool:
        """Whether these are the real market's prices."""
        ...

    @property
    def symbols(self) -> tuple[str, ...]:
        """What it serves; empty until it knows."""
        ...

    @property
    def lines(self) -> tuple[str, ...]:
        """The lines somebody wants prices of, whether they come or not."""
        ...

    async def history(self, symbol: str, until: datetime) -> Sequence[Candle]:
        """Bars before ``until`` for a symbol without any: hourly ones, then one-minute ones."""
        ...

    async def run(self, ear: Ear) -> None:
        """Tell prices until cancelled; deals with its own lost connections."""
        ...


@runtime_checkable
class Widening(Protocol):
    """A feed that can serve more than it was told at the start."""

    def want(self, symbol: str) -> None:
        """Somebody asks for a symbol without a price."""
        ...


def line_of(symbol: str) -> str:
    """Which prices live and die together: "" for spot, what they settle in for perpetuals."""
    return symbol.partition(":")[2]
