"""Counts of alerts that leave no receipt: kept in memory, added to the database now and then."""

from __future__ import annotations

from collections import Counter
from typing import Final

from foundation import limits
from foundation.clock import Clock
from foundation.db import Database

UNAUTHORISED: Final = "unauthorised"
UNKNOWN_TOKEN: Final = "unknown_token"  # noqa: S105 - the name of a counter
RATE_LIMITED: Final = "rate_limited"
DUPLICATE: Final = "duplicate"
TOO_LARGE: Final = "too_large"

_ADD: Final = """
insert into hook_counters (hook_id, kind, total, last_at)
select hook_id, kind, total, $4 from unnest($1::text[], $2::text[], $3::bigint[])
    as new (hook_id, kind, total)
on conflict (hook_id, kind) do update
set total = hook_counters.total + excluded.total, last_at = excluded.last_at
"""


class Counters:
    """Counts by hook and kind. What was not flushed is lost in a crash; nothing depends on it."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._counts: Counter[tuple[str, str]] = Counter()

    def count(self, hook_id: str, kind: str) -> None:
        if len(self._counts) < limits.COUNTERS_MAX or (hook_id, kind) in self._counts:
            self._counts[(hook_id, kind)] += 1

    async def turn(self) -> bool:
        """Write what was counted since; True when there was something."""
        counts, self._counts = self._counts, Counter()
        if not counts:
            return False
        rows = sorted((hook, kind, total) for (hook, kind), total in counts.items())
        try:
            await self._database.pool.execute(
                _ADD, *([row[i] for row in rows] for i in range(3)), self._clock.now()
            )
        except BaseException:
            self._counts.update(counts)
            raise
        return True
