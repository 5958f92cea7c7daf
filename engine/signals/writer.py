"""Group-committed receipts: whatever queued while the last commit ran goes in the next one.

One task writes; an alert is acknowledged only after its row is durable. A row the database
cannot take fails alone: the batch is then written row by row.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import asyncpg

from engine.signals import codec
from engine.signals.receipt import Draft, Stored, read
from foundation import limits
from foundation.bus import Bus
from foundation.db import Database
from foundation.errors import Unavailable
from foundation.log import get_logger
from foundation.nursery import Nursery

_log = get_logger("engine.signals.writer")

_INSERT: Final = """
insert into receipts (id, hook_id, user_id, account_id, dedupe_key, content, body, content_type,
    status, code, message, field, signal_id, signal, received_at)
select id, hook_id, user_id, account_id, dedupe_key, content, body, content_type,
    status, code, message, field, signal_id, signal::jsonb, received_at
from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::bytea[],
    $8::text[], $9::text[], $10::text[], $11::text[], $12::text[], $13::text[], $14::text[],
    $15::timestamptz[])
as new (id, hook_id, user_id, account_id, dedupe_key, content, body, content_type,
    status, code, message, field, signal_id, signal, received_at)
on conflict (hook_id, dedupe_key) do nothing
returning id
"""
_EXISTING: Final = """
select r.id, r.hook_id, r.user_id, r.account_id, r.dedupe_key, r.content, r.status, r.code,
    r.message, r.field, r.received_at, r.signal::text as signal, r.exit_code, r.exit_message,
    r.exit_acts
from receipts r
join unnest($1::text[], $2::text[]) as wanted (hook_id, dedupe_key)
    on r.hook_id = wanted.hook_id and r.dedupe_key = wanted.dedupe_key
"""
_Key = tuple[str, str]
#: The row is at fault, not the database: writing it alone tells which one.
_ROW_FAULTS: Final = (asyncpg.DataError, asyncpg.IntegrityConstraintViolationError, ValueError)
_DATABASE_FAULTS: Final = (
    OSError,
    TimeoutError,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
)


@dataclass(slots=True)
class _Waiting:
    draft: Draft
    done: asyncio.Future[Stored]

    @property
    def key(self) -> _Key:
        return (self.draft.receipt.hook_id, self.draft.dedupe_key)


class ReceiptWriter:
    """Stores receipts durably, many in one commit; copies of one alert share one row."""

    def __init__(self, database: Database, bus: Bus) -> None:
        self._database = database
        self._bus = bus
        self._queue: asyncio.Queue[_Waiting] = asyncio.Queue(limits.INTAKE_QUEUE_MAX)
        self._in_flight: dict[_Key, asyncio.Future[Stored]] = {}
        self._nursery: Nursery | None = None
        self.commits = 0
        self.rows = 0

    async def start(self) -> None:
        self._nursery = Nursery(_log)
        self._nursery.start("receipts-writer", self._write_forever)

    async def stop(self) -> None:
        """Stop writing; whoever still waits is told that nothing was stored."""
        if self._nursery is not None:
            await self._nursery.stop()
            self._nursery = None
        while not self._queue.empty():
            self._fail(self._queue.get_nowait(), _away())

    def in_flight(self, hook_id: str, dedupe_key: str) -> bool:
        """Whether this very alert is being written now."""
        return (hook_id, dedupe_key) in self._in_flight

    async def known(self, hook_id: str, dedupe_key: str) -> bool:
        """Whether this alert has a receipt. Raises Unavailable."""
        try:
            async with self._database.pool.acquire(timeout=limits.INTAKE_STATEMENT_S) as connection:
                rows = await connection.fetch(
                    _EXISTING, [hook_id], [dedupe_key], timeout=limits.INTAKE_STATEMENT_S
                )
        except _DATABASE_FAULTS as error:
            raise _away() from error
        return bool(rows)

    async def put(self, draft: Draft) -> Stored:
        """The stored receipt, after it is durable. Raises Unavailable, and then nothing counts.

        The caller may be cancelled: the row is written all the same.
        """
        key = (draft.receipt.hook_id, draft.dedupe_key)
        running = self._in_flight.get(key)
        if running is not None:
            return replace(await self._waited(running), repeat=True)
        waiting = _Waiting(draft, asyncio.get_running_loop().create_future())
        try:
            self._queue.put_nowait(waiting)
        except asyncio.QueueFull:
            raise Unavailable("too many alerts are waiting; send it again", code="busy") from None
        self._in_flight[key] = waiting.done
        return await self._waited(waiting.done)

    async def _waited(self, done: asyncio.Future[Stored]) -> Stored:
        try:
            async with asyncio.timeout(limits.INTAKE_WAIT_S):
                return await asyncio.shield(done)
        except TimeoutError as error:
            raise _away() from error

    async def _write_forever(self) -> None:
        while True:
            batch = [await self._queue.get()]
            while not self._queue.empty() and len(batch) < limits.INTAKE_BATCH_MAX:
                batch.append(self._queue.get_nowait())
            try:
                await self._write(batch)
            finally:
                for waiting in batch:
                    self._fail(waiting, _away())

    async def _write(self, batch: Sequence[_Waiting]) -> None:
        try:
            stored = await self._store_twice([waiting.draft for waiting in batch])
        except _ROW_FAULTS as error:
            _log.warning("a receipt was not storable", rows=len(batch), reason=str(error))
            await self._write_singly(batch)
            return
        except _DATABASE_FAULTS as error:
            _log.warning("receipts not written", rows=len(batch), reason=str(error))
            return
        self._tell(batch, stored)

    async def _write_singly(self, batch: Sequence[_Waiting]) -> None:
        for waiting in batch:
            for draft in (waiting.draft, _safe(waiting.draft)):
                try:
                    stored = await self._store([draft])
                except _ROW_FAULTS:
                    continue
                except _DATABASE_FAULTS as error:
                    _log.warning("receipt not written", reason=str(error))
                else:
                    key = (draft.receipt.hook_id, draft.dedupe_key)
                    self._tell([waiting], {waiting.key: stored[key]})
                break

    async def _store_twice(self, drafts: Sequence[Draft]) -> Mapping[_Key, Stored]:
        """Once more after a lost connection: the rows carry their ids, so a repeat is harmless."""
        try:
            return await self._store(drafts)
        except (OSError, asyncpg.PostgresConnectionError, asyncpg.InterfaceError):
            return await self._store(drafts)

    async def _store(self, drafts: Sequence[Draft]) -> Mapping[_Key, Stored]:
        async with self._database.pool.acquire(timeout=limits.INTAKE_STATEMENT_S) as connection:
            rows = await connection.fetch(
                _INSERT, *_columns(drafts), timeout=limits.INTAKE_STATEMENT_S
            )
            new = {row["id"] for row in rows}
            stored = {
                (d.receipt.hook_id, d.dedupe_key): Stored(d.receipt, d.content, repeat=False)
                for d in drafts
                if d.receipt.id in new
            }
            older = [d for d in drafts if d.receipt.id not in new]
            if older:
                hooks, keys = [d.receipt.hook_id for d in older], [d.dedupe_key for d in older]
                found = await connection.fetch(
                    _EXISTING, hooks, keys, timeout=limits.INTAKE_STATEMENT_S
                )
                ours = {d.receipt.id for d in older}
                for row in found:
                    # our own id: an earlier try had been committed after all
                    repeat = row["id"] not in ours
                    key = (row["hook_id"], row["dedupe_key"])
                    stored[key] = Stored(read(dict(row)), row["content"], repeat)
        self.commits += 1
        self.rows += len(new)
        return stored

    def _tell(self, batch: Sequence[_Waiting], stored: Mapping[_Key, Stored]) -> None:
        for waiting in batch:
            self._in_flight.pop(waiting.key, None)
            if not waiting.done.done():
                waiting.done.set_result(stored[waiting.key])
        if any(s.receipt.status == "accepted" and not s.repeat for s in stored.values()):
            self._bus.wake("receipts")

    def _fail(self, waiting: _Waiting, error: Unavailable) -> None:
        if waiting.done.done():
            return
        self._in_flight.pop(waiting.key, None)
        waiting.done.set_exception(error)
        waiting.done.exception()  # looked at: the sender may have hung up


def _columns(drafts: Sequence[Draft]) -> tuple[list[Any], ...]:
    receipts = [draft.receipt for draft in drafts]
    return (
        [r.id for r in receipts],
        [r.hook_id for r in receipts],
        [r.user_id for r in receipts],
        [r.account_id for r in receipts],
        [d.dedupe_key for d in drafts],
        [d.content for d in drafts],
        [d.body for d in drafts],
        [d.content_type for d in drafts],
        [r.status for r in receipts],
        [r.code for r in receipts],
        [r.message for r in receipts],
        [r.field for r in receipts],
        [r.signal.id if r.signal else None for r in receipts],
        [codec.encode(r.signal) if r.signal else None for r in receipts],
        [r.received_at for r in receipts],
    )


def _safe(draft: Draft) -> Draft:
    """What can be stored of a row that cannot: the raw body, and that it was refused."""
    receipt = replace(
        draft.receipt,
        status="refused",
        code="unstorable",
        message="the alert contains characters that cannot be stored: send plain text",
        field="body",
        signal=None,
    )
    return replace(
        draft, receipt=receipt, dedupe_key=f"unstorable:{receipt.id}", content="", content_type=""
    )


def _away() -> Unavailable:
    return Unavailable("the alert could not be stored; send it again")
