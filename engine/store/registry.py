"""The register of accounts: whose they are, what they are called, every version of settings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from asyncpg import Record
from asyncpg.pool import PoolConnectionProxy

from engine.decide.wants import wants
from engine.domain.account import Account
from engine.domain.events import SettingsChanged
from engine.domain.settings import AccountSettings
from engine.domain.words import MarketKind, TradingState
from engine.store import entitlements, installation, snapshots
from engine.store.codec import encode_fact
from engine.store.digest import GENESIS
from engine.store.faults import connection, transaction
from engine.store.intake import no_account
from engine.store.keeping import encode_kept
from foundation.db import Database
from foundation.errors import Conflict, NotFound

QUOTE_CURRENCY: Final = "USDT"

_COLUMNS: Final = (
    "id, user_id, venue, market, board, label, quote_currency, state, halt_reason, settings, "
    "settings_version, created_at, kept->>'credentials_failed' as credentials_failed, "
    "coalesce((select i.state from installation i), 'running') as installation_state"
)
_OPEN = """
insert into accounts (id, user_id, venue, label, quote_currency, state, halt_reason, seq, digest,
  last_at, next_due, settings, settings_version, created_at, market, kept, test_net)
select $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12::jsonb, $13, $14, $15, $16::jsonb, $17
where exists (select 1 from users where id = $2)
on conflict (id) do nothing returning id
"""
_VERSION = """
insert into account_settings_versions (account_id, version, settings, author, created_at)
values ($1, $2, $3::jsonb, $4, $5) on conflict do nothing returning version
"""
_SAVE = """
insert into inbox (account_id, key, kind, fact, received_at)
values ($1, $2, 'settings_changed', $3::jsonb, $4)
on conflict (account_id, key) do nothing returning id
"""


@dataclass(frozen=True, slots=True)
class AccountHeader:
    """An account as its owner sees it, without groups and queue.

    ``credentials_failed`` is what the venue said when it refused the keys.
    """

    id: str
    user_id: str
    venue: str
    market: MarketKind
    board: str
    label: str
    quote_currency: str
    state: TradingState
    halt_reason: str | None
    settings: AccountSettings
    settings_version: int
    created_at: datetime
    credentials_failed: str | None
    installation_state: TradingState


@dataclass(frozen=True, slots=True)
class NewAccount:
    """An account to open: as the core knows it, and what only people need."""

    account: Account
    user_id: str
    label: str
    created_at: datetime
    next_due: datetime | None = None


async def open_account(database: Database, new: NewAccount) -> bool:
    """Register the account; False when one with its id is there already.

    It begins with the installation's trading state and the limits of its owner's plan.

    Raises NotFound for an unknown user, ContractBroken for a label the user has already.
    """
    settings = new.account.settings.model_dump_json()
    async with transaction(database) as pooled:
        account = replace(
            new.account,
            installation=await installation.for_new(pooled),
            entitlement=await entitlements.for_new(pooled, new.user_id),
        )
        made = await pooled.fetchval(
            _OPEN,
            account.id,
            new.user_id,
            account.venue,
            new.label,
            QUOTE_CURRENCY,
            account.state,
            account.halt_reason,
            account.seq,
            GENESIS,
            account.last_at,
            new.next_due or wants(account).next_due,
            settings,
            account.settings_version,
            new.created_at,
            account.market,
            encode_kept(account),
            account.test_net,
        )
        if made is None:
            await _known_user(pooled, new.user_id)
            return False
        await snapshots.take(pooled, account, GENESIS, new.created_at)
        version = account.settings_version
        await pooled.execute(_VERSION, made, version, settings, new.user_id, new.created_at)
    return True


async def _known_user(pooled: PoolConnectionProxy, user_id: str) -> None:
    if await pooled.fetchval("select 1 from users where id = $1", user_id) is None:
        raise NotFound("there is no such user")


async def owned(database: Database, user_id: str, account_id: str) -> AccountHeader:
    """The account if it is the user's. Raises NotFound, for somebody else's too."""
    sql = f"select {_COLUMNS} from accounts where id = $1 and user_id = $2"  # noqa: S608 - only our own column names
    async with connection(database) as pooled:
        record = await pooled.fetchrow(sql, account_id, user_id)
    if record is None:
        raise no_account(account_id)
    return _header(record)


async def owned_by(database: Database, user_id: str) -> list[AccountHeader]:
    """All accounts of a user, oldest first."""
    sql = f"select {_COLUMNS} from accounts where user_id = $1 order by created_at, id"  # noqa: S608 - only our own column names
    async with connection(database) as pooled:
        return [_header(record) for record in await pooled.fetch(sql, user_id)]


async def owner(database: Database, account_id: str) -> str:
    """The user an account belongs to. Raises NotFound."""
    async with connection(database) as pooled:
        user_id: str | None = await pooled.fetchval(
            "select user_id from accounts where id = $1", account_id
        )
    if user_id is None:
        raise no_account(account_id)
    return user_id


async def boards(database: Database, account_ids: Sequence[str]) -> dict[str, str]:
    """Whose prices each of these accounts follows."""
    async with connection(database) as pooled:
        found = await pooled.fetch(
            "select id, board from accounts where id = any($1::text[])", list(account_ids)
        )
    return {record["id"]: record["board"] for record in found}


async def followers(database: Database, user_ids: Sequence[str]) -> list[tuple[str, str]]:
    """Which boards these users' accounts follow, as (board, user id), in order."""
    sql = (
        "select distinct board, user_id from accounts where user_id = any($1::text[]) order by 1, 2"
    )
    async with connection(database) as pooled:
        return [tuple(record) for record in await pooled.fetch(sql, list(user_ids))]


async def save_settings(
    database: Database, account_id: str, key: str, change: SettingsChanged, by: tuple[str, datetime]
) -> None:
    """Write the new version and its fact together; ``by`` is author and time.

    The same key again changes nothing. Raises Conflict when the version exists already, because
    somebody else saved meanwhile.
    """
    author, now = by
    settings = change.settings.model_dump_json()
    async with transaction(database) as pooled:
        new = await pooled.fetchval(_SAVE, account_id, key, encode_fact(change).decode(), now)
        if new is None:
            return
        if not await pooled.fetchval(_VERSION, account_id, change.version, settings, author, now):
            raise Conflict(
                "The settings were changed meanwhile; load them again and repeat your change.",
                code="settings_changed_meanwhile",
                version=change.version,
            )


def _header(record: Record) -> AccountHeader:
    values = dict(record)
    values["state"] = TradingState(values["state"])
    values["installation_state"] = TradingState(values["installation_state"])
    values["market"] = MarketKind(values["market"])
    values["settings"] = AccountSettings.model_validate_json(values["settings"])
    return AccountHeader(**values)
