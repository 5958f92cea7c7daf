"""Window and mailbox of accounts: what a person has, its state and its settings."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from typing import Final

from pydantic import ValidationError

from engine.api.commands import Mailbox
from engine.api.views import Accepted, AccountView
from engine.domain.account import Account
from engine.domain.events import CloseAllCommanded, SettingsChanged, StateCommanded
from engine.domain.ids import derived_id
from engine.domain.settings import AccountSettings
from engine.domain.words import TradingState
from engine.store import registry
from engine.store.registry import AccountHeader, NewAccount
from foundation import limits
from foundation.bus import Bus
from foundation.clock import Clock
from foundation.db import Database
from foundation.errors import Forbidden, InvalidInput

PAPER: Final = "paper"
PAPER_LABEL: Final = "Paper"


class Accounts:
    """Accounts of people; somebody else's account is not found."""

    def __init__(self, database: Database, clock: Clock, bus: Bus) -> None:
        self._database = database
        self._clock = clock
        self._mailbox = Mailbox(database, clock, bus)
        self._owners: OrderedDict[str, str] = OrderedDict()

    async def ensure_paper(self, user_id: str) -> AccountView:
        """The user's paper account, opened when there is none. Raises NotFound (no such user)."""
        account_id = derived_id("account", user_id, PAPER)
        account = Account(account_id, PAPER, AccountSettings())
        new = NewAccount(account, user_id, PAPER_LABEL, self._clock.now())
        await registry.open_account(self._database, new)
        return await self.get(user_id, account_id)

    async def list(self, user_id: str) -> tuple[AccountView, ...]:
        """All accounts of the user, oldest first."""
        headers = await registry.owned_by(self._database, user_id)
        return tuple(account_view(header) for header in headers)

    async def get(self, user_id: str, account_id: str) -> AccountView:
        """One account. Raises NotFound."""
        return account_view(await registry.owned(self._database, user_id, account_id))

    async def owner(self, account_id: str) -> str:
        """The user an account belongs to, for good; no one acts here. Raises NotFound."""
        known = self._owners.get(account_id)
        if known is None:
            known = self._owners[account_id] = await registry.owner(self._database, account_id)
            if len(self._owners) > limits.OWNERS_KEPT_MAX:
                self._owners.popitem(last=False)
        return known

    async def followers(self, user_ids: Sequence[str]) -> Mapping[str, Sequence[str]]:
        """Of these users, who follows which board of prices; for the system, no one acts."""
        found: dict[str, list[str]] = {}
        for board, user_id in await registry.followers(self._database, user_ids):
            found.setdefault(board, []).append(user_id)
        return found

    async def set_state(
        self, user_id: str, account_id: str, state: str, key: str
    ) -> AccountView | Accepted:
        """Pause, resume or halt. Raises NotFound, InvalidInput, Conflict."""
        await self.get(user_id, account_id)
        if state not in tuple(TradingState):
            known = ", ".join(TradingState)
            raise InvalidInput(f"{state!r} is no state of an account; use {known}.", field="state")
        fact = StateCommanded(TradingState(state), user_id)
        if await self._mailbox.send(account_id, key, fact) is None:
            return Accepted(key)
        return await self.get(user_id, account_id)

    async def close_all(self, user_id: str, account_id: str, key: str) -> AccountView | Accepted:
        """Close every position; the account stays paused. Raises NotFound, Conflict."""
        await self.get(user_id, account_id)
        if await self._mailbox.send(account_id, key, CloseAllCommanded(user_id)) is None:
            return Accepted(key)
        return await self.get(user_id, account_id)

    async def settings(self, user_id: str, account_id: str) -> AccountSettings:
        """The settings in force. Raises NotFound."""
        return (await registry.owned(self._database, user_id, account_id)).settings

    async def save_settings(
        self, user_id: str, account_id: str, settings: AccountSettings, version: int, key: str
    ) -> AccountView | Accepted:
        """Save the version that follows ``version``, the one the person has seen.

        Raises NotFound, InvalidInput, Forbidden when they are read-only and stay so, and
        Conflict when another version was saved meanwhile.
        """
        header = await registry.owned(self._database, user_id, account_id)
        change = SettingsChanged(version + 1, _checked(settings))
        _may_change(header.settings, change.settings)
        if await self._mailbox.save_settings(account_id, key, change, user_id) is None:
            return Accepted(key)
        return await self.get(user_id, account_id)


def account_view(header: AccountHeader) -> AccountView:
    return AccountView(
        id=header.id,
        venue=header.venue,
        label=header.label,
        quote_currency=header.quote_currency,
        state=header.state.value,
        halt_reason=_why_stopped(header),
        total_capital_usd=header.settings.total_capital_usd,
        max_open_groups=header.settings.max_open_groups,
        settings_version=header.settings_version,
        created_at=header.created_at,
        market=header.market.value,
        installation_state=header.installation_state.value,
        board=header.board,
    )


def _why_stopped(header: AccountHeader) -> str | None:
    """What stands beside the state: that the keys are refused, or why the engine halted it."""
    if header.credentials_failed is None:
        return header.halt_reason
    return f"{header.venue} refuses the keys ({header.credentials_failed}): enter new ones."


def _may_change(current: AccountSettings, wanted: AccountSettings) -> None:
    """Read-only settings take nothing but the word that they are so no more."""
    unlocked = current.model_copy(update={"read_only": False})
    if current.read_only and wanted not in (current, unlocked):
        raise Forbidden(
            "These settings are read-only; switch read_only off first, and only that.",
            code="settings_read_only",
            field="read_only",
        )


def _checked(settings: AccountSettings) -> AccountSettings:
    """Validated once more: `model_copy` and `model_construct` would let anything through."""
    try:
        return AccountSettings.model_validate(settings.model_dump())
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        raise InvalidInput(first["msg"], field=field or None) from error
