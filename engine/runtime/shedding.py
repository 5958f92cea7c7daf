"""Shedding: under overload work is left out in a named order, so that exits never are.

The measure is how late the event loop runs. Each level leaves out one kind of work more; calm
brings them back one at a time.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from foundation import limits
from foundation.clock import Clock
from foundation.log import get_logger

_log = get_logger("engine.runtime.shedding")


class Work(StrEnum):
    """What may be left out, in the order in which it is."""

    ANALYTICS = "analytics"
    LIVE_EDITS = "live_edits"
    RANKING = "ranking"
    ENTRIES = "entries"


ORDER: Final = tuple(Work)


class Shedding:
    """Hears of the loop's lag; says what is left out now."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._level = 0
        self._late_at = clock.monotonic()

    @property
    def left_out(self) -> tuple[Work, ...]:
        """What is not done now, the least important first."""
        return ORDER[: self._level]

    def sheds(self, work: Work) -> bool:
        """Whether this kind of work waits now."""
        return work in self.left_out

    def lagged(self, seconds: float) -> None:
        """The loop ran this late."""
        now = self._clock.monotonic()
        level = sum(seconds >= lag for lag in limits.LOAD_LAGS)
        if level >= self._level:
            self._late_at = now
        if level > self._level:
            self._move(level, seconds)
        elif self._level and now - self._late_at >= limits.LOAD_CALM_S:
            self._late_at = now
            self._move(self._level - 1, seconds)

    def _move(self, level: int, lag: float) -> None:
        self._level = level
        names = ", ".join(self.left_out) or "nothing"
        _log.warning("load changed", left_out=names, lag_s=round(lag, 3))
