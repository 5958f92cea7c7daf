"""The store on Postgres: plain asyncpg, one transaction for each promise of the port."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from engine.decide.recalling import LateMoney
from engine.domain.group import Group
from engine.domain.notices import Notice
from engine.store import claim, intake, load, snapshots, telling, turn
from engine.store import heartbeat as beats
from engine.store.port import (
    ALL_LANES,
    AccountCommit,
    AccountRef,
    Depths,
    Heartbeat,
    InboxEntry,
    InboxRow,
    Lanes,
    Loaded,
    OutboxRow,
    OutboxStatus,
)
from foundation.db import Database


class PostgresStore:
    """Keeps what `engine.store.port.Store` promises; see there for every method."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def put(self, entries: Sequence[InboxEntry], now: datetime) -> int:
        return await intake.put(self._database, entries, now)

    async def ready(self, now: datetime, limit: int, held: Sequence[str] = ()) -> Sequence[str]:
        return await intake.ready(self._database, now, limit, held)

    async def load(self, account_id: str) -> Loaded:
        return await load.load(self._database, account_id)

    async def load_many(self, account_ids: Sequence[str]) -> Mapping[str, Loaded]:
        return await load.load_many(self._database, account_ids)

    async def recall(self, account_id: str, fact: LateMoney) -> tuple[Group, ...]:
        return await load.recall(self._database, account_id, fact)

    async def upgrade(self, now: datetime) -> int:
        return await snapshots.upgrade(self._database, now)

    async def pending(
        self, account_ids: Sequence[str], limit_each: int, held: Sequence[str] = ()
    ) -> Mapping[str, Sequence[InboxRow]]:
        return await intake.pending(self._database, account_ids, limit_each, held)

    async def commit(self, commits: Sequence[AccountCommit], now: datetime) -> frozenset[str]:
        return await turn.commit(self._database, commits, now)

    async def set_aside(
        self, row_id: int | None, account_id: str, reason: str, now: datetime
    ) -> None:
        await intake.set_aside(self._database, row_id, account_id, reason, now)

    async def next_due(self) -> datetime | None:
        return await intake.next_due(self._database)

    async def claim(
        self,
        now: datetime,
        limit: int,
        per_account: int,
        skip: Sequence[str] = (),
        lanes: Lanes = ALL_LANES,
    ) -> Sequence[OutboxRow]:
        bounds = claim.Bounds(limit, per_account, skip, lanes)
        return await claim.claim(self._database, now, bounds)

    async def answered(self, row: OutboxRow, fact: InboxEntry | None, now: datetime) -> bool:
        return await claim.answered(self._database, row, fact, now)

    async def unknown(self, row: OutboxRow, now: datetime) -> None:  # noqa: ARG002 - the port's
        await claim.unknown(self._database, row)

    async def withdraw(self, account_id: str, order_id: str, now: datetime) -> bool:
        return await claim.withdraw(self._database, account_id, order_id, now)

    async def outbox_status(self, account_id: str, command_id: str) -> OutboxStatus | None:
        return await claim.outbox_status(self._database, account_id, command_id)

    async def unresolved(self, now: datetime, age: timedelta, limit: int) -> Sequence[OutboxRow]:
        return await claim.unresolved(self._database, now, age, limit)

    async def accounts(self) -> Sequence[AccountRef]:
        return await load.accounts(self._database)

    async def leaving(self) -> Sequence[str]:
        return await load.leaving(self._database)

    async def cursor(self, account_id: str) -> str:
        return await intake.cursor(self._database, account_id)

    async def put_reports(
        self, account_id: str, entries: Sequence[InboxEntry], cursor: str, now: datetime
    ) -> int:
        return await intake.put_reports(self._database, account_id, entries, cursor, now)

    async def depths(self) -> Depths:
        return await intake.depths(self._database)

    async def tell(self, notice: Notice, now: datetime, account_id: str | None = None) -> None:
        if account_id is None:
            await telling.tell_all(self._database, notice, now)
        else:
            await telling.tell_one(self._database, telling.Told(account_id, notice), now)

    async def beat(self, heartbeat: Heartbeat) -> None:
        await beats.engine_beat(self._database, heartbeat)
