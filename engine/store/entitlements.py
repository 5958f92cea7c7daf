"""What each person's plan allows: a row a person, and a fact to each of their accounts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final

from asyncpg.pool import PoolConnectionProxy
from sqlalchemy import BigInteger, Column, ForeignKey, Table, Text

from engine.domain.entitlement import Entitlement
from engine.domain.events import LimitsChanged
from engine.store import columns as c
from engine.store.codec import decode_fact, encode_fact
from engine.store.faults import connection, transaction
from foundation.db import Database, metadata
from foundation.errors import ContractBroken, NotFound
from foundation.people.audit import Entry, write_beside

plan_limits = Table(
    "plan_limits",
    metadata,
    Column("user_id", Text, ForeignKey("users.id"), primary_key=True),
    Column("fact", c.JSON, nullable=False),
    Column("version", BigInteger, nullable=False),
    c.time("changed_at"),
    c.text("changed_by"),
)
"""``fact`` is the last LimitsChanged; no row: no plan limits this person."""

Audited = Callable[[LimitsChanged], Entry]
"""The line of the audit log, given what was said of the plan before."""

_OF: Final = "select fact from plan_limits where user_id = $1"
_SET: Final = """
insert into plan_limits as p (user_id, fact, version, changed_at, changed_by)
values ($1, $2::jsonb, 1, $3, $4)
on conflict (user_id) do update set fact = excluded.fact, version = p.version + 1,
  changed_at = excluded.changed_at, changed_by = excluded.changed_by
returning version
"""
_TELL: Final = """
insert into inbox (account_id, key, kind, fact, received_at)
select id, $2, 'limits_changed', $3::jsonb, $4 from accounts where user_id = $1 order by id
on conflict (account_id, key) do nothing
"""


async def of_user(database: Database, user_id: str) -> LimitsChanged:
    """What was last said of this person's plan; without a word there are no limits."""
    async with connection(database) as pooled:
        return await _read(pooled, user_id)


async def change(
    database: Database,
    user_id: str,
    fact: LimitsChanged,
    by: tuple[str, datetime],
    audit: Audited,
) -> None:
    """Write the limits, tell all accounts of the person and write it down, all or nothing.

    ``by`` is author and time; ``audit`` makes the entry from what was said before.

    Raises NotFound for an unknown user.
    """
    author, now = by
    said = encode_fact(fact).decode()
    async with transaction(database) as pooled:
        # waits for an account that is being opened, so that it does not miss the change
        lock = "select 1 from users where id = $1 for no key update"
        if await pooled.fetchval(lock, user_id) is None:
            raise NotFound("there is no such user", code="user_not_found")
        before = await _read(pooled, user_id)
        version = await pooled.fetchval(_SET, user_id, said, now, author)
        await pooled.execute(_TELL, user_id, f"limits:{version}", said, now)
        await write_beside(pooled, now, audit(before))


async def for_new(pooled: PoolConnectionProxy, user_id: str) -> Entitlement | None:
    """What a new account may do; it cannot change before the transaction ends."""
    await pooled.execute("select 1 from users where id = $1 for share", user_id)
    said = await _read(pooled, user_id)
    if said.limits is None:
        return None
    return Entitlement(said.limits, said.valid_until, said.grace_hours)


async def _read(pooled: PoolConnectionProxy, user_id: str) -> LimitsChanged:
    found = await pooled.fetchval(_OF, user_id)
    if found is None:
        return LimitsChanged(None)
    fact = decode_fact(found)
    if not isinstance(fact, LimitsChanged):
        raise ContractBroken("a person's limits cannot be read back")
    return fact
