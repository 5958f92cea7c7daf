"""What the accounts decided, brought back to the receipts and offers that led to it."""

from __future__ import annotations

from engine.domain.notices import Outcome
from engine.offers import rows
from engine.signals import receipts
from engine.signals.receipts import Awaited, Verdict
from engine.store import outcomes
from engine.store.faults import connection, transaction
from foundation import limits
from foundation.bus import Bus
from foundation.clock import Clock
from foundation.db import Database

#: For these the outcome's object is a group, not a waiting signal.
_WITHOUT_GROUP = frozenset({"queued", "replaced", "dequeued"})


class Outcomes:
    """Settles receipts: `accepted` becomes `opened`, `queued`, `closing` or why not."""

    def __init__(self, database: Database, clock: Clock, bus: Bus) -> None:
        self._database = database
        self._clock = clock
        self._bus = bus

    async def turn(self) -> bool:
        """Look for outcomes of what was handed over; True when one came. Raises Unavailable."""
        async with connection(self._database) as pooled:
            waiting = await receipts.unsettled(pooled, limits.OUTCOMES_BATCH_MAX)
        if not waiting:
            return False
        wanted = [(awaited.account_id, awaited.inbox_key) for awaited in waiting]
        found = await outcomes.decided(self._database, wanted)
        for awaited in waiting:
            outcome = found.get((awaited.account_id, awaited.inbox_key))
            if outcome is not None:
                await self._settle(awaited, outcome)
        if found:
            self._bus.wake("offers")
        return bool(found)

    async def _settle(self, awaited: Awaited, outcome: Outcome) -> None:
        now = self._clock.now()
        verdict = Verdict(outcome.code, outcome.text, refused=outcome.status == "refused")
        group_id = None if outcome.code in _WITHOUT_GROUP else outcome.object_id
        async with transaction(self._database) as pooled:
            if not await receipts.settle(pooled, awaited, verdict, now):
                return
            told = (outcome.code, outcome.text, group_id)
            await rows.note_outcome(pooled, awaited.inbox_key, told, now)
