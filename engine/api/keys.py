"""Window and mailbox of exchange accounts: opening one, its keys, and taking them away again.

A key is tried at the exchange before it is kept; one that may withdraw is never kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Final, Literal

from asyncpg.pool import PoolConnectionProxy

from engine.api.accounts import account_view
from engine.api.views import AccountView, KeysView
from engine.domain.account import Account
from engine.domain.events import CredentialsChanged
from engine.domain.ids import derived_id
from engine.domain.settings import AccountSettings
from engine.domain.words import MarketKind
from engine.store import registry
from engine.store.faults import transaction
from engine.store.intake import put_with
from engine.store.port import InboxEntry
from engine.store.registry import NewAccount
from engine.venues.exchange.trial import tried
from engine.venues.exchange.wire import Secret
from engine.venues.keys import KeyCheck, Keyring, KeyRow, NewKeys, Seat
from engine.venues.registry import EXCHANGES
from foundation import limits
from foundation.bus import Bus
from foundation.clock import Clock
from foundation.db import Database
from foundation.errors import Conflict, InvalidInput
from foundation.people.audit import Entry, write_beside

if TYPE_CHECKING:
    from foundation.settings import Settings

_SHORTEST_KEY: Final = 8


@dataclass(frozen=True, slots=True)
class KeyDeps:
    """What the keys' window stands on."""

    database: Database
    clock: Clock
    bus: Bus
    keyring: Keyring
    settings: Settings


@dataclass(frozen=True, slots=True)
class NewSeat:
    """An account to open: where it shall trade, and its name."""

    venue: str
    market: Literal["spot", "linear"]
    test_net: bool
    label: str


@dataclass(frozen=True, slots=True)
class GivenKeys:
    """A key as a person typed it; never shown by repr."""

    key: str = field(repr=False)
    secret: str = field(repr=False)


class Keys:
    """Exchange accounts of people and their keys; somebody else's account is not found."""

    def __init__(self, deps: KeyDeps) -> None:
        self._deps = deps

    async def open_account(self, user_id: str, new: NewSeat) -> AccountView:
        """Open an account at an exchange; it has no keys yet. The same again changes nothing.

        Raises InvalidInput (unknown venue), Conflict (name taken, too many), NotFound (user).
        """
        if new.venue not in EXCHANGES:
            known = ", ".join(sorted(EXCHANGES))
            raise InvalidInput(f"{new.venue!r} is no exchange here; use {known}.", field="venue")
        deps = self._deps
        net = "test" if new.test_net else "main"
        account_id = derived_id("account", user_id, new.venue, new.market, net, new.label)
        others = await registry.owned_by(deps.database, user_id)
        if all(one.id != account_id for one in others):
            if any(one.label == new.label for one in others):
                text = f"You have an account named {new.label!r} already; choose another name."
                raise Conflict(text, code="label_taken", field="label")
            if len(others) >= limits.ACCOUNTS_PER_USER_MAX:
                text = f"One person has at most {limits.ACCOUNTS_PER_USER_MAX} accounts."
                raise Conflict(text, code="too_many_accounts")
        market = MarketKind(new.market)
        account = Account(
            account_id, new.venue, AccountSettings(), market=market, test_net=new.test_net
        )
        made = NewAccount(account, user_id, new.label, deps.clock.now())
        await registry.open_account(deps.database, made)
        await deps.keyring.open_seat(Seat(account_id, new.venue, market, new.test_net), user_id)
        return account_view(await registry.owned(deps.database, user_id, account_id))

    async def list(self, user_id: str) -> tuple[KeysView, ...]:
        """The user's exchange accounts and their keys, masked."""
        return tuple(_view(row) for row in await self._deps.keyring.of_user(user_id))

    async def get(self, user_id: str, account_id: str) -> KeysView:
        """One account's keys, masked. Raises NotFound, Conflict (trades at no exchange)."""
        return _view(await self._row(user_id, account_id))

    async def save(self, user_id: str, account_id: str, given: GivenKeys) -> KeysView:
        """Try the key at its exchange and keep it; trading may go on with it at once.

        Raises NotFound; InvalidInput when the exchange does not accept it, or it may withdraw
        or not trade; Conflict when another account uses it; Unavailable when nobody answers.
        """
        row = await self._row(user_id, account_id)
        secret = _checked(given)
        exchange = EXCHANGES[row.seat.venue](self._deps.settings)
        check = await tried(exchange, row.seat, secret, self._deps.clock)
        _judge(exchange.title, check)
        now = self._deps.clock.now()
        new = NewKeys(check, now, key=secret.key, secret=secret.secret)
        async with transaction(self._deps.database) as pooled:
            kept = await self._deps.keyring.save(account_id, new, pooled)
            await _tell(pooled, [account_id], None, now)
            await _note(pooled, user_id, "keys.saved", [account_id], now)
        self._deps.bus.wake("inbox")
        return _view(kept)

    async def revoke(self, user_id: str, account_id: str) -> KeysView:
        """Destroy an account's keys; it trades no more. Raises NotFound, Conflict."""
        await self._row(user_id, account_id)
        await self._destroy(user_id, [account_id])
        return await self.get(user_id, account_id)

    async def revoke_all(self, user_id: str) -> tuple[KeysView, ...]:
        """Destroy every key of the user."""
        rows = await self._deps.keyring.of_user(user_id)
        await self._destroy(user_id, [row.seat.account_id for row in rows])
        return await self.list(user_id)

    async def _destroy(self, user_id: str, account_ids: Sequence[str]) -> None:
        now = self._deps.clock.now()
        async with transaction(self._deps.database) as pooled:
            gone = await self._deps.keyring.revoke(account_ids, now, pooled)
            await _tell(pooled, gone, "The keys were revoked.", now)
            await _note(pooled, user_id, "keys.revoked", gone, now)
        self._deps.bus.wake("inbox")

    async def _row(self, user_id: str, account_id: str) -> KeyRow:
        await registry.owned(self._deps.database, user_id, account_id)
        row = await self._deps.keyring.shown(account_id)
        if row is None:
            raise Conflict("This account trades on paper and needs no keys.", code="no_keys_here")
        return row


async def _tell(
    pooled: PoolConnectionProxy, account_ids: Sequence[str], failed: str | None, now: datetime
) -> None:
    """Tell the accounts that their keys are good, or why not."""
    key = f"keys:{now.isoformat()}"
    facts = [InboxEntry(one, key, CredentialsChanged(failed)) for one in account_ids]
    await put_with(pooled, facts, now)


async def _note(
    pooled: PoolConnectionProxy,
    user_id: str,
    action: str,
    account_ids: Sequence[str],
    now: datetime,
) -> None:
    """Write down who did it."""
    for account_id in account_ids:
        await write_beside(pooled, now, Entry(user_id, action, "account", account_id))


def _checked(given: GivenKeys) -> Secret:
    key, secret = given.key.strip(), given.secret.strip()
    for name, text in (("key", key), ("secret", secret)):
        plain = text.replace("\n", "").replace("\r", "")
        if not _SHORTEST_KEY <= len(text) <= limits.VENUE_KEY_MAX or not plain.isascii():
            raise InvalidInput(f"This is not the {name} of an exchange; copy it again.", field=name)
        if not plain.isprintable() or (name == "key" and " " in text):
            raise InvalidInput(f"The {name} holds characters it cannot have.", field=name)
    return Secret(key, secret)


def _judge(title: str, check: KeyCheck) -> None:
    if check.may_withdraw:
        text = (
            f"This key may withdraw money, which is never needed here. Switch withdrawals off for "
            f"it at {title}, or make a new key without them, and enter it again."
        )
        raise InvalidInput(text, code="key_may_withdraw", field="key")
    if not check.may_trade:
        text = f"This key may not trade on this market. Allow it at {title} and enter it again."
        raise InvalidInput(text, code="key_may_not_trade", field="key")


def _view(row: KeyRow) -> KeysView:
    seat = row.seat
    return KeysView(
        account_id=seat.account_id,
        venue=seat.venue,
        market=seat.market.value,
        test_net=seat.test_net,
        key=row.masked,
        permissions=row.permissions,
        position_mode=None if row.position_mode is None else row.position_mode.value,
        checked_at=row.checked_at,
        revoked_at=row.revoked_at,
    )
