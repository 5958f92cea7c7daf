"""The circuit breaker of each venue: entries pause while most calls fail, exits keep trying.

closed -> open when most calls of a window fail; after a pause half-open: the next call whose
outcome becomes known is the probe, and one entry may be it. A failed probe opens it again, for
longer.
"""

from __future__ import annotations

from collections import deque
from enum import StrEnum
from typing import NamedTuple

from foundation import limits
from foundation.clock import Clock
from foundation.log import get_logger

_log = get_logger("engine.runtime.breaker")


class BreakerState(StrEnum):
    """Whether entries are sent: all, none, or one to see."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"


class _Call(NamedTuple):
    at: float
    failed: bool


class Breaker:
    """Of one venue. ``answered`` and ``failed`` tell it of every call, whatever it was for."""

    def __init__(self, venue: str, clock: Clock) -> None:
        self._venue = venue
        self._clock = clock
        self._calls: deque[_Call] = deque(maxlen=limits.BREAKER_CALLS_MAX)
        self._opened_at: float | None = None
        self._pause = limits.BREAKER_OPEN_FIRST_S
        self._probed_at: float | None = None

    @property
    def state(self) -> BreakerState:
        if self._opened_at is None:
            return BreakerState.CLOSED
        if self._clock.monotonic() - self._opened_at < self._pause:
            return BreakerState.OPEN
        return BreakerState.HALF_OPEN

    def entries(self, room: int) -> int:
        """How many of ``room`` entries may be sent now."""
        state = self.state
        if state is BreakerState.CLOSED:
            return room
        if state is BreakerState.OPEN or self._probing():
            return 0
        return min(room, 1)

    def probing(self) -> None:
        """An entry was taken while half-open: it is the probe."""
        if self.state is BreakerState.HALF_OPEN:
            self._probed_at = self._clock.monotonic()

    def answered(self) -> None:
        """The venue answered, whatever it said."""
        state = self.state
        if state is BreakerState.HALF_OPEN:
            _log.info("the venue answers again", venue=self._venue)
            self._opened_at = self._probed_at = None
            self._pause = limits.BREAKER_OPEN_FIRST_S
            self._calls.clear()
        elif state is BreakerState.CLOSED:
            self._note(failed=False)

    def failed(self) -> None:
        """The venue did not answer, or not so that it could be understood."""
        state = self.state
        if state is BreakerState.HALF_OPEN:
            self._open(min(self._pause * 2, limits.BREAKER_OPEN_MAX_S))
        elif state is BreakerState.CLOSED:
            self._note(failed=True)
            if self._mostly_failing():
                self._open(limits.BREAKER_OPEN_FIRST_S)

    def _probing(self) -> bool:
        if self._probed_at is None:
            return False
        return self._clock.monotonic() - self._probed_at < limits.BREAKER_PROBE_S

    def _note(self, *, failed: bool) -> None:
        now = self._clock.monotonic()
        self._calls.append(_Call(now, failed))
        while self._calls and now - self._calls[0].at > limits.BREAKER_WINDOW_S:
            self._calls.popleft()

    def _mostly_failing(self) -> bool:
        calls = len(self._calls)
        if calls < limits.BREAKER_CALLS_MIN:
            return False
        return sum(call.failed for call in self._calls) >= limits.BREAKER_FAILURE_SHARE * calls

    def _open(self, pause: float) -> None:
        _log.error("most calls fail: no entries for now", venue=self._venue, again_in_s=pause)
        self._opened_at = self._clock.monotonic()
        self._pause = pause
        self._probed_at = None
        self._calls.clear()


class Breakers:
    """One for each venue, made when first asked for."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._by_venue: dict[str, Breaker] = {}

    def of(self, venue: str) -> Breaker:
        breaker = self._by_venue.get(venue)
        if breaker is None:
            breaker = self._by_venue[venue] = Breaker(venue, self._clock)
        return breaker
