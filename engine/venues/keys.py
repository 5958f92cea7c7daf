"""The keys of accounts at exchanges: sealed at rest, opened only to sign, never shown again."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

import asyncpg
from asyncpg.pool import PoolConnectionProxy

from engine.domain.words import MarketKind
from foundation.crypto import Vault, token_hash
from foundation.db import Database
from foundation.errors import Conflict, Unavailable

_AWAY: Final = (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError)
_SHOWN: Final = 4
"""Characters of a key that are shown at its end."""

_OPEN: Final = """
insert into venue_keys (account_id, user_id, venue, market, test_net)
values ($1, $2, $3, $4, $5) on conflict (account_id) do nothing
"""
_OF_ACCOUNT: Final = "select * from venue_keys where account_id = $1"
_OF_USER: Final = "select * from venue_keys where user_id = $1 order by account_id"
_OF_VENUE: Final = "select * from venue_keys where venue = $1 order by account_id"
_SAVE: Final = """
update venue_keys set revision = revision + 1, sealed = $2, key_hash = $3, masked = $4,
    permissions = $5::jsonb, position_mode = $6, checked_at = $7, revoked_at = null
where account_id = $1 returning *
"""
_SEALED: Final = "select account_id, sealed from venue_keys where sealed is not null"
_RESEAL: Final = "update venue_keys set sealed = $3 where account_id = $1 and sealed = $2"
_REVOKE: Final = """
update venue_keys set revision = revision + 1, sealed = null, key_hash = null, masked = null,
    permissions = '[]', position_mode = null, checked_at = null, revoked_at = $2
where account_id = any($1::text[]) and sealed is not null returning account_id
"""


class PositionMode(StrEnum):
    """Whether a symbol has one position, or a long and a short side by side."""

    ONE_WAY = "one_way"
    HEDGE = "hedge"


@dataclass(frozen=True, slots=True)
class KeyCheck:
    """What the exchange says a key may do; ``permissions`` are its own words, sorted."""

    may_trade: bool
    may_withdraw: bool
    position_mode: PositionMode = PositionMode.ONE_WAY
    permissions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Seat:
    """Where an account trades, whether it has keys yet or not."""

    account_id: str
    venue: str
    market: MarketKind
    test_net: bool


@dataclass(frozen=True, slots=True)
class Credentials:
    """An account's keys, opened. ``revision`` rises with every change of them."""

    seat: Seat
    revision: int
    position_mode: PositionMode
    key: str = field(repr=False)
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class NewKeys:
    """Keys that were checked at the exchange and are to be kept."""

    check: KeyCheck
    checked_at: datetime
    key: str = field(repr=False)
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class KeyRow:
    """An account's seat and what may be shown of its keys; ``masked`` None: it has none."""

    seat: Seat
    masked: str | None
    permissions: tuple[str, ...]
    position_mode: PositionMode | None
    checked_at: datetime | None
    revoked_at: datetime | None


class Keyring:
    """All keys of the installation. Every method raises Unavailable when the database is away."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self._pool = database.pool
        self._vault = vault

    async def open_seat(self, seat: Seat, user_id: str) -> None:
        """Note where a new account trades; it has no keys yet. Repeats change nothing."""
        await self._fetch(
            _OPEN, seat.account_id, user_id, seat.venue, seat.market.value, seat.test_net
        )

    async def seat(self, account_id: str) -> Seat | None:
        """Where the account trades; None when it trades at no exchange."""
        rows = await self._fetch(_OF_ACCOUNT, account_id)
        return _seat(rows[0]) if rows else None

    async def seats(self, venue: str) -> tuple[Seat, ...]:
        """Every account that trades at a venue."""
        return tuple(_seat(row) for row in await self._fetch(_OF_VENUE, venue))

    async def of_user(self, user_id: str) -> tuple[KeyRow, ...]:
        """What may be shown of a user's keys, by account."""
        return tuple(_row(row) for row in await self._fetch(_OF_USER, user_id))

    async def shown(self, account_id: str) -> KeyRow | None:
        """What may be shown of an account's keys; None when it trades at no exchange."""
        rows = await self._fetch(_OF_ACCOUNT, account_id)
        return _row(rows[0]) if rows else None

    async def credentials(self, account_id: str) -> Credentials | None:
        """The account's keys, opened; None when it has none.

        Raises ContractBroken when the envelope does not open.
        """
        rows = await self._fetch(_OF_ACCOUNT, account_id)
        if not rows or rows[0]["sealed"] is None:
            return None
        row = rows[0]
        opened = json.loads(self._vault.open(row["sealed"], _aad(account_id)))
        mode = PositionMode(row["position_mode"])
        return Credentials(_seat(row), row["revision"], mode, opened["key"], opened["secret"])

    async def save(
        self, account_id: str, new: NewKeys, pooled: PoolConnectionProxy | None = None
    ) -> KeyRow:
        """Seal and keep checked keys in place of older ones, in the caller's transaction if given.

        Raises Conflict when another account uses the same key, and when there is no such seat.
        """
        plain = json.dumps({"key": new.key, "secret": new.secret}).encode()
        sealed = self._vault.seal(plain, _aad(account_id))
        try:
            rows = await self._fetch(
                _SAVE,
                account_id,
                sealed,
                token_hash(new.key),
                masked(new.key),
                json.dumps(sorted(new.check.permissions)),
                new.check.position_mode.value,
                new.checked_at,
                pooled=pooled,
            )
        except asyncpg.UniqueViolationError:
            raise Conflict(
                "Another account already trades with this key; two accounts on one key would "
                "take each other's positions for their own. Make a second key, best of all in a "
                "sub-account.",
                code="key_in_use",
                field="key",
            ) from None
        if not rows:
            raise Conflict("This account trades at no exchange.", code="no_keys_here")
        return _row(rows[0])

    async def revoke(
        self, account_ids: Sequence[str], now: datetime, pooled: PoolConnectionProxy | None = None
    ) -> tuple[str, ...]:
        """Destroy keys, in the caller's transaction if given; which accounts had some."""
        rows = await self._fetch(_REVOKE, list(account_ids), now, pooled=pooled)
        return tuple(row["account_id"] for row in rows)

    async def reseal(self) -> int:
        """Seal what an older encryption key has sealed with the newest one; how many there were.

        Raises ContractBroken for an envelope that no key of ours opens.
        """
        changed = 0
        for row in await self._fetch(_SEALED):
            account_id, old = row["account_id"], row["sealed"]
            new = self._vault.renewed(old, _aad(account_id))
            if new is not None:
                await self._fetch(_RESEAL, account_id, old, new)
                changed += 1
        return changed

    async def _fetch(
        self, sql: str, *values: object, pooled: PoolConnectionProxy | None = None
    ) -> list[Any]:
        try:
            rows: list[Any] = await (pooled or self._pool).fetch(sql, *values)
        except asyncpg.UniqueViolationError:
            raise
        except _AWAY as error:
            raise Unavailable(f"the keys cannot be read: {type(error).__name__}") from error
        return rows


def masked(key: str) -> str:
    """The last characters of a key, enough to recognise it."""
    return "…" + key[-_SHOWN:]


def _aad(account_id: str) -> bytes:
    return f"venue key {account_id}".encode()


def _seat(row: Any) -> Seat:
    return Seat(row["account_id"], row["venue"], MarketKind(row["market"]), row["test_net"])


def _row(row: Any) -> KeyRow:
    mode = row["position_mode"]
    return KeyRow(
        seat=_seat(row),
        masked=row["masked"],
        permissions=tuple(json.loads(row["permissions"])),
        position_mode=None if mode is None else PositionMode(mode),
        checked_at=row["checked_at"],
        revoked_at=row["revoked_at"],
    )
