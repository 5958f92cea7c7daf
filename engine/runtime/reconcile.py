"""Reconcile: compares each account with its venue, at start before anything new is decided.

Rules of this file
1. Differences become ordinary facts and one `Reconciled`; nothing is ever decided here.
2. What is in flight, or changed while the venue was read, is looked at next time. An order is gone
   when two looks a window apart miss it and the venue, asked for it by name, agrees.
3. A venue that does not answer delays its own accounts; a venue whose books are our own tables
   (`OWN_BOOKS`) is compared at start only.
"""

from __future__ import annotations

import asyncio
import heapq
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from engine.domain.account import Account
from engine.domain.notices import Notice, NoticeKind
from engine.domain.watch import Wants
from engine.runtime import backoff
from engine.runtime.brakes import Brakes
from engine.runtime.comparison import Comparison, Memory
from engine.runtime.gate import Gate
from engine.runtime.ports import Ports
from engine.runtime.rules import Rules
from foundation import limits
from foundation.errors import Unavailable
from foundation.log import get_logger
from foundation.nursery import Nursery

_log = get_logger("engine.runtime.reconcile")

OWN_BOOKS: Final = frozenset({"paper"})


@dataclass(slots=True)
class _Case:
    """One account and when it is looked at next."""

    account: Account
    at: datetime
    memory: Memory = field(default_factory=Memory)
    full_at: datetime | None = None
    tries: int = 0
    told: bool = False
    under_way: bool = False
    compared: bool = False


class Reconcile:
    """One for all accounts; hears of them from the worker, whose gate it opens."""

    def __init__(self, ports: Ports, nursery: Nursery, rules: Rules, brakes: Brakes) -> None:
        self._ports = ports
        self._nursery = nursery
        self._rules = rules
        self._brakes = brakes
        self._cases: dict[str, _Case] = {}
        self._queues: dict[str, list[tuple[datetime, str]]] = {}
        self._busy: Counter[str] = Counter()
        self._news = asyncio.Event()
        self._last: datetime | None = None
        self.gate = Gate()

    def begin(self) -> None:
        """Compare every account anew before it decides anything."""
        self.gate.shut()
        self._queues.clear()
        known, self._cases = self._cases, {}
        for case in known.values():
            self._admit(case.account)

    def changed(self, account: Account, _wants: Wants) -> None:
        """The account as it is stored now; an unknown one waits for its first comparison."""
        case = self._cases.get(account.id)
        if case is None:
            self._admit(account)
            return
        renewed = case.account.credentials_failed and not account.credentials_failed
        case.account = account
        if renewed:
            self._at(account.id, case, self._ports.clock.now())

    def age(self) -> float | None:
        """Seconds since any account was compared; None before the first."""
        if self._last is None:
            return None
        return (self._ports.clock.now() - self._last).total_seconds()

    async def turn(self) -> bool:
        """Begin what is due; True when an account got through. Raises Unavailable (the store)."""
        self._news.clear()
        opened = await self._let_through()
        for account_id, case in self._due():
            case.under_way = True
            self._busy[case.account.venue] += 1
            self._nursery.once(f"reconcile {account_id}", self._look(account_id, case))
        return opened

    async def rest(self, timeout: float) -> None:
        """Return when there may be something to do, or after ``timeout`` seconds."""
        if self.gate.held:
            timeout = min(timeout, limits.RECONCILE_SETTLE_S)
        try:
            async with asyncio.timeout(timeout):
                await self._news.wait()
        except TimeoutError:
            return

    def _admit(self, account: Account) -> None:
        self.gate.arrived(account.id)
        case = self._cases[account.id] = _Case(account, self._ports.clock.now())
        if account.venue in OWN_BOOKS and not account.groups:
            case.compared = True  # there is nothing to compare
        self._at(account.id, case, case.at)

    def _at(self, account_id: str, case: _Case, at: datetime) -> None:
        case.at = at
        heapq.heappush(self._queues.setdefault(case.account.venue, []), (at, account_id))
        self._news.set()

    def _due(self) -> Iterator[tuple[str, _Case]]:
        """Accounts to look at now, so many of each venue as may be looked at side by side."""
        now = self._ports.clock.now()
        for venue, queue in self._queues.items():
            room = limits.RECONCILE_AT_ONCE - self._busy[venue]
            while room > 0 and queue and queue[0][0] <= now:
                at, account_id = heapq.heappop(queue)
                case = self._cases.get(account_id)
                if case is None or case.at != at or case.under_way or self._needs_nothing(case):
                    continue
                room -= 1
                yield account_id, case

    def _needs_nothing(self, case: _Case) -> bool:
        return case.compared and case.account.venue in OWN_BOOKS

    async def _let_through(self) -> bool:
        """Open the gate for accounts that are compared and have decided all that came of it."""
        ready = [name for name in self.gate.held if self._cases[name].compared]
        ready = ready[: limits.RECONCILE_BATCH]
        if not ready:
            return False
        waiting = await self._ports.store.pending(ready, 1, ready)
        through = [name for name in ready if name not in waiting]
        for name in through:
            self.gate.open(name)
        if through:
            self._ports.bus.wake("inbox")
        return len(through) == limits.RECONCILE_BATCH

    async def _look(self, account_id: str, case: _Case) -> None:
        """One look at one account; whatever fails is tried again, and touches nobody else."""
        clock = self._ports.clock
        case.tries += 1
        pause = backoff.comparisons().pause(case.tries, account_id)
        try:
            if self._brakes.credentials.is_blocked(account_id):
                case.tries = 0  # nobody was asked
                pause = limits.RECONCILE_POSITIONS_S
                return
            async with asyncio.timeout(limits.RECONCILE_TIMEOUT_S):
                done = await self._compare(case)
            case.tries, case.told = 0, False
            pause = self._pause(case, done)
        except (Unavailable, TimeoutError) as error:
            venue = case.account.venue
            _log.warning("not compared", account=account_id, venue=venue, reason=str(error))
            await self._alert(case)
        except Exception as error:  # noqa: BLE001 - what breaks on one account stops no other
            _log.error("a comparison broke", account=account_id, exc_info=error)
            await self._alert(case)
        finally:
            case.under_way = False
            self._busy[case.account.venue] -= 1
            if self._cases.get(account_id) is case:
                self._at(account_id, case, clock.now() + timedelta(seconds=pause))

    async def _alert(self, case: _Case) -> None:
        """Have the owner told, once, that nobody could look for a long time."""
        if case.told or case.tries < limits.RECONCILE_ALERT_TRIES:
            return
        account = case.account
        text = f"{account.venue} could not be asked {case.tries} times in a row; it is tried again."
        if not case.compared:
            text += " Nothing new is decided for this account before."
        notice = Notice(NoticeKind.NOT_COMPARED, text, data={"venue": account.venue})
        try:
            await self._ports.store.tell(notice, self._ports.clock.now(), account.id)
            case.told = True
            self._ports.bus.wake("events")
        except Unavailable as error:
            _log.warning("alert not written", account=account.id, reason=str(error))

    async def _compare(self, case: _Case) -> bool:
        """True when nothing is left to look at again soon. Raises Unavailable."""
        now = self._ports.clock.now()
        full = case.full_at is None or now >= case.full_at
        comparison = Comparison(self._ports, self._rules, case.memory, lambda: case.account)
        own_books = case.account.venue in OWN_BOOKS
        done = await comparison.run(at_start=not case.compared, full=full, orders_only=own_books)
        self._last = now
        if not done:
            return False
        case.compared = True
        if full:
            case.full_at = now + timedelta(seconds=limits.RECONCILE_FULL_S)
        return True

    def _pause(self, case: _Case, done: bool) -> float:
        if not done:
            return limits.RECONCILE_SETTLE_S
        exposed = any(group.open_quantity > 0 for group in case.account.groups.values())
        return limits.RECONCILE_POSITIONS_S if exposed else limits.RECONCILE_FULL_S
