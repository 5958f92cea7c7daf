"""What all accounts of one exchange, market and net share: rules, clock offset, limits, health."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from engine.domain.words import MarketKind
from engine.venues.exchange.budget import Budget
from engine.venues.exchange.dialect import Dialect, Listing
from foundation import limits
from foundation.clock import Clock


@dataclass(frozen=True, slots=True)
class Place:
    """One exchange's market on one of its nets. They share no rules: tick sizes differ."""

    venue: str
    market: MarketKind
    test_net: bool


class Net:
    """The shared state of a `Place`; fed by every `Wire` to it."""

    def __init__(
        self, place: Place, dialect: Dialect, clock: Clock, rules_refresh_s: float
    ) -> None:
        self._rules_refresh_s = rules_refresh_s
        self.place = place
        self.dialect = dialect
        self.clock = clock
        self.weight = Budget(clock, dialect.limits.weight, dialect.limits.weight_window_s)
        self.offset_s: float | None = None
        self.latency_s: float | None = None
        self.reachable: bool | None = None
        self.trouble = ""
        self._offset_at: float | None = None
        self._listings: dict[str, Listing] = {}
        self._symbols: dict[str, str] = {}
        self._listed_at: float | None = None
        self._load_tried_at: float | None = None
        self._turn = asyncio.Lock()

    def heard(self, seconds: float) -> None:
        """An answer came, good or bad, after so long."""
        old = self.latency_s
        self.latency_s = seconds if old is None else old * 0.8 + seconds * 0.2
        self.reachable, self.trouble = True, ""

    def silent(self, reason: str) -> None:
        """No answer came."""
        self.reachable, self.trouble = False, reason

    def venue_time(self, ours: datetime) -> datetime:
        """A moment of our clock, told by the exchange's."""
        return ours + timedelta(seconds=self.offset_s or 0.0)

    def doubt_clock(self) -> None:
        """The exchange disliked a time: measure again before the next request."""
        self._offset_at = None

    async def measure(self, ask: Callable[[], Awaitable[datetime]]) -> None:
        """Measure the offset if it is old. Lets failures of ``ask`` pass while none is known."""
        if self._fresh(self._offset_at, limits.VENUE_CLOCK_CHECK_S):
            return
        async with self._turn:
            if self._fresh(self._offset_at, limits.VENUE_CLOCK_CHECK_S):
                return
            before = self.clock.now()
            theirs = await ask()
            after = self.clock.now()
            self.offset_s = (theirs - (before + (after - before) / 2)).total_seconds()
            self._offset_at = self.clock.monotonic()

    @property
    def needs_rules(self) -> bool:
        """Whether its rules are missing or old, and it is time to ask for them (again)."""
        if self._fresh(self._load_tried_at, limits.RULES_RETRY_S):
            return not self._listings
        return not self._fresh(self._listed_at, self._rules_refresh_s)

    def loading(self) -> None:
        """The exchange is asked for its rules now."""
        self._load_tried_at = self.clock.monotonic()

    @property
    def rules_age_s(self) -> float | None:
        return None if self._listed_at is None else self.clock.monotonic() - self._listed_at

    @property
    def listings(self) -> dict[str, Listing]:
        return self._listings

    def listing(self, symbol: str) -> Listing | None:
        return self._listings.get(symbol)

    def symbol(self, market_id: str) -> str:
        """Our spelling; an unlisted one stays as the exchange writes it."""
        return self._symbols.get(market_id, market_id)

    def list(self, rows: tuple[Listing, ...], age_s: float = 0.0) -> None:
        """Take a new list of what is traded, read ``age_s`` ago."""
        self._listings = {row.instrument.symbol: row for row in rows}
        self._symbols = {row.market_id: row.instrument.symbol for row in rows}
        self._listed_at = self.clock.monotonic() - age_s

    def _fresh(self, at: float | None, seconds: float) -> bool:
        return at is not None and self.clock.monotonic() - at < seconds
