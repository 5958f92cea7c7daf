"""The simulated market: seeded, lively enough to watch, and movable by hand.

Each symbol wanders round an anchor that wanders itself, with calm and wild spells. It moves more
in a minute than the real market does, so that a ladder fills while somebody looks. A price set by
hand moves the anchor too: the market goes on from there.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from hashlib import blake2b
from typing import Final

from engine.domain.instrument import Instrument
from engine.market.candle import Candle, opening
from engine.market.ticks import Ear, Tick
from foundation import limits
from foundation.clock import Clock
from foundation.errors import InvalidInput
from foundation.money import plain

#: Where a symbol starts when it has no price yet.
FIRST_PRICES: Final[Mapping[str, Decimal]] = {
    symbol: Decimal(price)
    for symbol, price in (
        ("BTC/USDT", "65000"),
        ("ETH/USDT", "3200"),
        ("SOL/USDT", "150"),
        ("BNB/USDT", "580"),
        ("XRP/USDT", "0.6"),
        ("ADA/USDT", "0.45"),
        ("DOGE/USDT", "0.12"),
        ("LINK/USDT", "14"),
        ("DOT/USDT", "6.5"),
        ("LTC/USDT", "75"),
        ("AVAX/USDT", "28"),
        ("TRX/USDT", "0.13"),
        ("ATOM/USDT", "7"),
        ("ETC/USDT", "23"),
        ("XLM/USDT", "0.11"),
        ("SHIB/USDT", "0.00002"),
        ("ARB/USDT", "0.75"),
        ("OP/USDT", "1.7"),
        ("FIL/USDT", "4.5"),
        ("APT/USDT", "7.5"),
        ("SUI/USDT", "0.9"),
        ("NEAR/USDT", "5.2"),
        ("UNI/USDT", "8"),
        ("AAVE/USDT", "95"),
        ("MATIC/USDT", "0.7"),
        ("PAXG/USDT", "2400"),
        ("XAU/USD", "2400"),
        ("EUR/USD", "1.09"),
        ("GBP/USD", "1.28"),
        ("AUD/USD", "0.66"),
        ("NZD/USD", "0.61"),
        ("XAG/USD", "29"),
    )
}
_OTHER_FIRST_PRICE: Final = Decimal(100)
_FINE: Final = 1_000
"""Parts of a price tick the walk is counted in, so that moves below a tick add up."""

_STEP: Final = 0.00035
"""Typical relative move of one tick in an ordinary spell."""
_PULL: Final = 0.012
"""Share of the distance to the anchor that one tick takes back."""
_ANCHOR_STEP: Final = 0.00015
_SPELL_CHANGE: Final = 0.01
_SPELLS: Final = (0.5, 0.8, 1.0, 1.0, 1.4, 2.2)
_STEPS_A_BAR: Final = 4
"""Steps drawn for each bar of an invented past …"""
_MINUTE_STRIDE: Final = 2.0
_HOUR_STRIDE: Final = 7.0
"""… and how much longer than a tick's they are."""


@dataclass(slots=True)
class _Course:
    """One symbol's walk in whole parts of a price tick; chance comes in as a ratio only."""

    instrument: Instrument
    at: int
    anchor: int
    dice: random.Random
    spell: float = 1.0

    @classmethod
    def begin(cls, instrument: Instrument, price: Decimal, dice: random.Random) -> _Course:
        at = max(int((price / instrument.tick).to_integral_value()), 1) * _FINE
        return cls(instrument, at, at, dice)

    def step(self, stride: float = 1.0) -> int:
        """Walk on; where that leads to, in parts of a tick, never below one tick."""
        dice = self.dice
        if dice.random() < _SPELL_CHANGE:
            self.spell = dice.choice(_SPELLS)
        self.anchor += round(self.anchor * dice.gauss(0, _ANCHOR_STEP) * stride)
        self.anchor = max(self.anchor, _FINE)
        shock = self.at * dice.gauss(0, _STEP) * self.spell * stride
        self.at = max(self.at + round(shock + (self.anchor - self.at) * _PULL), _FINE)
        return self.at

    def price(self, at: int | None = None) -> Decimal:
        """The price of a place (of the present one), on the instrument's tick."""
        whole = (self.at if at is None else at) + _FINE // 2
        return whole // _FINE * self.instrument.tick

    def volume(self) -> Decimal:
        """A trade of up to some thousand dollars, in base units on the step."""
        step = self.instrument.step
        lots = self.dice.randrange(100, 20_000) / self.price() / step
        return max(lots.to_integral_value() * step, step)


class SimulatedFeed:
    """A market that needs no network. ``last`` are the prices it continues from."""

    name = "simulated"
    live = False
    lines = ("",)

    def __init__(
        self,
        instruments: Mapping[str, Instrument],
        clock: Clock,
        last: Mapping[str, Decimal],
        seed: int = 1,
    ) -> None:
        self._clock = clock
        self._seed = seed
        self._courses = {
            symbol: self._course(instrument, last.get(symbol))
            for symbol, instrument in instruments.items()
        }
        self._ear: Ear | None = None
        self._turn = asyncio.Lock()

    @property
    def symbols(self) -> tuple[str, ...]:
        return tuple(self._courses)

    async def run(self, ear: Ear) -> None:
        """One tick of every symbol a second."""
        self._ear = ear
        try:
            while True:
                for symbol in self._courses:
                    await self._tell(symbol)
                ear.beat()
                await self._clock.sleep(limits.SIMULATED_TICK_S)
        finally:
            self._ear = None

    async def set_price(self, symbol: str, price: Decimal) -> None:
        """Jump there now, tell it at once, and wander on from there.

        Raises InvalidInput for an unknown symbol or a price that is not above zero.
        """
        course = self._courses.get(symbol)
        if course is None:
            raise InvalidInput(
                f"the simulated market has no {symbol}; it has {', '.join(self._courses)}",
                field="symbol",
            )
        if not price.is_finite() or price < course.instrument.tick:
            raise InvalidInput(
                f"the price of {symbol} must be at least {plain(course.instrument.tick)}",
                field="price",
            )
        async with self._turn:
            course.at = course.anchor = _Course.begin(course.instrument, price, course.dice).at
            if self._ear is not None:
                await self._ear.tick(self._tick(course))

    async def history(self, symbol: str, until: datetime) -> Sequence[Candle]:
        """A past that leads to the present price, the same each time."""
        course = self._courses.get(symbol)
        if course is None:
            return ()
        # a moment for others: thousands of bars are drawn for each of many symbols
        await self._clock.sleep(0)
        return invented_history(course.instrument, course.price(), until, self._seed)

    async def _tell(self, symbol: str) -> None:
        async with self._turn:
            course = self._courses[symbol]
            course.step()
            if self._ear is not None:
                await self._ear.tick(self._tick(course))

    def _tick(self, course: _Course) -> Tick:
        symbol, now = course.instrument.symbol, self._clock.now()
        return Tick(symbol, course.price(), now, volume=course.volume())

    def _course(self, instrument: Instrument, last: Decimal | None) -> _Course:
        price = last or FIRST_PRICES.get(instrument.symbol, _OTHER_FIRST_PRICE)
        return _Course.begin(instrument, price, _dice(self._seed, instrument.symbol))


def invented_history(
    instrument: Instrument, price: Decimal, until: datetime, seed: int
) -> tuple[Candle, ...]:
    """Bars before ``until`` that end at ``price``: hourly ones, then one-minute ones.

    For charts only: nothing is ever decided from them.
    """
    first_minute = opening(until - timedelta(minutes=limits.CANDLE_HISTORY_MINUTES), 60)
    first_hour = first_minute - timedelta(hours=limits.CANDLE_HISTORY_HOURS)
    walk = _Course.begin(instrument, price, _dice(seed, f"past {instrument.symbol}"))
    bars = [
        *_bars_backwards(walk, until, first_minute, 1),
        *_bars_backwards(walk, first_minute, first_hour, 60),
    ]
    return tuple(reversed(bars))


def _bars_backwards(
    walk: _Course, until: datetime, since: datetime, minutes: int
) -> Iterator[Candle]:
    """Walk from the present into the past; a bar's close is where the walk stood before it."""
    length = timedelta(minutes=minutes)
    stride = _MINUTE_STRIDE if minutes == 1 else _HOUR_STRIDE
    at = until - length
    while at >= since:
        close = walk.at
        volume = walk.volume() * minutes
        seen = [close, *(walk.step(stride) for _ in range(_STEPS_A_BAR))]
        opened, high, low = walk.price(), walk.price(max(seen)), walk.price(min(seen))
        yield Candle(at, opened, high, low, walk.price(close), volume, minutes)
        at -= length


def _dice(seed: int, name: str) -> random.Random:
    digest = blake2b(f"{seed}|{name}".encode(), digest_size=8).digest()
    return random.Random(int.from_bytes(digest, "big"))  # noqa: S311 - a market, no secret
