"""The keeper of results: takes equity points and measures trades, when there is room for it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from engine.analytics import equity, excursions
from engine.store import risk_log
from foundation import limits
from foundation.clock import Clock
from foundation.db import Database
from foundation.errors import Unavailable
from foundation.log import get_logger
from foundation.nursery import Nursery

_log = get_logger("engine.analytics")


class Keeper:
    """Runs beside the engine. ``busy`` tells that there is no room for analysis now."""

    def __init__(self, database: Database, clock: Clock, busy: Callable[[], bool]) -> None:
        self._database = database
        self._clock = clock
        self._busy = busy
        self._thinned_at: datetime | None = None

    def start(self, nursery: Nursery) -> None:
        nursery.start("results", self._run)

    async def _run(self) -> None:
        while True:
            try:
                await self.turn()
            except Unavailable as error:
                _log.warning("results have to wait", reason=str(error))
            await self._clock.sleep(limits.EQUITY_POINT_S)

    async def turn(self) -> None:
        """One round of everything; nothing while the engine is busy. Raises Unavailable."""
        if self._busy():
            return
        now = self._clock.now()
        await equity.take_points(self._database, now)
        while await excursions.measure(self._database, now) == limits.EXCURSIONS_PER_TURN:
            pass
        if self._thinned_at is None or now - self._thinned_at >= timedelta(days=1):
            self._thinned_at = now
            before = now - timedelta(days=limits.KEEP_MINUTES_D)
            await equity.thin_out(self._database, before)
            await risk_log.thin_out(self._database, before)
