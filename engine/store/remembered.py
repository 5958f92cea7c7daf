"""Accounts as screens read them: kept, and of one that was decided meanwhile only what changed."""

from __future__ import annotations

from collections import OrderedDict

from engine.domain.account import Account
from engine.store import load
from foundation import limits
from foundation.db import Database


class Remembered:
    """The accounts that were looked at last; each reading says how one is stored at that moment."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._kept: OrderedDict[str, Account] = OrderedDict()

    async def account(self, account_id: str) -> Account:
        """The account as it is stored now. Raises NotFound, Unavailable."""
        known = self._kept.pop(account_id, None)
        if known is None:
            found = (await load.load(self._database, account_id)).account
        else:
            found = await load.load_again(self._database, known)
        self._kept[account_id] = found
        while len(self._kept) > limits.ACCOUNTS_REMEMBERED:
            self._kept.popitem(last=False)
        return found
