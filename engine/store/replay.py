"""Replay: an account rebuilt from its journal alone, and compared with what is stored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Final

from asyncpg.pool import PoolConnectionProxy

from engine.decide.step import step
from engine.domain.account import Account
from engine.store import load, snapshots
from engine.store.codec import decode_event
from engine.store.digest import seal
from engine.store.faults import snapshot
from engine.store.intake import no_account
from engine.store.written import CORE_VERSION
from foundation import limits
from foundation.db import Database

_ROWS: Final = """
select seq, event, core_version, digest from journal
where account_id = $1 and seq > $2 order by seq limit $3
"""


@dataclass(frozen=True, slots=True)
class Replay:
    """What came of replaying ``events`` events of one account since its last snapshot.

    ``trouble`` says what is wrong and is empty when all is well: every digest was met and the
    account rebuilt equals the stored one. ``rebuilt`` is None when the replay could not begin.
    """

    account_id: str
    since_seq: int
    events: int
    trouble: str
    rebuilt: Account | None = None


async def replay(database: Database, account_id: str) -> Replay:
    """Rebuild the account from its journal, all as of one moment. Raises NotFound."""
    async with snapshot(database) as pooled:
        stored = (await load.read_many(pooled, [account_id])).get(account_id)
        if stored is None:
            raise no_account(account_id)
        began = await snapshots.latest(pooled, account_id)
        if began is None:
            text = "There is no snapshot yet; the engine takes one when it starts."
            return Replay(account_id, stored.account.seq, 0, text)
        since = began.account.seq
        if began.core_version != CORE_VERSION:
            text = f"Written by core {began.core_version}, this is core {CORE_VERSION}."
            return Replay(account_id, since, 0, text)
        account, chain, trouble = await _follow(pooled, began)
    events = account.seq - since
    if not trouble and chain != stored.digest:
        trouble = "The last digest differs from the stored one."
    if not trouble:
        trouble = _differences(account, stored.account)
    return Replay(account_id, since, events, trouble, account)


async def _follow(
    pooled: PoolConnectionProxy, began: snapshots.Snapshot
) -> tuple[Account, bytes, str]:
    """The account after its journal, the last digest, and what went wrong on the way."""
    account, chain = began.account, began.digest
    while True:
        rows = await pooled.fetch(_ROWS, account.id, account.seq, limits.REPLAY_ROWS)
        if not rows:
            return account, chain, ""
        for seq, encoded, core_version, digest in rows:
            if seq != account.seq + 1:
                return account, chain, f"Event {account.seq + 1} is missing."
            if core_version != CORE_VERSION:
                return account, chain, f"Event {seq} was written by core {core_version}."
            made = step(account, decode_event(encoded))
            chain = seal(chain, encoded, account, made.account, made.commands)
            account = made.account
            if chain != digest:
                return account, chain, f"Event {seq} leads elsewhere than it did."


def _differences(rebuilt: Account, stored: Account) -> str:
    """Which parts differ; empty for equal accounts."""
    if rebuilt == stored and list(rebuilt.groups) == list(stored.groups):
        return ""
    names: Sequence[str] = [
        field.name
        for field in fields(Account)
        if getattr(rebuilt, field.name) != getattr(stored, field.name)
    ]
    return f"The stored account differs in {', '.join(names) or 'the order of its groups'}."
