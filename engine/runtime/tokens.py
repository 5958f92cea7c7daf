"""A token bucket: how many requests may leave now, so that a storm of ours cannot get us banned."""

from __future__ import annotations

from foundation.clock import Clock


class Tokens:
    """``rate`` per second on average, ``burst`` at once."""

    def __init__(self, clock: Clock, rate: float, burst: int) -> None:
        self._clock = clock
        self._rate = rate
        self._burst = burst
        self._left = float(burst)
        self._at = clock.monotonic()

    def available(self) -> int:
        now = self._clock.monotonic()
        self._left = min(self._left + (now - self._at) * self._rate, float(self._burst))
        self._at = now
        return int(self._left)

    def take(self, count: int) -> None:
        """Use up ``count`` of what `available` said."""
        self._left -= count
