"""Fills: reads each account's reports from its venue and puts them into its inbox, once each.

The place where reading stands moves together with the facts, so a crash repeats and never skips.
A venue that tells its news is read where there are some; polling is the guarantee: accounts with
orders out often, the others now and then (a late fill is a fact too).
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from datetime import datetime, timedelta

from engine.domain.account import Account
from engine.domain.watch import Wants
from engine.runtime.brakes import Brakes, make_brakes
from engine.runtime.gate import Gate
from engine.runtime.ports import Ports
from engine.runtime.reports import read_page
from engine.runtime.watched import news_of
from foundation import limits
from foundation.errors import Unavailable
from foundation.log import get_logger
from foundation.nursery import Nursery

_log = get_logger("engine.runtime.fills")


class Fills:
    """One reader for all accounts; hears from the worker which have orders out.

    Accounts that wait at the gate are left to `Reconcile`.
    """

    def __init__(
        self,
        ports: Ports,
        nursery: Nursery | None = None,
        gate: Gate | None = None,
        brakes: Brakes | None = None,
    ) -> None:
        self._ports = ports
        self._nursery = nursery or Nursery(_log)
        self._gate = gate
        self._credentials = (brakes or make_brakes(ports)).credentials
        self._busy: dict[str, str] = {}
        self._venue_of: dict[str, str] = {}
        self._news: dict[str, None] = {}
        self._under_way: dict[str, asyncio.Task[bool]] = {}
        self._cursors: dict[str, str] = {}
        self._busy_at: dict[str, datetime] = {}
        self._all_at: datetime | None = None

    def changed(self, account: Account, _wants: Wants) -> None:
        """Keep an account among the busy ones while an order of it is not settled."""
        self._venue_of[account.id] = account.venue
        if _has_orders_out(account):
            self._busy[account.id] = account.venue
        else:
            self._busy.pop(account.id, None)

    async def turn(self) -> bool:
        """Read once; True when a venue had something new. Raises Unavailable (the store).

        A venue that takes its time is left behind: its accounts are read on their own, and not
        asked again meanwhile.
        """
        accounts = await self._chosen()
        started = [self._start(account_id, venue) for account_id, venue in accounts.items()]
        if not started:
            return False
        done, _ = await asyncio.wait(started, timeout=limits.FILLS_PATIENCE_S)
        news = [task.result() for task in started if task in done]
        return any(news) or bool(done and self._news)

    async def _chosen(self) -> dict[str, str]:
        """Whom to read now."""
        now = self._ports.clock.now()
        due = self._polled(now)
        if self._all_at is None or now >= self._all_at:
            self._all_at = now + timedelta(seconds=limits.FILLS_POLL_IDLE_S)
            due += [(ref.id, ref.venue) for ref in await self._ports.store.accounts()]
        for account_id, venue in due:
            self._venue_of[account_id] = venue
            self._news[account_id] = None
        return self._some(list(self._news))

    def _polled(self, now: datetime) -> list[tuple[str, str]]:
        """Accounts with news, and the busy ones: of a venue that tells its news now and then."""
        due: list[tuple[str, str]] = []
        for name, venue in self._ports.venues.items():
            told = news_of(venue)
            due += [(account_id, name) for account_id in sorted(told or ())]
            if told is not None and now < self._busy_at.get(name, now):
                continue
            self._busy_at[name] = now + timedelta(seconds=limits.FILLS_POLL_TOLD_S)
            due += [(account_id, at) for account_id, at in self._busy.items() if at == name]
        return due

    def _some(self, wanted: Iterable[str]) -> dict[str, str]:
        """So many of each venue as may be read side by side; the others keep waiting."""
        chosen: dict[str, str] = {}
        room: dict[str, int] = {}
        for account_id in self._under_way:
            venue = self._venue_of[account_id]
            room[venue] = room.get(venue, limits.FILLS_AT_ONCE) - 1
        for account_id in wanted:
            waits = self._gate is not None and not self._gate.passed(account_id)
            if waits or self._credentials.is_blocked(account_id):
                del self._news[account_id]
                continue
            venue = self._venue_of[account_id]
            left = room.get(venue, limits.FILLS_AT_ONCE)
            if account_id in self._under_way or left <= 0:
                continue
            room[venue] = left - 1
            del self._news[account_id]
            chosen[account_id] = venue
        return chosen

    def _start(self, account_id: str, venue: str) -> asyncio.Task[bool]:
        task = self._nursery.once(f"fills {account_id}", self._read(account_id, venue))
        self._under_way[account_id] = task
        return task

    async def _read(self, account_id: str, venue: str) -> bool:
        try:
            async with asyncio.timeout(limits.VENUE_TIMEOUT_S):
                return await self._page(account_id, venue)
        except (Unavailable, TimeoutError) as error:
            self._cursors.pop(account_id, None)
            _log.warning("fills not read", account=account_id, venue=venue, reason=str(error))
            return False
        except Exception as error:  # noqa: BLE001 - what breaks on one account stops no other
            self._cursors.pop(account_id, None)
            _log.error("reading fills broke", account=account_id, venue=venue, exc_info=error)
            return False
        finally:
            self._under_way.pop(account_id, None)

    async def _page(self, account_id: str, venue: str) -> bool:
        page = await read_page(self._ports, account_id, venue, self._cursors.get(account_id))
        self._cursors[account_id] = page.cursor
        if page.news:
            self._news[account_id] = None  # there may be more than one page
        if page.moved:
            self._ports.bus.wake("inbox")
        return page.moved


def _has_orders_out(account: Account) -> bool:
    return any(
        not order.settled for group in account.groups.values() for order in group.orders.values()
    )
