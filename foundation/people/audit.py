"""Writes the audit log: who did what to which object; where from lies apart and is erasable."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from asyncpg.pool import PoolConnectionProxy
from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from foundation import limits
from foundation.ids import new_id
from foundation.log import mask_value
from foundation.people.tables import audit_log, audit_origins
from foundation.people.text import clean


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a person acted from: personal data, kept outside of the log itself."""

    address: str | None
    user_agent: str | None


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the log; `actor_id` is None when the house itself acted."""

    actor_id: str | None
    action: str
    object_type: str
    object_id: str
    before: Mapping[str, Any] | None = None
    after: Mapping[str, Any] | None = None
    origin: Origin | None = None


_BESIDE: Final = """
insert into audit_log (id, at, actor_id, action, object_type, object_id, before, after)
values ($1, $2, $3, $4, $5, $6, $7::jsonb, $8::jsonb)
"""


async def write_beside(pooled: PoolConnectionProxy, at: datetime, entry: Entry) -> None:
    """`write`, without an origin, in a transaction of `Database.pool`."""
    said = [None if one is None else _json(one) for one in (entry.before, entry.after)]
    names = (entry.actor_id, entry.action, entry.object_type, entry.object_id)
    await pooled.execute(_BESIDE, new_id(at), at, *names, *said)


def _json(values: Mapping[str, Any]) -> str:
    return json.dumps(mask_value(values))


async def write(connection: AsyncConnection, at: datetime, entry: Entry) -> str:
    """Add the entry in the caller's transaction, secrets masked; returns its id."""
    audit_id = new_id(at)
    await connection.execute(
        insert(audit_log).values(
            id=audit_id,
            at=at,
            actor_id=entry.actor_id,
            action=entry.action,
            object_type=entry.object_type,
            object_id=entry.object_id,
            before=None if entry.before is None else mask_value(entry.before),
            after=None if entry.after is None else mask_value(entry.after),
        )
    )
    if entry.origin is not None:
        await connection.execute(
            insert(audit_origins).values(
                audit_id=audit_id,
                address=clean(entry.origin.address, limits.ORIGIN_TEXT_MAX),
                user_agent=clean(entry.origin.user_agent, limits.ORIGIN_TEXT_MAX),
            )
        )
    return audit_id
