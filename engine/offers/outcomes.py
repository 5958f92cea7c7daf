"""What the accounts decided, brought back to the receipts and offers that led to it."""

from __future__ import annotations

from collections.abc import Sequence

from engine.domain.notices import Outcome
from engine.offers import rows
from engine.offers.offer import OfferOutcome
from engine.signals import receipts
from engine.signals.receipts import Awaited, Settled, Verdict
from engine.store import outcomes
from engine.store.faults import connection, transaction
from foundation import limits
from foundation.bus import Bus
from foundation.clock import Clock
from foundation.db import Database

#: For these the outcome's object is a group, not a waiting signal.
_WITHOUT_GROUP = frozenset({"queued", "replaced", "dequeued"})
#: For these the signal waits in the queue, and how it leaves is told as well.
_IN_QUEUE = frozenset({"queued", "replaced"})
#: The price left the one it was taken at while it waited: a person is asked again.
DRIFTED = "drifted"


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
            queued = await receipts.unsettled(pooled, limits.OUTCOMES_QUEUED_MAX, in_queue=True)
            leaving = await receipts.leaving(pooled, limits.OUTCOMES_BATCH_MAX)
        left = await self._decided(leaving) if leaving else []
        if left:
            await self._settle_exits(left)
        told = await self._decided(waiting) if waiting else []
        told += await self._left_queue(queued) if queued else []
        if told:
            await self._settle(told)
            self._bus.wake("offers")
        if any(outcome.code == DRIFTED for _, outcome in told):
            self._bus.wake("receipts")
        return bool(told or left)

    async def _decided(self, waiting: Sequence[Awaited]) -> list[tuple[Awaited, Outcome]]:
        wanted = [(awaited.account_id, awaited.inbox_key) for awaited in waiting]
        found = await outcomes.decided(self._database, wanted)
        return _matched(waiting, [found.get(key) for key in wanted])

    async def _left_queue(self, queued: Sequence[Awaited]) -> list[tuple[Awaited, Outcome]]:
        wanted = [(awaited.account_id, awaited.queued_signal or "") for awaited in queued]
        found = await outcomes.left_queue(self._database, wanted)
        return _matched(queued, [found.get(key) for key in wanted])

    async def _settle_exits(self, left: Sequence[tuple[Awaited, Outcome]]) -> None:
        async with transaction(self._database) as pooled:
            await receipts.settle_exits(pooled, [(one, _verdict(out)) for one, out in left])

    async def _settle(self, told: Sequence[tuple[Awaited, Outcome]]) -> None:
        now = self._clock.now()
        async with transaction(self._database) as pooled:
            settled = await receipts.settle(pooled, [_settled(*one) for one in told], now)
            mine = [(one, outcome) for one, outcome in told if one.receipt_id in settled]
            await rows.note_outcomes(pooled, [_noted(*one) for one in mine], now)
            for awaited, outcome in mine:
                if outcome.code == DRIFTED:
                    await receipts.anew(pooled, awaited.receipt_id, now, now)


def _settled(awaited: Awaited, outcome: Outcome) -> Settled:
    queued = outcome.object_id if outcome.code in _IN_QUEUE else None
    return Settled(awaited, _verdict(outcome), queued)


def _verdict(outcome: Outcome) -> Verdict:
    return Verdict(outcome.code, outcome.text, refused=outcome.status == "refused")


def _noted(awaited: Awaited, outcome: Outcome) -> OfferOutcome:
    group_id = None if outcome.code in _WITHOUT_GROUP else outcome.object_id
    return OfferOutcome(awaited.origin, outcome.code, outcome.text, group_id)


def _matched(
    waiting: Sequence[Awaited], found: Sequence[Outcome | None]
) -> list[tuple[Awaited, Outcome]]:
    return [
        (awaited, outcome)
        for awaited, outcome in zip(waiting, found, strict=True)
        if outcome is not None
    ]
