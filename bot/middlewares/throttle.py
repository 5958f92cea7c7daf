"""Abuse limit per person: a burst is fine, a flood is told once and then not listened to."""

from __future__ import annotations

from collections import OrderedDict
from enum import Enum

from bot.outbox.limiter import Bucket
from foundation import limits
from foundation.clock import Clock


class Verdict(Enum):
    """What to do with the next update of a person."""

    PASS = "pass"  # noqa: S105 - a verdict, not a password
    WARN = "warn"
    IGNORE = "ignore"


class Throttle:
    """A token bucket per person, kept for the most recent ones only."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._buckets: OrderedDict[int, Bucket] = OrderedDict()
        self._warned: set[int] = set()

    def judge(self, telegram_id: int) -> Verdict:
        """Count one update of this person."""
        now = self._clock.monotonic()
        burst = float(limits.BOT_USER_BURST)
        fresh = Bucket(limits.BOT_USER_PER_S, burst, burst, now)
        bucket = self._buckets.setdefault(telegram_id, fresh)
        self._buckets.move_to_end(telegram_id)
        while len(self._buckets) > limits.BOT_USERS_REMEMBERED:
            forgotten, _ = self._buckets.popitem(last=False)
            self._warned.discard(forgotten)
        if bucket.wait(now) <= 0:
            bucket.take(now)
            self._warned.discard(telegram_id)
            return Verdict.PASS
        if telegram_id in self._warned:
            return Verdict.IGNORE
        self._warned.add(telegram_id)
        return Verdict.WARN
