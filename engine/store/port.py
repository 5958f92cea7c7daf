"""The store as the actors see it; Postgres and the memory twin both keep these promises.

One conformance suite (tests/engine/store) holds both to them. Every method is one transaction.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, Protocol

from engine.decide.recalling import LateMoney
from engine.domain.account import Account
from engine.domain.commands import Command
from engine.domain.events import Event, Fact
from engine.domain.group import Group
from engine.domain.notices import Notice, Outcome
from engine.domain.record import record

FIRST_FACTS: Final = (
    "order_accepted",
    "order_refused",
    "order_lost",
    "order_unclear",
    "order_filled",
    "order_cancelled",
    "fee_converted",
    "funding_paid",
    "credentials_changed",
    "reconciled",
    "halted",
    "engine_stopping",
    "close_commanded",
    "close_all_commanded",
)
"""Kinds of facts an account hears before it was compared with its venue: what happened there, and
a person's order to close."""


class OutboxStatus(StrEnum):
    """Life of a command on its way to a venue.

    ``claimed`` may have been sent or not; ``sent`` was sent and the answer is unknown.
    """

    NEW = "new"
    CLAIMED = "claimed"
    SENT = "sent"
    DONE = "done"
    WITHDRAWN = "withdrawn"


@record(frozen=True, slots=True)
class InboxEntry:
    """A fact for one account; (account_id, key) is unique, so a repeat changes nothing."""

    account_id: str
    key: str
    fact: Fact
    correlation_id: str | None = None


@record(frozen=True, slots=True)
class InboxRow:
    id: int
    entry: InboxEntry
    received_at: datetime


@record(frozen=True, slots=True)
class Decided:
    """One decided event. ``row_id`` is its inbox row, or None for time itself.

    ``digest`` = blake2b-128 over previous digest, event bytes, changed objects and commands.
    ``encoded`` are those event bytes, if whoever decided kept them: the store need not make them.
    """

    seq: int
    event: Event
    row_id: int | None
    outcome: Outcome
    commands: tuple[Command, ...]
    notices: tuple[Notice, ...]
    digest: bytes
    correlation_id: str | None = None
    encoded: bytes = b""


@record(frozen=True, slots=True)
class AccountCommit:
    """What a turn decided for one account: written whole, or not at all.

    ``before.seq`` is the fence: the commit applies only while the stored seq equals it.
    ``decided`` has the seqs ``before.seq + 1 … after.seq``; when it is empty, a time came and
    changed nothing: only ``next_due`` is moved, no seq, no journal.
    """

    before: Account
    after: Account
    decided: tuple[Decided, ...]
    next_due: datetime | None


@record(frozen=True, slots=True)
class Loaded:
    account: Account
    digest: bytes


@record(frozen=True, slots=True)
class OutboxRow:
    account_id: str
    venue: str
    command: Command
    status: OutboxStatus
    claimed_at: datetime | None
    correlation_id: str | None


@record(frozen=True, slots=True)
class Room:
    """How many commands may be claimed, entries among them at most ``entries``."""

    commands: int
    entries: int


@record(frozen=True, slots=True)
class Lanes:
    """What a claim leaves alone beside its own bounds, so that exits never wait for entries.

    ``rooms`` by venue and ``accounts`` by account; who is not named has room for all.
    ``exits_only``: accounts whose entries wait.
    """

    rooms: Mapping[str, Room] = field(default_factory=dict)
    exits_only: Sequence[str] = ()
    accounts: Mapping[str, Room] = field(default_factory=dict)


ALL_LANES: Final = Lanes()


@record(frozen=True, slots=True)
class AccountRef:
    """Which venue an account trades on and how far it is decided, without loading it."""

    id: str
    venue: str
    seq: int


@record(frozen=True, slots=True)
class Depths:
    """How much waits: unhandled inbox rows, commands not claimed yet, outcomes unknown (sent)."""

    inbox_waiting: int
    outbox_waiting: int
    orders_unknown: int


@record(frozen=True, slots=True)
class VenueBeat:
    """How a venue does; see `engine.venues.port.VenueHealth`. ``breaker``: open = no entries."""

    reachable: bool
    breaker: str
    latency_ms: float | None = None
    clock_offset_s: float | None = None
    limit_used: float | None = None
    rules_age_s: float | None = None
    stream_age_s: float | None = None
    note: str = ""


@record(frozen=True, slots=True)
class Heartbeat:
    """The engine's sign of life. Ages and lag in seconds; ``feed_age`` None before a price.

    ``loop_lag`` is the worst since the last beat, ``reconciled_age`` None before the first
    comparison with a venue, ``left_out`` the work shed under load, ``stalled_s`` how long the
    event loop stood still lately.
    """

    at: datetime
    loop_lag: float
    feed_age: float | None
    depths: Depths
    reconciled_age: float | None = None
    left_out: tuple[str, ...] = ()
    stalled_s: float = 0.0
    venues: Mapping[str, VenueBeat] = field(default_factory=dict)


class Store(Protocol):
    """What worker, sender, resolver and feeds need of the database.

    Raises:
        foundation.errors.Unavailable: the database is away, or the fate of a commit is unclear;
            the caller drops what it cached and reloads.
    """

    async def put(self, entries: Sequence[InboxEntry], now: datetime) -> int:
        """Insert facts; duplicates of (account, key) are ignored. Returns how many were new."""
        ...

    async def ready(self, now: datetime, limit: int, held: Sequence[str] = ()) -> Sequence[str]:
        """Accounts with unhandled inbox rows or a ``next_due`` that has come, oldest first.

        An account in ``held`` is only ready for a row whose kind is one of `FIRST_FACTS`.
        """
        ...

    async def load(self, account_id: str) -> Loaded:
        """The account as last committed. Raises NotFound."""
        ...

    async def load_many(self, account_ids: Sequence[str]) -> Mapping[str, Loaded]:
        """Many accounts as of one moment, in a few reads; one that does not exist is left out."""
        ...

    async def recall(self, account_id: str, fact: LateMoney) -> tuple[Group, ...]:
        """The closed groups the fact is about that the account has let go, as last committed.

        In the order they were opened; that of a fee has the order, those of funding were there
        when it was paid.
        """
        ...

    async def upgrade(self, now: datetime) -> int:
        """Keep a snapshot of every account last written by another version of the core.

        Called before anything is decided; returns how many were taken.
        """
        ...

    async def pending(
        self, account_ids: Sequence[str], limit_each: int, held: Sequence[str] = ()
    ) -> Mapping[str, Sequence[InboxRow]]:
        """Unhandled inbox rows in id order; of accounts in ``held`` only `FIRST_FACTS`.

        Before an emergency close come the states a person commanded earlier: an order to resume
        that was decided after it would undo the pause it leaves behind.

        A row that cannot be read back is given as ``Halted`` with the reason: its account stops
        and its owner is told, no other account waits for it.
        """
        ...

    async def commit(self, commits: Sequence[AccountCommit], now: datetime) -> frozenset[str]:
        """Write the turns of many accounts in one transaction.

        An account whose stored seq is not ``before.seq`` is skipped whole. Returns the accounts
        written. Also writes journal, outbox (status new), events, inbox outcomes, ``next_due``.
        """
        ...

    async def set_aside(
        self, row_id: int | None, account_id: str, reason: str, now: datetime
    ) -> None:
        """Mark a row that broke the core as handled, outcome ``set_aside``, and put Halted.

        Halted's key is ``halted:<row id>``; when time itself (no row) broke it,
        ``halted:due:<stored seq>``. Nothing happens when the row is handled already.
        """
        ...

    async def next_due(self) -> datetime | None:
        """The earliest ``next_due`` of any account."""
        ...

    async def claim(
        self,
        now: datetime,
        limit: int,
        per_account: int,
        skip: Sequence[str] = (),
        lanes: Lanes = ALL_LANES,
    ) -> Sequence[OutboxRow]:
        """Move new rows to claimed, risk-reducing first, each by exactly one caller.

        At most ``per_account`` of one account, none of the accounts in ``skip``, and of a venue
        no more than its lanes have room for.

        Cancels count as risk-reducing. A row past its ``valid_until`` is withdrawn instead, with
        OrderLost put for its account. What stays new: a CancelOrder whose PlaceOrder is claimed
        or sent (it waits for the resolution), a PlaceOrder with a CancelOrder that is not done
        (that one will withdraw it), and the entries of a halted account.
        """
        ...

    async def answered(self, row: OutboxRow, fact: InboxEntry | None, now: datetime) -> bool:
        """Move a claimed or sent row to done and put the fact, together.

        False when the row was not claimed at ``row.claimed_at`` or sent any more.
        """
        ...

    async def unknown(self, row: OutboxRow, now: datetime) -> None:
        """Move a claimed row to sent: the outcome is unknown and the resolver will ask."""
        ...

    async def withdraw(self, account_id: str, order_id: str, now: datetime) -> bool:
        """Move a new PlaceOrder to withdrawn and put OrderCancelled (filled 0); else False."""
        ...

    async def outbox_status(self, account_id: str, command_id: str) -> OutboxStatus | None:
        """Where a command stands, or None when there is no such command."""
        ...

    async def unresolved(self, now: datetime, age: timedelta, limit: int) -> Sequence[OutboxRow]:
        """Rows claimed or sent at least ``age`` ago, oldest first."""
        ...

    async def accounts(self) -> Sequence[AccountRef]:
        """Every account there is, in id order."""
        ...

    async def leaving(self) -> Sequence[str]:
        """Accounts whose settings want entries cancelled at a stop, and that have some at work."""
        ...

    async def cursor(self, account_id: str) -> str:
        """Where reading the venue's reports for the account stands; "" before the first."""
        ...

    async def put_reports(
        self, account_id: str, entries: Sequence[InboxEntry], cursor: str, now: datetime
    ) -> int:
        """Insert facts of one account and move its cursor, together; returns how many were new."""
        ...

    async def depths(self) -> Depths:
        """How much waits now."""
        ...

    async def tell(self, notice: Notice, now: datetime, account_id: str | None = None) -> None:
        """Write a notice into the events of an account (None: of every one), after its last
        decision.
        """
        ...

    async def beat(self, heartbeat: Heartbeat) -> None:
        """Keep the latest heartbeat (one row)."""
        ...
