"""Fills: reads each account's reports from its venue and puts them into its inbox, once each.

The place where reading stands moves together with the facts, so a crash repeats and never skips.
Accounts with orders out are read often, the others now and then (a late fill is a fact too).
"""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

from engine.domain.account import Account
from engine.domain.watch import Wants
from engine.runtime import answers
from engine.runtime.ports import Ports
from foundation import limits
from foundation.errors import Unavailable
from foundation.log import get_logger

_log = get_logger("engine.runtime.fills")


class Fills:
    """One reader for all accounts; hears from the worker which have orders out."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports
        self._busy: dict[str, str] = {}
        self._cursors: dict[str, str] = {}
        self._all_at: datetime | None = None

    def changed(self, account: Account, _wants: Wants) -> None:
        """Keep an account among the busy ones while an order of it is not settled."""
        if _has_orders_out(account):
            self._busy[account.id] = account.venue
        else:
            self._busy.pop(account.id, None)

    async def turn(self) -> bool:
        """Read once; True when a venue had something new. Raises Unavailable (the store)."""
        now = self._ports.clock.now()
        accounts = dict(self._busy)
        if self._all_at is None or now >= self._all_at:
            self._all_at = now + timedelta(seconds=limits.FILLS_POLL_IDLE_S)
            accounts = {ref.id: ref.venue for ref in await self._ports.store.accounts()}
        queue = list(accounts.items())
        news = False
        while queue:
            some, queue = queue[: limits.FILLS_AT_ONCE], queue[limits.FILLS_AT_ONCE :]
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(self._read(*one)) for one in some]
            news = any([news, *(task.result() for task in tasks)])
        if news:
            self._ports.bus.wake("inbox")
        return news

    async def _read(self, account_id: str, venue: str) -> bool:
        try:
            async with asyncio.timeout(limits.VENUE_TIMEOUT_S):
                return await self._page(account_id, venue)
        except (Unavailable, TimeoutError) as error:
            self._cursors.pop(account_id, None)
            _log.warning("fills not read", account=account_id, venue=venue, reason=str(error))
            return False

    async def _page(self, account_id: str, venue: str) -> bool:
        store = self._ports.store
        cursor = self._cursors.get(account_id)
        if cursor is None:
            cursor = await store.cursor(account_id)
        reports, reached = await self._ports.venue(venue).fills(account_id, cursor)
        if not reports and reached == cursor:
            self._cursors[account_id] = cursor
            return False
        entries = [answers.reported(account_id, venue, report) for report in reports]
        await store.put_reports(account_id, entries, reached, self._ports.clock.now())
        self._cursors[account_id] = reached
        return reached != cursor


def _has_orders_out(account: Account) -> bool:
    return any(
        not order.settled for group in account.groups.values() for order in group.orders.values()
    )
