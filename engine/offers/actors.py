"""The actors behind offers, and the loops that run them: rest while there is nothing to do."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from engine.offers.effect import Effect, Expiry
from engine.offers.fanout import FanOut
from engine.offers.market import MarketView
from engine.offers.outcomes import Outcomes
from engine.offers.quoting import Known, Quoter
from engine.store.port import Store
from foundation import limits
from foundation.bus import Bus
from foundation.clock import Clock
from foundation.db import Database
from foundation.errors import Unavailable
from foundation.log import get_logger
from foundation.nursery import Nursery

_log = get_logger("engine.offers.actors")
_Turn = Callable[[], Awaitable[bool]]
_Rest = Callable[[], Awaitable[float]]


class OfferActors:
    """`fan_out`, `effect`, `expiry` and `outcomes`: each has a `turn()` that may overlap itself."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        bus: Bus,
        store: Store,
        market: MarketView,
        known: Known | None = None,
    ) -> None:
        quoter = Quoter(store, market, clock, known)
        self._clock = clock
        self._bus = bus
        self.fan_out = FanOut(database, quoter, clock, bus)
        self.effect = Effect(database, quoter, market, clock, bus)
        self.expiry = Expiry(database, quoter, market, clock, bus)
        self.outcomes = Outcomes(database, clock, bus)

    def start(self, nursery: Nursery) -> None:
        """Run all four until the nursery stops."""
        nursery.start("offers-fan-out", lambda: self._loop(self.fan_out.turn, "receipts", _poll))
        nursery.start(
            "offers-effect", lambda: self._loop(self.effect.turn, "approvals", self.effect.rest)
        )
        nursery.start(
            "offers-outcomes",
            lambda: self._loop(self.outcomes.turn, "events", _poll, limits.BUS_GATHER_S),
        )
        nursery.start("offers-expiry", self._watch)

    async def _loop(self, turn: _Turn, topic: str, rest: _Rest, gather: float = 0.0) -> None:
        """Turn after turn while there is work; then until woken, or for as long as `rest` says."""
        while True:
            mark = self._bus.mark(topic)
            try:
                if not await turn():
                    await self._bus.wait(topic, await rest(), since=mark, gather=gather)
            except Unavailable as error:
                _log.warning("a turn failed", topic=topic, reason=str(error))
                await self._clock.sleep(limits.OFFERS_POLL_S)

    async def _watch(self) -> None:
        while True:
            try:
                await self.expiry.turn()
            except Unavailable as error:
                _log.warning("a turn failed", topic="expiry", reason=str(error))
            await self._clock.sleep(limits.OFFERS_POLL_S)


async def _poll() -> float:
    return limits.OFFERS_POLL_S
