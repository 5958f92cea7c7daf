"""Refused keys: noticed on any call, told once to the account, and no call before there are new."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

from engine.domain.account import Account
from engine.domain.events import CredentialsChanged
from engine.domain.watch import Wants
from engine.store.port import InboxEntry, Store
from foundation import limits
from foundation.clock import Clock
from foundation.log import get_logger

_log = get_logger("engine.runtime.credentials")


class Credentials:
    """Hears from the venues who was refused, and from the worker who has new keys."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._failed: dict[str, None] = {}
        self._told: dict[str, datetime] = {}
        self._untold: dict[str, str] = {}
        self._news = asyncio.Event()

    @property
    def blocked(self) -> tuple[str, ...]:
        """Accounts for which nothing is sent or asked."""
        told = [name for name in self._told if name not in self._failed and self._waits(name)]
        return (*self._failed, *told)

    def is_blocked(self, account_id: str) -> bool:
        return account_id in self._failed or self._waits(account_id)

    def refused(self, account_id: str, why: str) -> None:
        """A venue refused the account's keys; ``why`` is its reason in one sentence."""
        if self.is_blocked(account_id):
            return
        _log.error("the venue refuses the keys", account=account_id, reason=why)
        self._told[account_id] = self._clock.now()
        self._untold[account_id] = why
        self._news.set()

    def changed(self, account: Account, _wants: Wants) -> None:
        """The core has said that the keys fail, or that there are new ones."""
        if account.credentials_failed is not None:
            self._failed[account.id] = None
        elif account.id in self._failed:
            del self._failed[account.id]
            self._told.pop(account.id, None)

    async def turn(self) -> bool:
        """Tell the accounts. Raises Unavailable, and then keeps it."""
        self._news.clear()
        waiting = dict(self._untold)
        entries = [
            InboxEntry(name, f"credentials:{self._told[name].isoformat()}", CredentialsChanged(why))
            for name, why in waiting.items()
        ]
        if entries:
            await self._store.put(entries, self._clock.now())
        for name in waiting:
            del self._untold[name]
        return bool(entries)

    async def rest(self, timeout: float) -> None:
        """Return when a venue refused keys, or after ``timeout`` seconds."""
        try:
            async with asyncio.timeout(timeout):
                await self._news.wait()
        except TimeoutError:
            return

    def _waits(self, account_id: str) -> bool:
        """Told so lately that the core may not have decided it yet."""
        told = self._told.get(account_id)
        if told is None:
            return False
        return self._clock.now() - told < timedelta(seconds=limits.CREDENTIALS_TOLD_S)
