"""Snapshots: an account whole, as it stood when it was opened or when the core was upgraded.

Between two versions of the core the same events may lead elsewhere, so a journal is replayed from
the last snapshot on, and by the version that wrote it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from asyncpg.pool import PoolConnectionProxy
from pydantic import TypeAdapter, ValidationError

from engine.domain.account import Account
from engine.store.faults import connection, transaction
from engine.store.load import load_many
from engine.store.port import Loaded
from engine.store.written import CORE_VERSION
from foundation import limits
from foundation.db import Database
from foundation.errors import ContractBroken, Unavailable
from foundation.log import get_logger

_log = get_logger("engine.store")
_ACCOUNT: TypeAdapter[Account] = TypeAdapter(Account)
_OUTDATED: Final = """
select id from accounts where core_version <> $1 and id <> all($2::text[]) order by id limit $3
"""
_TAKE: Final = """
with moved as (
  update accounts set core_version = $3 where id = $1 and seq = $2 returning id
)
insert into snapshots (account_id, seq, core_version, digest, state, taken_at)
select id, $2, $3, $4, $5, $6 from moved
on conflict (account_id, seq, core_version) do nothing
"""
_LATEST: Final = """
select seq, core_version, digest, state from snapshots
where account_id = $1 order by seq desc, taken_at desc limit 1
"""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Where a replay begins."""

    account: Account
    digest: bytes
    core_version: str


def encode_account(account: Account) -> bytes:
    """The account whole as JSON; groups, orders and queue keep their order."""
    return _ACCOUNT.dump_json(account, warnings="error")


def decode_account(data: bytes) -> Account:
    """What `encode_account` wrote. Raises ContractBroken for anything else."""
    try:
        return _ACCOUNT.validate_json(data)
    except ValidationError as error:
        raise ContractBroken(f"a snapshot cannot be read back: {error}") from error


async def take(pooled: PoolConnectionProxy, account: Account, digest: bytes, now: datetime) -> None:
    """Keep the account as it stands, unless it moved on meanwhile."""
    state = encode_account(account)
    await pooled.execute(_TAKE, account.id, account.seq, CORE_VERSION, digest, state, now)


async def latest(pooled: PoolConnectionProxy, account_id: str) -> Snapshot | None:
    """The last snapshot of the account, None when there is none yet."""
    record = await pooled.fetchrow(_LATEST, account_id)
    if record is None:
        return None
    account = decode_account(record["state"])
    return Snapshot(account, bytes(record["digest"]), record["core_version"])


async def upgrade(database: Database, now: datetime) -> int:
    """See `Store.upgrade`."""
    taken, broken = 0, list[str]()
    while True:
        async with connection(database) as pooled:
            wanted = [CORE_VERSION, broken, limits.WORKER_ACCOUNTS_MAX]
            ids = [record["id"] for record in await pooled.fetch(_OUTDATED, *wanted)]
        if not ids:
            return taken
        found = await _readable(database, ids)
        async with transaction(database) as pooled:
            for loaded in found.values():
                await take(pooled, loaded.account, loaded.digest, now)
        taken += len(found)
        broken += [account_id for account_id in ids if account_id not in found]


async def _readable(database: Database, ids: Sequence[str]) -> Mapping[str, Loaded]:
    """Those of the accounts that can be read; a broken one stops nobody."""
    try:
        return await load_many(database, ids)
    except Unavailable:
        raise
    except Exception as error:  # noqa: BLE001 - found out one by one which it is
        if len(ids) == 1:
            _log.error("an account cannot be read", account=ids[0], exc_info=error)
            return {}
    found: dict[str, Loaded] = {}
    for account_id in ids:
        found |= await _readable(database, [account_id])
    return found
