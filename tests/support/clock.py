"""A clock that stands still until a test moves it."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

START = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)


class FakeClock:
    """Time moves only by `advance`; whoever sleeps wakes when their moment is reached."""

    def __init__(self, start: datetime = START) -> None:
        self._start = start
        self._passed = timedelta(0)
        self._sleepers: list[tuple[timedelta, asyncio.Future[None]]] = []

    def now(self) -> datetime:
        return self._start + self._passed

    def monotonic(self) -> float:
        return self._passed.total_seconds()

    async def sleep(self, seconds: float) -> None:
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        wakes_at = self._passed + timedelta(seconds=seconds)
        alarm: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._sleepers.append((wakes_at, alarm))
        await alarm

    def advance(self, seconds: float) -> None:
        """Move time forward and wake, earliest first, everybody whose moment has come."""
        self._passed += timedelta(seconds=seconds)
        due = [one for one in self._sleepers if one[0] <= self._passed]
        self._sleepers = [one for one in self._sleepers if one[0] > self._passed]
        for _, alarm in sorted(due, key=lambda one: one[0]):
            if not alarm.done():
                alarm.set_result(None)

    @property
    def sleeping(self) -> int:
        """How many sleep now: lets a test wait until its subject has gone to bed."""
        return sum(not alarm.done() for _, alarm in self._sleepers)
