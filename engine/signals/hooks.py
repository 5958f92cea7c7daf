"""Hooks: addresses that alerts are posted to, found by a token and kept at hand in memory."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, NamedTuple

from asyncpg import InterfaceError, PostgresError
from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from engine.domain.words import MarketKind
from engine.signals.tables import hooks
from foundation import limits
from foundation.clock import Clock
from foundation.crypto import Vault, new_token, token_hash
from foundation.db import Database
from foundation.errors import Conflict, NotFound, Unavailable
from foundation.ids import new_id
from foundation.people.audit import Entry, write

_BEHIND: Final = "select * from hooks where token_hash = $1 and revoked_at is null"


@dataclass(frozen=True, slots=True)
class Hook:
    """One hook with its token and secret in the clear: never logged, shown to its owner only."""

    id: str
    user_id: str
    account_id: str
    venue: str
    market: MarketKind
    label: str
    token: str
    secret: str | None
    max_lag_seconds: int
    created_at: datetime

    def __repr__(self) -> str:
        return f"Hook({self.id!r})"


class Goal(NamedTuple):
    """The account whose signals a hook brings, and what is traded there."""

    account_id: str
    venue: str
    market: MarketKind


class _Kept(NamedTuple):
    hook: Hook | None
    until: float


class HookStore:
    """All hooks of the installation. Look-ups by token are remembered for a few seconds."""

    def __init__(self, database: Database, clock: Clock, vault: Vault) -> None:
        self._database = database
        self._clock = clock
        self._vault = vault
        self._kept: OrderedDict[str, _Kept] = OrderedDict()

    async def create(self, user_id: str, goal: Goal, label: str, *, with_secret: bool) -> Hook:
        """A new hook of this account. Raises Conflict when the label is taken."""
        now = self._clock.now()
        hook = Hook(
            id=new_id(now),
            user_id=user_id,
            account_id=goal.account_id,
            venue=goal.venue,
            market=goal.market,
            label=label,
            token=new_token(),
            secret=new_token()[: limits.HOOK_SECRET_CHARACTERS] if with_secret else None,
            max_lag_seconds=limits.SIGNAL_MAX_LAG_S,
            created_at=now,
        )
        try:
            async with self._database.begin() as connection:
                await connection.execute(insert(hooks).values(**self._row(hook)))
                await self._audit(connection, hook, "hook.created")
        except IntegrityError as error:
            raise Conflict(
                f"this account already has a hook named {label!r}: choose another name",
                code="label_taken",
                field="label",
            ) from error
        return hook

    async def of_user(self, user_id: str, account_id: str | None = None) -> tuple[Hook, ...]:
        """The user's hooks that are not revoked, oldest first."""
        wanted = select(hooks).where(hooks.c.user_id == user_id, hooks.c.revoked_at.is_(None))
        if account_id is not None:
            wanted = wanted.where(hooks.c.account_id == account_id)
        async with self._database.connect() as connection:
            rows = await connection.execute(wanted.order_by(hooks.c.id))
            return tuple(self._hook(dict(row._mapping)) for row in rows)

    async def get(self, user_id: str, hook_id: str) -> Hook:
        """Raises NotFound, also for somebody else's or a revoked hook."""
        found = [hook for hook in await self.of_user(user_id) if hook.id == hook_id]
        if not found:
            raise NotFound("there is no such hook", code="hook_not_found")
        return found[0]

    async def rotate(self, user_id: str, hook_id: str) -> Hook:
        """Give the hook a new token and secret; the old address answers no more."""
        old = await self.get(user_id, hook_id)
        token = new_token()
        secret = new_token()[: limits.HOOK_SECRET_CHARACTERS] if old.secret else None
        aad = _aad(hook_id)
        values = {
            "token_hash": token_hash(token),
            "token_sealed": self._vault.seal(token.encode(), aad),
            "secret_sealed": self._vault.seal(secret.encode(), aad) if secret else None,
        }
        async with self._database.begin() as connection:
            await connection.execute(update(hooks).where(hooks.c.id == hook_id).values(**values))
            await self._audit(connection, old, "hook.rotated")
        self._kept.clear()
        return await self.get(user_id, hook_id)

    async def revoke(self, user_id: str, hook_id: str) -> None:
        """Close the hook for good; its receipts stay. Raises NotFound."""
        old = await self.get(user_id, hook_id)
        async with self._database.begin() as connection:
            await connection.execute(
                update(hooks)
                .where(hooks.c.id == hook_id, hooks.c.revoked_at.is_(None))
                .values(revoked_at=self._clock.now())
            )
            await self._audit(connection, old, "hook.revoked")
        self._kept.clear()

    async def by_token(self, token: str) -> Hook | None:
        """The hook behind an address, or None. Raises Unavailable when nobody can tell.

        What another process changed is seen after a few seconds at the latest.
        """
        if not _plausible(token):
            return None
        name = token_hash(token)
        kept = self._kept.get(name)
        now = self._clock.monotonic()
        if kept is not None and now < kept.until:
            return kept.hook
        try:
            row = await self._database.pool.fetchrow(_BEHIND, name)
        except (OSError, TimeoutError, PostgresError, InterfaceError) as error:
            raise Unavailable("the database does not answer; send the alert again") from error
        hook = None if row is None else self._hook(dict(row))
        self._kept[name] = _Kept(hook, now + limits.HOOK_CACHE_S)
        self._kept.move_to_end(name)
        while len(self._kept) > limits.HOOK_CACHE_MAX:
            self._kept.popitem(last=False)
        return hook

    async def reseal(self) -> int:
        """Seal what an older encryption key has sealed with the newest one; how many there were.

        Raises ContractBroken for an envelope that no key of ours opens.
        """
        changed = 0
        async with self._database.begin() as connection:
            rows = await connection.execute(select(hooks).with_for_update())
            for row in rows.all():
                aad = _aad(row.id)
                old = {"token_sealed": row.token_sealed, "secret_sealed": row.secret_sealed}
                new = {name: self._vault.renewed(one, aad) for name, one in old.items() if one}
                values = {name: one for name, one in new.items() if one is not None}
                if values:
                    this = update(hooks).where(hooks.c.id == row.id)
                    await connection.execute(this.values(**values))
                    changed += 1
        return changed

    def _row(self, hook: Hook) -> dict[str, Any]:
        aad = _aad(hook.id)
        secret = hook.secret
        return {
            "id": hook.id,
            "user_id": hook.user_id,
            "account_id": hook.account_id,
            "venue": hook.venue,
            "market": hook.market,
            "label": hook.label,
            "token_hash": token_hash(hook.token),
            "token_sealed": self._vault.seal(hook.token.encode(), aad),
            "secret_sealed": self._vault.seal(secret.encode(), aad) if secret else None,
            "max_lag_seconds": hook.max_lag_seconds,
            "created_at": hook.created_at,
        }

    def _hook(self, row: Mapping[str, Any]) -> Hook:
        aad = _aad(row["id"])
        sealed = row["secret_sealed"]
        return Hook(
            id=row["id"],
            user_id=row["user_id"],
            account_id=row["account_id"],
            venue=row["venue"],
            market=MarketKind(row["market"]),
            label=row["label"],
            token=self._vault.open(row["token_sealed"], aad).decode(),
            secret=None if sealed is None else self._vault.open(sealed, aad).decode(),
            max_lag_seconds=row["max_lag_seconds"],
            created_at=row["created_at"],
        )

    async def _audit(self, connection: AsyncConnection, hook: Hook, action: str) -> None:
        entry = Entry(hook.user_id, action, "hook", hook.id, after={"label": hook.label})
        await write(connection, self._clock.now(), entry)


def _aad(hook_id: str) -> bytes:
    return f"hook {hook_id}".encode()


def _plausible(token: str) -> bool:
    """Cheap look at what strangers put into the address, before anything is asked of it."""
    return (
        limits.HOOK_TOKEN_MIN <= len(token) <= limits.HOOK_TOKEN_MAX
        and token.isascii()
        and token.replace("-", "").replace("_", "").isalnum()
    )
