"""How often a hook may bring something new: one token bucket each, in memory."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

from foundation import limits
from foundation.clock import Clock


@dataclass(slots=True)
class _Bucket:
    tokens: float
    at: float


class Rates:
    """Buckets of `INTAKE_BURST` tokens, refilled at `INTAKE_PER_SECOND`."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()

    def take(self, hook_id: str) -> bool:
        """Take one token; False when there is none."""
        bucket = self._filled(hook_id)
        if bucket.tokens < 1:
            return False
        bucket.tokens -= 1
        return True

    def give_back(self, hook_id: str) -> None:
        """Return a token: what it was taken for turned out to be a repeat."""
        bucket = self._filled(hook_id)
        bucket.tokens = min(bucket.tokens + 1, limits.INTAKE_BURST)

    def retry_after(self, hook_id: str) -> int:
        """Whole seconds until there is a token again, at least one."""
        lacking = 1 - self._filled(hook_id).tokens
        return max(1, int(lacking / limits.INTAKE_PER_SECOND) + 1)

    def _filled(self, hook_id: str) -> _Bucket:
        now = self._clock.monotonic()
        bucket = self._buckets.setdefault(hook_id, _Bucket(float(limits.INTAKE_BURST), now))
        self._buckets.move_to_end(hook_id)
        gained = (now - bucket.at) * limits.INTAKE_PER_SECOND
        bucket.tokens, bucket.at = min(bucket.tokens + gained, limits.INTAKE_BURST), now
        while len(self._buckets) > limits.INTAKE_BUCKETS_MAX:
            self._buckets.popitem(last=False)
        return bucket
