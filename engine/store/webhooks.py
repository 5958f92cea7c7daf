"""Webhooks: addresses that events are posted to, and how far each has heard."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from asyncpg import Record
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
)

from engine.domain.notices import Notice, NoticeKind
from engine.store import columns as c
from engine.store.faults import connection, transaction
from engine.store.telling import Told, tell
from foundation.crypto import Vault
from foundation.db import Database, metadata

webhooks = Table(
    "webhooks",
    metadata,
    Column("id", Text, primary_key=True),
    Column("user_id", Text, ForeignKey("users.id"), nullable=False),
    c.account(),
    c.text("label"),
    c.text("url"),
    Column("secret", LargeBinary, nullable=False),
    c.time("created_at"),
    Column("seq", BigInteger, nullable=False),
    Column("event_id", BigInteger, nullable=False),
    Column("failures", Integer, nullable=False, server_default="0"),
    c.time("retry_at", null=True),
    c.time("leased_until", null=True),
    c.time("last_at", null=True),
    c.text("last_answer", null=True),
    c.time("disabled_at", null=True),
    CheckConstraint("failures >= 0", name="failures_counted"),
    Index("ix_webhooks_account_id", "account_id"),
)
"""``seq`` and ``event_id`` name the last event delivered; ``secret`` is sealed."""

_OF_USER: Final = """
select * from webhooks where user_id = $1 and ($2::text is null or account_id = $2)
order by created_at, id
"""
_ADD: Final = """
insert into webhooks (id, user_id, account_id, label, url, secret, created_at, seq, event_id)
select $1, $2, a.id, $4, $5, $6, $7, a.seq,
  coalesce((select max(e.id) from events e where e.account_id = a.id and e.seq = a.seq), 0)
from accounts a where a.id = $3
returning *
"""
_ROTATE: Final = "update webhooks set secret = $3 where id = $1 and user_id = $2 returning *"
_ENABLE: Final = """
update webhooks set disabled_at = null, failures = 0, retry_at = null
where id = $1 and user_id = $2 returning *
"""
_SWITCH_OFF: Final = """
update webhooks set disabled_at = coalesce(disabled_at, $3), retry_at = null
where id = $1 and user_id = $2 returning *
"""
_ONE: Final = "select * from webhooks where id = $1 and user_id = $2"
_LAST: Final = """
select id, seq, at, kind, reason, (seq, id) <= ($3, $4) as heard from events
where account_id = $1 and at >= $2 order by seq desc, id desc limit $5
"""
_REMOVE: Final = "delete from webhooks where id = $1 and user_id = $2"
_LEASE: Final = """
update webhooks set leased_until = $2 where id in (
  select w.id from webhooks w
  where w.disabled_at is null and (w.retry_at is null or w.retry_at <= $1)
    and (w.leased_until is null or w.leased_until <= $1)
    and exists (select 1 from events e
      where e.account_id = w.account_id and (e.seq, e.id) > (w.seq, w.event_id))
  order by w.retry_at nulls first, w.id limit $3 for update skip locked
) returning *
"""
_WAITING: Final = """
select * from events where account_id = $1 and (seq, id) > ($2, $3) order by seq, id limit $4
"""
_DELIVERED: Final = """
update webhooks set seq = $2, event_id = $3, failures = 0, retry_at = null, last_at = $4,
  last_answer = $5 where id = $1 and (seq, event_id) < ($2, $3)
"""
_FAILED: Final = """
update webhooks set failures = failures + 1, retry_at = $2, last_at = $3, last_answer = $4,
  leased_until = null where id = $1
"""
_SEALED: Final = "select id, secret from webhooks"
_RESEAL: Final = "update webhooks set secret = $3 where id = $1 and secret = $2"
_RELEASE: Final = "update webhooks set leased_until = null where id = $1"
_DISABLE: Final = """
update webhooks set disabled_at = $2 where id = $1 and disabled_at is null
returning account_id, label
"""
_ANY: Final = "select exists (select 1 from webhooks where disabled_at is null)"


def aad(webhook_id: str) -> bytes:
    """What a webhook's sealed secret is bound to."""
    return f"webhook {webhook_id}".encode()


async def of_user(database: Database, user_id: str, account_id: str | None) -> list[Record]:
    """The user's webhooks, oldest first."""
    async with connection(database) as pooled:
        return await pooled.fetch(_OF_USER, user_id, account_id)


async def add(database: Database, row: tuple[object, ...]) -> Record | None:
    """Insert (id, user, account, label, url, secret, created_at): it hears what comes from now."""
    async with connection(database) as pooled:
        return await pooled.fetchrow(_ADD, *row)


async def new_secret(
    database: Database, webhook_id: str, user_id: str, sealed: bytes
) -> Record | None:
    """Replace the secret; None when the user has no such webhook."""
    async with connection(database) as pooled:
        return await pooled.fetchrow(_ROTATE, webhook_id, user_id, sealed)


async def reseal(database: Database, vault: Vault) -> int:
    """Seal every secret of an older encryption key with the newest one; how many there were.

    Raises ContractBroken for an envelope that no key of ours opens.
    """
    changed = 0
    async with connection(database) as pooled:
        for webhook_id, old in await pooled.fetch(_SEALED):
            new = vault.renewed(bytes(old), aad(webhook_id))
            if new is not None:
                await pooled.execute(_RESEAL, webhook_id, old, new)
                changed += 1
    return changed


async def enable(database: Database, webhook_id: str, user_id: str) -> Record | None:
    """Deliver again, from where it stopped; None when the user has no such webhook."""
    async with connection(database) as pooled:
        return await pooled.fetchrow(_ENABLE, webhook_id, user_id)


async def switch_off(
    database: Database, webhook_id: str, user_id: str, now: datetime
) -> Record | None:
    """Deliver no more until it is enabled; None when the user has no such webhook."""
    async with connection(database) as pooled:
        return await pooled.fetchrow(_SWITCH_OFF, webhook_id, user_id, now)


async def one(database: Database, webhook_id: str, user_id: str) -> Record | None:
    """The webhook if it is the user's."""
    async with connection(database) as pooled:
        return await pooled.fetchrow(_ONE, webhook_id, user_id)


async def last_events(database: Database, webhook: Record, limit: int) -> list[Record]:
    """The newest events since it was registered, and whether it has heard each."""
    place = (webhook["account_id"], webhook["created_at"], webhook["seq"], webhook["event_id"])
    async with connection(database) as pooled:
        return await pooled.fetch(_LAST, *place, limit)


async def tell_test(database: Database, webhook: Record, now: datetime, reason: str) -> None:
    """A test event, among those of the webhook's account."""
    async with transaction(database) as pooled:
        told = _about(webhook, webhook["id"], NoticeKind.WEBHOOK_TEST, reason)
        await tell(pooled, [told], now)


async def remove(database: Database, webhook_id: str, user_id: str) -> bool:
    """Whether there was one to remove."""
    async with connection(database) as pooled:
        status = await pooled.execute(_REMOVE, webhook_id, user_id)
    return not status.endswith(" 0")


async def lease(database: Database, now: datetime, held: timedelta, limit: int) -> list[Record]:
    """Webhooks with something to hear, each given to one caller for a while."""
    async with connection(database) as pooled:
        return await pooled.fetch(_LEASE, now, now + held, limit)


async def any_listening(database: Database) -> bool:
    """Whether there is anybody to post to. Raises Unavailable."""
    async with connection(database) as pooled:
        return bool(await pooled.fetchval(_ANY))


async def waiting(database: Database, webhook: Record, limit: int) -> list[Record]:
    """What a webhook has not heard yet, in order."""
    async with connection(database) as pooled:
        return await pooled.fetch(
            _WAITING, webhook["account_id"], webhook["seq"], webhook["event_id"], limit
        )


async def delivered(
    database: Database, webhook_id: str, event: Record, now: datetime, answer: str
) -> None:
    """It has heard up to this event."""
    async with connection(database) as pooled:
        await pooled.execute(_DELIVERED, webhook_id, event["seq"], event["id"], now, answer)


async def failed(
    database: Database, webhook_id: str, retry_at: datetime, now: datetime, answer: str
) -> None:
    """It did not hear; it is tried again later."""
    async with connection(database) as pooled:
        await pooled.execute(_FAILED, webhook_id, retry_at, now, answer)


async def release(database: Database, webhook_id: str) -> None:
    """Anybody may deliver to it again."""
    async with connection(database) as pooled:
        await pooled.execute(_RELEASE, webhook_id)


async def disable(database: Database, webhook_id: str, now: datetime, reason: str) -> None:
    """Deliver no more, and tell the account's owner; both or neither."""
    async with transaction(database) as pooled:
        record = await pooled.fetchrow(_DISABLE, webhook_id, now)
        if record is not None:
            told = _about(record, webhook_id, NoticeKind.WEBHOOK_DISABLED, reason)
            await tell(pooled, [told], now)


def _about(row: Record, webhook_id: str, kind: NoticeKind, reason: str) -> Told:
    data = {"webhook": webhook_id, "label": row["label"]}
    return Told(row["account_id"], Notice(kind, reason, data=data))
