"""The outbox as rows: put, claim, settle; which message shows what."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import RowMapping, TextClause, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import BigInteger, DateTime

from bot.outbox.items import Item, Priority, Thing
from foundation import limits
from foundation.bus import Bus
from foundation.clock import Clock
from foundation.db import Database


@dataclass(frozen=True, slots=True)
class Claimed:
    """A row this process is delivering; ``attempts`` counts this one."""

    id: int
    chat_id: int
    kind: str
    priority: Priority
    payload: dict[str, Any]
    photo: dict[str, Any] | None
    digest: str
    thing: Thing | None
    reply_to: Thing | None
    attempts: int
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Shown:
    """What a message shows now."""

    message_id: int
    has_photo: bool
    digest: str
    photo_digest: str | None


def _statement(sql: str) -> TextClause:
    """The statement with its parameters typed, so that every driver encodes them alike."""
    types: dict[str, Any] = {
        "now": DateTime(timezone=True),
        "later": DateTime(timezone=True),
        "payload": JSONB(),
        "photo": JSONB(none_as_null=True),
        "busy": ARRAY(BigInteger),
    }
    names = set(re.findall(r":([a-z_]+)", sql))
    found = [bindparam(name, type_=kind) for name, kind in types.items() if name in names]
    return text(sql).bindparams(*found)


_COLUMNS = """bot_id, chat_id, priority, kind, dedupe_key, object_kind, object_id, reply_kind,
    reply_id, payload, photo, digest, not_before, created_at"""
_VALUES = """:bot, :chat, :priority, :kind, :dedupe_key, :object_kind, :object_id, :reply_kind,
    :reply_id, :payload, :photo, :digest"""

_PUT = _statement(f"""
    insert into telegram_outbox ({_COLUMNS}) values ({_VALUES}, :now, :now)
    on conflict (bot_id, dedupe_key) where dedupe_key is not null do nothing
""")  # noqa: S608 - only our own column names are put in
# a quiet edit waits until the message has stood long enough; the latest content wins
_PUT_LIVE = _statement(f"""
    insert into telegram_outbox ({_COLUMNS})
    values ({_VALUES}, greatest(:now, (
        select m.shown_at + make_interval(secs => :gap) from telegram_messages m
        where m.bot_id = :bot and m.chat_id = :chat
          and m.object_kind = :object_kind and m.object_id = :object_id)), :now)
    on conflict (bot_id, chat_id, object_kind, object_id)
        where kind = 'live' and status = 'waiting'
    do update set payload = excluded.payload, photo = excluded.photo, digest = excluded.digest,
        priority = least(telegram_outbox.priority, excluded.priority),
        not_before = least(telegram_outbox.not_before, excluded.not_before)
""")  # noqa: S608 - only our own column names are put in
# what waits to be shown for the first time, or again, and is out of date
_TAKE_BACK = _statement("""
    update telegram_outbox set status = 'superseded', done_at = :now, photo = null
    where bot_id = :bot and chat_id = :chat and kind = 'live' and status = 'waiting'
      and attempts = 0 and object_kind = :object_kind and object_id = :object_id
""")
# once it was tried the message may be there, though nobody has written down its number
_IS_SHOWN = _statement("""
    select exists (
        select 1 from telegram_messages where bot_id = :bot and chat_id = :chat
          and object_kind = :object_kind and object_id = :object_id
    ) or exists (
        select 1 from telegram_outbox where bot_id = :bot and chat_id = :chat and kind = 'live'
          and status in ('waiting', 'claimed') and attempts > 0
          and object_kind = :object_kind and object_id = :object_id
    )
""")
_CLAIM = _statement("""
    with heads as (
        select distinct on (chat_id) id, priority from telegram_outbox
        where bot_id = :bot and status in ('waiting', 'claimed') and not_before <= :now
          and chat_id <> all (:busy)
        order by chat_id, priority, id
    ), picked as (
        select id from heads where priority <= :lowest order by priority, id limit :most
    )
    update telegram_outbox o set status = 'claimed', not_before = :later, attempts = attempts + 1
    from picked where o.id = picked.id and o.not_before <= :now
    returning o.*
""")
_NEXT = text("""
    select min(not_before) from telegram_outbox
    where bot_id = :bot and status in ('waiting', 'claimed')
""")
_DONE = _statement("""
    update telegram_outbox set status = :status, done_at = :now, message_id = :message_id,
        last_error = :error, photo = null
    where id = :id
""")
_SUPERSEDED = _statement("""
    update telegram_outbox o set status = 'superseded', done_at = :now, photo = null
    where id = :id and kind = 'live' and exists (
        select 1 from telegram_outbox n where n.bot_id = o.bot_id and n.chat_id = o.chat_id
          and n.kind = 'live' and n.status = 'waiting' and n.id <> o.id
          and n.object_kind = o.object_kind and n.object_id = o.object_id)
""")
_AGAIN = _statement("""
    update telegram_outbox set status = 'waiting', not_before = :later, last_error = :error
    where id = :id and status = 'claimed'
""")
_ALL_AGAIN = _statement("""
    update telegram_outbox set not_before = :now
    where bot_id = :bot and status = 'claimed' and not_before > :now
""")
_DROP = _statement("""
    update telegram_outbox set status = 'failed', done_at = :now, last_error = :error, photo = null
    where bot_id = :bot and chat_id = :chat and status = 'waiting'
""")
_MOVE = text("""
    update telegram_outbox set chat_id = :chat where id = :id
""")
_SHOWN = text("""
    select message_id, has_photo, digest, photo_digest from telegram_messages
    where bot_id = :bot and chat_id = :chat and object_kind = :kind and object_id = :id
""")
_SHOW = _statement("""
    insert into telegram_messages (bot_id, chat_id, object_kind, object_id, message_id, has_photo,
        digest, photo_digest, shown_at)
    values (:bot, :chat, :kind, :id, :message_id, :has_photo, :digest, :photo_digest, :now)
    on conflict (bot_id, chat_id, object_kind, object_id) do update set
        message_id = excluded.message_id, has_photo = excluded.has_photo,
        digest = excluded.digest, photo_digest = excluded.photo_digest,
        shown_at = excluded.shown_at
""")
_FORGET = text("""
    delete from telegram_messages
    where bot_id = :bot and chat_id = :chat and object_kind = :kind and object_id = :id
""")


class Outbox:
    """Rows of one bot; every method is one transaction unless it is given a connection."""

    def __init__(self, database: Database, clock: Clock, bus: Bus, bot_id: int) -> None:
        self._database = database
        self._clock = clock
        self._bus = bus
        self._bot_id = bot_id

    async def put(self, items: Sequence[Item], connection: AsyncConnection | None = None) -> None:
        """Write the items down, in order; they leave soon after the transaction commits.

        Whoever brings the connection wakes the sender after its commit (`wake`).
        """
        if not items:
            return
        if connection is not None:
            await self._insert(connection, items)
            return
        async with self._database.begin() as own:
            await self._insert(own, items)
        self.wake()

    def wake(self) -> None:
        """Tell the sender to look now."""
        self._bus.wake("telegram_outbox")

    async def claim(self, busy: Sequence[int], lowest: Priority, most: int) -> list[Claimed]:
        """At most one row per chat that is not busy, the most urgent first, for a lease."""
        now = self._clock.now()
        values = {
            "bot": self._bot_id,
            "now": now,
            "busy": list(busy),
            "lowest": int(lowest),
            "most": most,
            "later": now + timedelta(seconds=limits.BOT_SEND_LEASE_S),
        }
        async with self._database.begin() as connection:
            rows = (await connection.execute(_CLAIM, values)).mappings().all()
        return sorted((_claimed(row) for row in rows), key=lambda one: (one.priority, one.id))

    async def next_at(self) -> datetime | None:
        """When the next row may leave; None when nothing waits."""
        async with self._database.connect() as connection:
            found: datetime | None = await connection.scalar(_NEXT, {"bot": self._bot_id})
        return found

    async def shown(self, chat_id: int, thing: Thing) -> Shown | None:
        """The message that shows the object in this chat."""
        values = {"bot": self._bot_id, "chat": chat_id, "kind": thing.kind, "id": thing.id}
        async with self._database.connect() as connection:
            row = (await connection.execute(_SHOWN, values)).mappings().first()
        return Shown(**row) if row else None

    async def forget(self, chat_id: int, thing: Thing, connection: AsyncConnection) -> None:
        """The next live item for the object becomes a new message."""
        values = {"bot": self._bot_id, "chat": chat_id, "kind": thing.kind, "id": thing.id}
        await connection.execute(_FORGET, values)

    async def sent(self, row: Claimed, message_id: int | None, shown: Shown | None) -> None:
        """Delivered: the row is done, and what a live object's message shows is remembered."""
        now = self._clock.now()
        done = {"id": row.id, "status": "sent", "now": now, "message_id": message_id, "error": None}
        async with self._database.begin() as connection:
            await connection.execute(_DONE, done)
            if row.thing is not None and shown is not None:
                await connection.execute(_SHOW, self._show(row.chat_id, row.thing, shown, now))

    async def failed(self, row: Claimed, error: str) -> None:
        """Given up for good."""
        values = {
            "id": row.id,
            "status": "failed",
            "now": self._clock.now(),
            "message_id": None,
            "error": error,
        }
        async with self._database.begin() as connection:
            await connection.execute(_DONE, values)

    async def again(self, row: Claimed, wait_s: float, error: str) -> None:
        """Try later; a live row with a newer one behind it gives way instead."""
        now = self._clock.now()
        async with self._database.begin() as connection:
            gone = await connection.execute(_SUPERSEDED, {"id": row.id, "now": now})
            if gone.rowcount:
                return
            later = now + timedelta(seconds=wait_s)
            await connection.execute(_AGAIN, {"id": row.id, "later": later, "error": error})

    async def release_all(self) -> None:
        """After a start: what the last process had claimed may be claimed at once."""
        values = {"bot": self._bot_id, "now": self._clock.now()}
        async with self._database.begin() as connection:
            await connection.execute(_ALL_AGAIN, values)

    async def drop_chat(self, chat_id: int, error: str) -> None:
        """Nothing can be delivered there: whatever still waits is given up."""
        values = {"bot": self._bot_id, "chat": chat_id, "now": self._clock.now(), "error": error}
        async with self._database.begin() as connection:
            await connection.execute(_DROP, values)

    async def move(self, row: Claimed, chat_id: int) -> None:
        """The group became another chat: the row follows it."""
        async with self._database.begin() as connection:
            await connection.execute(_MOVE, {"id": row.id, "chat": chat_id})

    async def _insert(self, connection: AsyncConnection, items: Sequence[Item]) -> None:
        now = self._clock.now()
        for item in items:
            if item.only_edit and not await self._correctable(connection, item, now):
                continue
            if item.kind == "live":
                gap = limits.BOT_LIVE_EDIT_GAP_S if item.priority >= Priority.LIVE else 0.0
                await connection.execute(_PUT_LIVE, {**self._values(item, now), "gap": gap})
            else:
                await connection.execute(_PUT, self._values(item, now))

    async def _correctable(self, connection: AsyncConnection, item: Item, now: datetime) -> bool:
        """Take back what has not left; whether there is, or may be, a message to correct."""
        values = self._values(item, now)
        await connection.execute(_TAKE_BACK, values)
        return bool(await connection.scalar(_IS_SHOWN, values))

    def _values(self, item: Item, now: datetime) -> dict[str, Any]:
        thing, reply = item.thing, item.reply_to
        return {
            "bot": self._bot_id,
            "chat": item.chat_id,
            "priority": int(item.priority),
            "kind": item.kind,
            "dedupe_key": item.dedupe_key,
            "object_kind": thing.kind if thing else None,
            "object_id": thing.id if thing else None,
            "reply_kind": reply.kind if reply else None,
            "reply_id": reply.id if reply else None,
            "payload": item.payload,
            "photo": item.photo.as_json() if item.photo else None,
            "digest": item.digest,
            "now": now,
        }

    def _show(self, chat_id: int, thing: Thing, shown: Shown, now: datetime) -> dict[str, Any]:
        return {
            "bot": self._bot_id,
            "chat": chat_id,
            "kind": thing.kind,
            "id": thing.id,
            "message_id": shown.message_id,
            "has_photo": shown.has_photo,
            "digest": shown.digest,
            "photo_digest": shown.photo_digest,
            "now": now,
        }


def _claimed(row: RowMapping) -> Claimed:
    thing = Thing(row["object_kind"], row["object_id"]) if row["object_kind"] else None
    reply = Thing(row["reply_kind"], row["reply_id"]) if row["reply_kind"] else None
    return Claimed(
        row["id"],
        row["chat_id"],
        row["kind"],
        Priority(row["priority"]),
        _json(row["payload"]),
        _json(row["photo"]) if row["photo"] is not None else None,
        row["digest"],
        thing,
        reply,
        row["attempts"],
        row["created_at"],
    )


def _json(value: Any) -> dict[str, Any]:
    """asyncpg hands jsonb over as text when a statement carries no column types."""
    loaded: dict[str, Any] = json.loads(value) if isinstance(value, str) else value
    return loaded
