"""Deliberately broken engines: each must be caught, or the simulation proves nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from engine.decide import entries, facts
from engine.decide.turn import Turn
from engine.domain.account import Account
from engine.domain.commands import PlaceOrder
from engine.domain.events import OrderFilled, OrderLost
from engine.domain.notices import Outcome
from engine.domain.signal import Signal
from engine.domain.words import OrderStatus
from engine.policy.pool import Admission, admit
from engine.runtime import deciding, resolver, sender
from engine.store.memory import MemoryStore
from engine.store.port import (
    ALL_LANES,
    AccountCommit,
    InboxEntry,
    Lanes,
    OutboxRow,
    OutboxStatus,
)
from engine.venues.port import Absent, OutcomeUnknown, Refused
from foundation.errors import Unavailable

if TYPE_CHECKING:
    from tests.sim.process import Process
    from tests.sim.venue import SimVenue


class Mutant:
    """The engine as it is; subclasses break one thing each."""

    name = "none"

    def store(self) -> MemoryStore:
        return MemoryStore()

    def store_call(self, name: str, process: Process) -> Callable[..., Any] | None:
        """Something to call instead of the store's method of this name."""
        return None

    def venue(self, venue: SimVenue, process: Process) -> Any:
        return venue

    def applied(self) -> AbstractContextManager[None]:
        """Whatever must be changed in modules while the world runs."""
        return nullcontext()


NONE = Mutant()


class ResendAtOnce(Mutant):
    """Takes an unknown outcome for a reason to send again."""

    name = "resend at once"

    def venue(self, venue: SimVenue, process: Process) -> Any:
        return _Resending(venue, process)


class LookWithoutWaiting(Mutant):
    """Asks after an order while its request may still be on its way."""

    name = "look-up without the wait"

    def applied(self) -> AbstractContextManager[None]:
        return patched(resolver, "CERTAIN_AFTER", timedelta(0))


class ClaimWithoutComparing(Mutant):
    """Reads what is new, then marks it claimed without looking whether it still is new."""

    name = "no compare-and-set claim"

    def store(self) -> MemoryStore:
        return _CarelessClaims()


class CommitWithoutFence(Mutant):
    """Writes a turn though the account has moved on meanwhile."""

    name = "no fence in the commit"

    def store(self) -> MemoryStore:
        return _Unfenced()


class FillsTwice(Mutant):
    """Books a fill again when the venue reports it again."""

    name = "fills applied twice"

    def store(self) -> MemoryStore:
        return _ForgetfulOfFills()


class CancelOverwritesFill(Mutant):
    """Believes a cancelled order cannot have filled."""

    name = "cancel overwrites fill"

    def applied(self) -> AbstractContextManager[None]:
        booked = facts.filled

        def filled(turn: Turn, fact: OrderFilled) -> Outcome:
            found = facts.find_order(turn, fact.order_id)
            if found is not None and found[1].status is OrderStatus.CANCELLED:
                return facts.KNOWN
            return booked(turn, fact)

        return patched(facts, "filled", filled)


class StaleClaimSent(Mutant):
    """Sends what it claimed long ago, signed as if it were fresh."""

    name = "stale claim sent"

    def venue(self, venue: SimVenue, process: Process) -> Any:
        return _SigningLate(venue, process)

    def applied(self) -> AbstractContextManager[None]:
        return patched(sender, "_FENCE", timedelta(days=1))


class UnknownIsRefusal(Mutant):
    """Takes a time-out for a no."""

    name = "outcome unknown treated as refusal"

    def venue(self, venue: SimVenue, process: Process) -> Any:
        return _Pessimist(venue, process)


class UnknownIsAbsence(Mutant):
    """Takes a failed look-up for "not there"."""

    name = "failed look-up treated as absence"

    def venue(self, venue: SimVenue, process: Process) -> Any:
        return _Shortsighted(venue, process)


class CursorBeforeFacts(Mutant):
    """Moves the place where reading stands before the facts are written."""

    name = "cursor moved before the facts"

    def store_call(self, name: str, process: Process) -> Callable[..., Any] | None:
        if name != "put_reports":
            return None
        store = process.world.store

        async def hasty(account_id: str, facts: Any, cursor: str, now: datetime) -> int:
            await store.put_reports(account_id, (), cursor, now)
            await process.port("between")
            if process.world.faults.hit("commit_ack_lost"):
                raise Unavailable("the connection was lost")
            return await store.put_reports(account_id, facts, cursor, now)

        return hasty


class QueueBypass(Mutant):
    """Opens a group though no slot is free."""

    name = "queue bypass"

    def applied(self) -> AbstractContextManager[None]:
        def anywhere(account: Account, signal: Signal) -> Admission:
            place = admit(account, signal)
            return Admission("slot", "slot_free", "") if place.code == "pool_full" else place

        return patched(entries, "admit", anywhere)


class AlertsTwice(Mutant):
    """Does not know a fact again that was told twice."""

    name = "inbox without keys"

    def store(self) -> MemoryStore:
        return _ForgetfulOfAlerts()


class FillsOnlyFromStream(Mutant):
    """Reads the reports from where the venue is now, not from where reading stood."""

    name = "fills from now on"

    def venue(self, venue: SimVenue, process: Process) -> Any:
        return _FromNowOn(venue, process)


class ForgetsWhatExpired(Mutant):
    """Takes an order whose time is over for one that was never sent, also when it was."""

    name = "sent order withdrawn at expiry"

    def store(self) -> MemoryStore:
        return _ForgetfulOfSent()


class StampsByItsOwnClock(Mutant):
    """Stamps an event with its clock, though the account has seen a later moment."""

    name = "time runs backwards"

    def applied(self) -> AbstractContextManager[None]:
        return patched(deciding, "max", lambda now, _last: now)


class _Wrapped:
    def __init__(self, venue: SimVenue, process: Process) -> None:
        self._venue = venue
        self._process = process

    def __getattr__(self, name: str) -> Any:
        return getattr(self._venue, name)

    def now(self) -> datetime:
        return self._process.world.truth() + self._process.skew


class _Resending(_Wrapped):
    async def place(self, account_id: str, order: PlaceOrder, claimed_at: datetime) -> Any:
        answer = await self._venue.place(account_id, order, claimed_at)
        if isinstance(answer, OutcomeUnknown):
            return await self._venue.place(account_id, order, self.now())
        return answer


class _SigningLate(_Wrapped):
    async def place(self, account_id: str, order: PlaceOrder, claimed_at: datetime) -> Any:
        return await self._venue.place(account_id, order, self.now())


class _Pessimist(_Wrapped):
    async def place(self, account_id: str, order: PlaceOrder, claimed_at: datetime) -> Any:
        answer = await self._venue.place(account_id, order, claimed_at)
        if isinstance(answer, OutcomeUnknown):
            return Refused("timeout", "No answer.", final=False, retry_after=1)
        return answer


class _Shortsighted(_Wrapped):
    async def find(self, account_id: str, order_id: str, symbol: str) -> Any:
        answer = await self._venue.find(account_id, order_id, symbol)
        return Absent() if isinstance(answer, OutcomeUnknown) else answer


class _FromNowOn(_Wrapped):
    _started = False

    async def fills(self, account_id: str, cursor: str) -> Any:
        if not self._started:
            self._started = True
            cursor = str(len(self._process.world.exchange.reports.get(account_id, [])))
        return await self._venue.fills(account_id, cursor)


class _CarelessClaims(MemoryStore):
    async def claim(
        self,
        now: datetime,
        limit: int,
        per_account: int,
        skip: Sequence[str] = (),
        lanes: Lanes = ALL_LANES,
    ) -> Sequence[OutboxRow]:
        waiting = list(self._waiting(skip))[:limit]
        await asyncio.sleep(0.005)
        return [
            self._move(one, replace(one.row, status=OutboxStatus.CLAIMED, claimed_at=now))
            for one in waiting
        ]


class _Unfenced(MemoryStore):
    def _fenced(self, stored: Account, commit: AccountCommit) -> bool:
        return True


class _ForgetfulOfFills(MemoryStore):
    def _put(self, entry: InboxEntry, now: datetime) -> bool:
        if entry.key.startswith("fill:"):
            entry = replace(entry, key=f"{entry.key}:{len(self._inbox)}")
        return super()._put(entry, now)


class _ForgetfulOfSent(MemoryStore):
    def _withdraw_expired(self, now: datetime) -> None:
        super()._withdraw_expired(now)
        for stored in list(self._open_outbox.values()):
            command = stored.row.command
            sent = stored.row.status is OutboxStatus.SENT and isinstance(command, PlaceOrder)
            if sent and command.valid_until is not None and command.valid_until < now:
                self._withdraw(stored, f"lost:{command.id}", OrderLost(command.id), now)


class _ForgetfulOfAlerts(MemoryStore):
    def _put(self, entry: InboxEntry, now: datetime) -> bool:
        if entry.key.startswith("signal:"):
            entry = replace(entry, key=f"{entry.key}:{len(self._inbox)}")
        return super()._put(entry, now)


@contextmanager
def patched(owner: Any, name: str, value: Any) -> Iterator[None]:
    """Have the name mean something else while the block runs."""
    known = hasattr(owner, name)  # a builtin is hidden, not replaced
    original = getattr(owner, name, None)
    setattr(owner, name, value)
    try:
        yield
    finally:
        setattr(owner, name, original) if known else delattr(owner, name)


MUTANTS: tuple[Mutant, ...] = (
    ResendAtOnce(),
    LookWithoutWaiting(),
    ClaimWithoutComparing(),
    CommitWithoutFence(),
    FillsTwice(),
    CancelOverwritesFill(),
    StaleClaimSent(),
    UnknownIsRefusal(),
    UnknownIsAbsence(),
    CursorBeforeFacts(),
    QueueBypass(),
    AlertsTwice(),
    FillsOnlyFromStream(),
    ForgetsWhatExpired(),
    StampsByItsOwnClock(),
)
