"""The store in memory, for backtests and the simulation: the same promises as the Postgres one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import islice

from engine.decide.leaving import entries_to_call_off
from engine.decide.recalling import LateMoney, there
from engine.domain.account import Account
from engine.domain.commands import CancelOrder, Command, PlaceOrder
from engine.domain.events import Fact, FeeConverted, Halted, OrderCancelled, OrderLost
from engine.domain.group import Group
from engine.domain.leg import ZERO
from engine.domain.notices import Notice, Outcome
from engine.domain.words import TradingState
from engine.store.digest import GENESIS
from engine.store.port import (
    ALL_LANES,
    FIRST_FACTS,
    AccountCommit,
    AccountRef,
    Decided,
    Depths,
    Heartbeat,
    InboxEntry,
    InboxRow,
    Lanes,
    Loaded,
    OutboxRow,
    OutboxStatus,
)
from foundation.errors import ContractBroken, NotFound

SET_ASIDE = "set_aside"


@dataclass(slots=True)
class _AccountRow:
    account: Account
    digest: bytes = GENESIS
    next_due: datetime | None = None
    cursor: str = ""


@dataclass(slots=True)
class _InboxRow:
    row: InboxRow
    handled_at: datetime | None = None
    outcome: Outcome | None = None


@dataclass(slots=True)
class _OutboxRow:
    row: OutboxRow
    order: int


@dataclass(slots=True)
class MemoryStore:
    """Deterministic: everything is kept and given back in order of arrival, or of ids."""

    journal: dict[str, list[Decided]] = field(default_factory=dict)
    heartbeat: Heartbeat | None = None
    told: list[tuple[str | None, Notice]] = field(default_factory=list)
    _accounts: dict[str, _AccountRow] = field(default_factory=dict)
    _inbox: list[_InboxRow] = field(default_factory=list)
    _keys: dict[tuple[str, str], _InboxRow] = field(default_factory=dict)
    _pending: dict[str, dict[int, _InboxRow]] = field(default_factory=dict)
    _outbox: dict[tuple[str, str], _OutboxRow] = field(default_factory=dict)
    _open_outbox: dict[tuple[str, str], _OutboxRow] = field(default_factory=dict)
    _let_go: dict[str, dict[str, Group]] = field(default_factory=dict)

    def open_account(self, account: Account, next_due: datetime | None = None) -> None:
        """Add an account as it stands; its journal starts after ``account.seq``."""
        self._accounts[account.id] = _AccountRow(account, next_due=next_due)
        self.journal[account.id] = []

    def inbox(self, account_id: str) -> tuple[tuple[InboxRow, Outcome | None], ...]:
        """Every fact ever put for the account with its outcome, in id order."""
        return tuple(
            (r.row, r.outcome) for r in self._inbox if r.row.entry.account_id == account_id
        )

    def outbox(self, account_id: str) -> tuple[OutboxRow, ...]:
        """Every command ever decided for the account, in order of decision."""
        return tuple(r.row for (owner, _), r in self._outbox.items() if owner == account_id)

    def stored(self, account_id: str) -> Account:
        """The account as last committed. Raises NotFound."""
        return self._account(account_id).account

    def command(self, account_id: str, command_id: str) -> OutboxRow | None:
        """One command and where it stands."""
        stored = self._outbox.get((account_id, command_id))
        return stored.row if stored else None

    async def put(self, entries: Sequence[InboxEntry], now: datetime) -> int:
        return sum(self._put(entry, now) for entry in entries)

    async def ready(self, now: datetime, limit: int, held: Sequence[str] = ()) -> Sequence[str]:
        waiting: list[tuple[datetime, str]] = []
        for account_id, row in self._accounts.items():
            first = next(self._unhandled(account_id, held), None)
            since = first.received_at if first else None
            due = row.next_due if row.next_due is not None and row.next_due <= now else None
            if account_id in held:
                due = None
            moments = [moment for moment in (since, due) if moment is not None]
            if moments:
                waiting.append((min(moments), account_id))
        return [account_id for _, account_id in sorted(waiting)[:limit]]

    async def load(self, account_id: str) -> Loaded:
        row = self._account(account_id)
        return Loaded(row.account, row.digest)

    async def load_many(self, account_ids: Sequence[str]) -> Mapping[str, Loaded]:
        known = [name for name in account_ids if name in self._accounts]
        return {name: await self.load(name) for name in known}

    async def recall(self, account_id: str, fact: LateMoney) -> tuple[Group, ...]:
        known = self._account(account_id).account.groups
        found = [
            group
            for group in self._let_go.get(account_id, {}).values()
            if group.id not in known and _is_about(fact, group)
        ]
        return tuple(sorted(found, key=lambda group: group.created_at))

    async def upgrade(self, now: datetime) -> int:  # noqa: ARG002 - the port's
        return 0  # nothing here outlives the program

    async def pending(
        self, account_ids: Sequence[str], limit_each: int, held: Sequence[str] = ()
    ) -> Mapping[str, Sequence[InboxRow]]:
        found: dict[str, Sequence[InboxRow]] = {}
        for account_id in account_ids:
            rows = list(islice(self._unhandled(account_id, held), limit_each))
            if rows:
                found[account_id] = rows
        return found

    async def commit(self, commits: Sequence[AccountCommit], now: datetime) -> frozenset[str]:
        return frozenset(
            commit.before.id for commit in commits if self._commit_account(commit, now)
        )

    async def set_aside(
        self, row_id: int | None, account_id: str, reason: str, now: datetime
    ) -> None:
        key = f"halted:due:{self._account(account_id).account.seq}"
        if row_id is not None:
            if not self._handled(account_id, row_id, Outcome("refused", SET_ASIDE, reason), now):
                return
            key = f"halted:{row_id}"
        self._put(InboxEntry(account_id, key, Halted(reason)), now)

    async def next_due(self) -> datetime | None:
        times = [row.next_due for row in self._accounts.values() if row.next_due is not None]
        return min(times, default=None)

    async def claim(
        self,
        now: datetime,
        limit: int,
        per_account: int,
        skip: Sequence[str] = (),
        lanes: Lanes = ALL_LANES,
    ) -> Sequence[OutboxRow]:
        self._withdraw_expired(now)
        claimed: list[OutboxRow] = []
        taken: Counter[str] = Counter()
        for waiting in sorted(self._waiting(skip), key=_urgency):
            row = waiting.row
            if len(claimed) >= limit:
                break
            if taken[row.account_id] < per_account and _has_room(row, claimed, lanes):
                taken[row.account_id] += 1
                claimed.append(self._move(waiting, replace(row, status=_CLAIMED, claimed_at=now)))
        return claimed

    async def answered(self, row: OutboxRow, fact: InboxEntry | None, now: datetime) -> bool:
        stored = self._outbox.get((row.account_id, row.command.id))
        if stored is None or stored.row.status not in (_CLAIMED, OutboxStatus.SENT):
            return False
        if stored.row.claimed_at != row.claimed_at:
            return False
        self._move(stored, replace(stored.row, status=OutboxStatus.DONE))
        if fact is not None:
            self._put(fact, now)
        return True

    async def unknown(self, row: OutboxRow, now: datetime) -> None:  # noqa: ARG002 - the port's
        stored = self._outbox.get((row.account_id, row.command.id))
        if stored is None or stored.row.status is not _CLAIMED:
            return
        if stored.row.claimed_at == row.claimed_at:
            self._move(stored, replace(stored.row, status=OutboxStatus.SENT))

    async def withdraw(self, account_id: str, order_id: str, now: datetime) -> bool:
        stored = self._outbox.get((account_id, order_id))
        if stored is None or stored.row.status is not OutboxStatus.NEW:
            return False
        self._withdraw(stored, f"cancelled:{order_id}", OrderCancelled(order_id, ZERO), now)
        return True

    async def outbox_status(self, account_id: str, command_id: str) -> OutboxStatus | None:
        stored = self._outbox.get((account_id, command_id))
        return stored.row.status if stored else None

    async def unresolved(self, now: datetime, age: timedelta, limit: int) -> Sequence[OutboxRow]:
        rows = [
            stored.row
            for stored in self._open_outbox.values()
            if stored.row.claimed_at is not None and stored.row.claimed_at + age <= now
        ]
        return sorted(rows, key=lambda row: (row.claimed_at, row.command.id))[:limit]

    async def accounts(self) -> Sequence[AccountRef]:
        stored = (self._accounts[name].account for name in sorted(self._accounts))
        return [AccountRef(account.id, account.venue, account.seq) for account in stored]

    async def leaving(self) -> Sequence[str]:
        stored = (self._accounts[name].account for name in sorted(self._accounts))
        return [account.id for account in stored if entries_to_call_off(account)]

    async def cursor(self, account_id: str) -> str:
        return self._account(account_id).cursor

    async def put_reports(
        self, account_id: str, entries: Sequence[InboxEntry], cursor: str, now: datetime
    ) -> int:
        self._account(account_id).cursor = cursor
        return sum(self._put(entry, now) for entry in entries)

    async def depths(self) -> Depths:
        statuses = Counter(stored.row.status for stored in self._open_outbox.values())
        return Depths(
            inbox_waiting=sum(len(rows) for rows in self._pending.values()),
            outbox_waiting=statuses[OutboxStatus.NEW],
            orders_unknown=statuses[OutboxStatus.SENT],
        )

    async def tell(self, notice: Notice, now: datetime, account_id: str | None = None) -> None:  # noqa: ARG002 - the port's
        self.told.append((account_id, notice))

    async def beat(self, heartbeat: Heartbeat) -> None:
        self.heartbeat = heartbeat

    def _account(self, account_id: str) -> _AccountRow:
        row = self._accounts.get(account_id)
        if row is None:
            raise NotFound(f"there is no account {account_id}")
        return row

    def _unhandled(self, account_id: str, held: Sequence[str]) -> Iterator[InboxRow]:
        rows = [stored.row for stored in self._pending.get(account_id, {}).values()]
        if account_id not in held:
            yield from rows
            return
        closings = (row.id for row in rows if row.entry.fact.kind == "close_all_commanded")
        last = max(closings, default=0)
        for row in rows:
            kind = row.entry.fact.kind
            if kind in FIRST_FACTS or (kind == "state_commanded" and row.id < last):
                yield row

    def _put(self, entry: InboxEntry, now: datetime) -> bool:
        name = (entry.account_id, entry.key)
        if name in self._keys:
            return False
        self._account(entry.account_id)
        stored = _InboxRow(InboxRow(len(self._inbox) + 1, entry, now))
        self._inbox.append(stored)
        self._keys[name] = stored
        self._pending.setdefault(entry.account_id, {})[stored.row.id] = stored
        return True

    def _handled(self, account_id: str, row_id: int, outcome: Outcome, now: datetime) -> bool:
        stored = self._pending.get(account_id, {}).pop(row_id, None)
        if stored is None:
            return False
        stored.handled_at, stored.outcome = now, outcome
        return True

    def _fenced(self, stored: Account, commit: AccountCommit) -> bool:
        return stored.seq == commit.before.seq

    def _commit_account(self, commit: AccountCommit, now: datetime) -> bool:
        row = self._account(commit.before.id)
        if not self._fenced(row.account, commit):
            return False
        row.next_due = commit.next_due
        if not commit.decided:
            return True
        if [d.seq for d in commit.decided] != [*range(commit.before.seq + 1, commit.after.seq + 1)]:
            raise ContractBroken(f"the seqs of a turn of {row.account.id} have a gap")
        row.account, row.digest = commit.after, commit.decided[-1].digest
        gone = (g for g in commit.before.groups.values() if g.id not in commit.after.groups)
        self._let_go.setdefault(row.account.id, {}).update({group.id: group for group in gone})
        for decided in commit.decided:
            self._write(row.account, decided, now)
        return True

    def _write(self, account: Account, decided: Decided, now: datetime) -> None:
        self.journal[account.id].append(decided)
        if decided.row_id is not None:
            self._handled(account.id, decided.row_id, decided.outcome, now)
        for command in decided.commands:
            self.intend(account, command, decided.correlation_id)

    def intend(self, account: Account, command: Command, correlation_id: str | None) -> None:
        """Put a command into the outbox; raises ContractBroken when its id was used before."""
        name = (account.id, command.id)
        if name in self._outbox:
            raise ContractBroken(f"command {command.id} was decided twice")
        row = OutboxRow(account.id, account.venue, command, OutboxStatus.NEW, None, correlation_id)
        self._outbox[name] = self._open_outbox[name] = _OutboxRow(row, len(self._outbox))

    def _move(self, stored: _OutboxRow, row: OutboxRow) -> OutboxRow:
        stored.row = row
        if row.status in (OutboxStatus.DONE, OutboxStatus.WITHDRAWN):
            self._open_outbox.pop((row.account_id, row.command.id), None)
        return row

    def _waiting(self, skip: Sequence[str]) -> list[_OutboxRow]:
        commands = [stored.row.command for stored in self._open_outbox.values()]
        unwanted = {one.order_id for one in commands if isinstance(one, CancelOrder)}
        return [
            stored
            for stored in self._open_outbox.values()
            if stored.row.status is OutboxStatus.NEW
            and stored.row.account_id not in skip
            and stored.row.command.id not in unwanted
            and not self._waits_for_resolution(stored.row.account_id, stored.row.command)
            and not self._held_back(stored.row.account_id, stored.row.command)
        ]

    def _held_back(self, account_id: str, command: Command) -> bool:
        halted = self._account(account_id).account.trading is TradingState.HALTED
        return halted and isinstance(command, PlaceOrder) and command.priority > 0

    def _waits_for_resolution(self, account_id: str, command: Command) -> bool:
        if not isinstance(command, CancelOrder):
            return False
        target = self._outbox.get((account_id, command.order_id))
        return target is not None and target.row.status in (_CLAIMED, OutboxStatus.SENT)

    def _withdraw_expired(self, now: datetime) -> None:
        for stored in list(self._open_outbox.values()):
            command = stored.row.command
            if stored.row.status is not OutboxStatus.NEW or not isinstance(command, PlaceOrder):
                continue
            if command.valid_until is not None and command.valid_until < now:
                self._withdraw(stored, f"lost:{command.id}", OrderLost(command.id), now)

    def _withdraw(self, stored: _OutboxRow, key: str, fact: Fact, now: datetime) -> None:
        row = self._move(stored, replace(stored.row, status=OutboxStatus.WITHDRAWN))
        self._put(InboxEntry(row.account_id, key, fact, row.correlation_id), now)


_CLAIMED = OutboxStatus.CLAIMED


def _is_about(fact: LateMoney, group: Group) -> bool:
    if isinstance(fact, FeeConverted):
        return fact.order_id in group.orders
    return group.symbol == fact.symbol and fact.paid_at is not None and there(group, fact.paid_at)


def _urgency(stored: _OutboxRow) -> tuple[int, int]:
    return (_priority(stored.row), stored.order)


def _priority(row: OutboxRow) -> int:
    return row.command.priority if isinstance(row.command, PlaceOrder) else 0


def _has_room(row: OutboxRow, claimed: Sequence[OutboxRow], lanes: Lanes) -> bool:
    """Whether the row's venue has a lane left for it beside what was claimed just now."""
    opens = _priority(row) > 0
    if opens and row.account_id in lanes.exits_only:
        return False
    own = lanes.accounts.get(row.account_id)
    mine = sum(one.account_id == row.account_id for one in claimed)
    if own is not None and mine >= (own.entries if opens else own.commands):
        return False
    room = lanes.rooms.get(row.venue)
    if room is None:
        return True
    beside = [one for one in claimed if one.venue == row.venue]
    if opens and sum(_priority(one) > 0 for one in beside) >= room.entries:
        return False
    return len(beside) < room.commands
