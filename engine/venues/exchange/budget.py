"""Rate limits kept on our side: a bucket per limit of the exchange, with shares by urgency.

What reduces risk may use everything, entries leave a tenth, reads leave a third: polling can
never take the room an exit needs. What the exchange says it has counted corrects our own count.
"""

from __future__ import annotations

from enum import Enum

from engine.domain.commands import PlaceOrder
from foundation import limits
from foundation.clock import Clock


class Urgency(Enum):
    """Share of a limit that must stay free after the request."""

    READ = limits.VENUE_LIMIT_KEPT_FROM_READS
    ENTRY = limits.VENUE_LIMIT_KEPT_FROM_ENTRIES
    EXIT = 0.0


def urgency(order: PlaceOrder) -> Urgency:
    """How much of the limits an order may use."""
    return Urgency.EXIT if order.priority == 0 else Urgency.ENTRY


class Budget:
    """``capacity`` units in ``window_s`` seconds, refilled evenly."""

    def __init__(self, clock: Clock, capacity: float, window_s: float) -> None:
        self._clock = clock
        self._capacity = capacity
        self._rate = capacity / window_s
        self._left = capacity
        self._at = clock.monotonic()
        self._closed_until = self._at

    def take(self, units: float, urgency: Urgency) -> bool:
        """Use up ``units`` if that leaves enough; else take nothing."""
        self._refill()
        if self._at < self._closed_until:
            return False
        if self._left - units < self._capacity * urgency.value:
            return False
        self._left -= units
        return True

    def room(self, urgency: Urgency) -> int:
        """How many units could be taken now."""
        self._refill()
        if self._at < self._closed_until:
            return 0
        return max(int(self._left - self._capacity * urgency.value), 0)

    def counted(self, used: float) -> None:
        """The exchange has counted this many units in the running window."""
        self._refill()
        self._left = min(self._left, self._capacity - used)

    def close(self, seconds: float) -> None:
        """The exchange told us to stop: nothing leaves for so long."""
        self._refill()
        self._closed_until = max(self._closed_until, self._at + seconds)

    @property
    def used(self) -> float:
        """0..1, 1 while closed."""
        self._refill()
        if self._at < self._closed_until:
            return 1.0
        return min(max(1.0 - self._left / self._capacity, 0.0), 1.0)

    @property
    def opens_in(self) -> int:
        """Whole seconds until a request may be tried again, at least one."""
        return max(int(self._closed_until - self._clock.monotonic()) + 1, 1)

    def _refill(self) -> None:
        now = self._clock.monotonic()
        self._left = min(self._left + (now - self._at) * self._rate, self._capacity)
        self._at = now
