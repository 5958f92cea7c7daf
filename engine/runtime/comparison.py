"""One comparison of one account with its venue: read, compare, and put what differs as facts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from engine.domain.account import Account
from engine.domain.events import Difference, HeldPosition, OrderCancelled, Reconciled
from engine.domain.protection import Funds
from engine.domain.words import MarketKind, OrderStatus
from engine.policy import comparing
from engine.policy.comparing import Listed
from engine.policy.holdings import shortages
from engine.runtime.ports import Ports
from engine.runtime.reports import read_page
from engine.runtime.resolver import CERTAIN_AFTER
from engine.runtime.rules import Rules
from engine.store.port import InboxEntry
from engine.venues.port import Absent, Fill, Found, OpenOrder, Report, Wallet
from foundation import limits
from foundation.log import get_logger
from foundation.money import plain

_log = get_logger("engine.runtime.reconcile")

_SKEW = timedelta(seconds=limits.CLOCK_SKEW_S)
_RENEW = timedelta(seconds=limits.RECONCILE_FULL_S)


@dataclass(slots=True)
class Memory:
    """What earlier looks at the account found: never the truth, only what need not be told again.

    ``missed``: when each order was missed first. ``short`` and ``excess``: the last look's.
    ``calm``: wallet and realised result when nothing was under way.
    """

    missed: dict[str, datetime] = field(default_factory=dict)
    told: dict[str, str] = field(default_factory=dict)
    short: Mapping[str, Decimal] = field(default_factory=dict)
    excess: Mapping[str, Decimal] = field(default_factory=dict)
    fills: list[Report] = field(default_factory=list)
    funds: Funds | None = None
    calm: tuple[Decimal, Decimal] | None = None


class _Seen(NamedTuple):
    """What the venue said, and the moment before it was asked."""

    at: datetime
    held: Mapping[str, Decimal]
    wallet: Wallet


class Comparison:
    """``account`` gives the account as it is stored by now."""

    def __init__(
        self, ports: Ports, rules: Rules, memory: Memory, account: Callable[[], Account]
    ) -> None:
        self._ports = ports
        self._rules = rules
        self._memory = memory
        self._account = account
        self._entries: list[InboxEntry] = []
        self._differences: list[Difference] = []
        self._gone: list[str] = []

    async def run(self, *, at_start: bool, full: bool, orders_only: bool) -> bool:
        """Compare once; False when it must be looked at again soon. Raises Unavailable."""
        if at_start and await self._behind(decided=not orders_only):
            return False
        before, settled = self._account(), True
        if full and (not orders_only or comparing.should_work(before)):
            settled = await self._orders(before)
        seen = None if orders_only else await self._read()
        if at_start and not settled:
            return False
        fact = self._fact(before, seen, at_start=at_start)
        await self._put(fact)
        return True

    async def _behind(self, *, decided: bool) -> bool:
        """Read what happened while nobody looked; True while there is more.

        With ``decided`` also while any of it is undecided: holdings cannot be compared before.
        """
        account = self._account()
        page = await read_page(self._ports, account.id, account.venue, None)
        self._memory.fills += [report for report in page.news if isinstance(report, Fill)]
        if page.moved:
            self._ports.bus.wake("inbox")
            return True
        return decided and bool(await self._ports.store.pending([account.id], 1, [account.id]))

    async def _orders(self, before: Account) -> bool:
        """Compare orders; False while one is missing and it is too early to say more."""
        seen = await self._ports.venue(before.venue).open_orders(before.id)
        absent = comparing.missing(before, self._account(), seen)
        names = {one.order.id for one in absent}
        for known in [name for name in self._memory.missed if name not in names]:
            del self._memory.missed[known]
        settled = True
        for one in absent[: limits.RECONCILE_FINDS]:
            settled = await self._missing(before, one) and settled
        await self._foreign(seen)
        return settled

    async def _missing(self, account: Account, one: Listed) -> bool:
        """Ask for an order that is not listed; True when its fate is known."""
        order, now = one.order, self._ports.clock.now()
        answer = await self._ports.venue(account.venue).find(account.id, order.id, one.symbol)
        if isinstance(answer, Found) and answer.status is not OrderStatus.CANCELLED:
            self._memory.missed.pop(order.id, None)
            return True  # it works after all, or its fills are on their way
        if not isinstance(answer, Found | Absent):
            return False
        since = self._memory.missed.setdefault(order.id, now)
        if now - since < CERTAIN_AFTER:
            return False
        stored = await self._ports.store.load(account.id)
        if stored.account.seq != account.seq:
            return False  # decided elsewhere, which is why we know too little
        filled = answer.filled if isinstance(answer, Found) else None
        fact = OrderCancelled(order.id, filled)
        self._entries.append(InboxEntry(account.id, f"cancelled:{order.id}", fact))
        self._differences.append(comparing.gone(one, filled))
        del self._memory.missed[order.id]
        return True

    async def _foreign(self, seen: Sequence[OpenOrder]) -> None:
        account, there = self._account(), set()
        for order in comparing.not_ours(account, seen):
            found = comparing.foreign(order)
            there.add(comparing.name_of(found))
            if self._was_told(found):
                continue
            if order.ours and order.order_id is not None:
                status = await self._ports.store.outbox_status(account.id, order.order_id)
                if status is not None:
                    continue  # one of ours, decided a moment ago or long forgotten
            self._differences.append(found)
        self._left("foreign_order", there)

    def _was_told(self, found: Difference) -> bool:
        """Whether just this was told before, by this process or by one before it."""
        name = comparing.name_of(found)
        told = self._memory.told.get(name) or self._account().external.get(name)
        return told == found.text

    def _left(self, what: str, there: set[str]) -> None:
        """What was told of others and is not there any more may be told again if it comes back."""
        for name in self._account().external:
            if name.partition(" ")[0] == what and name not in there:
                self._gone.append(name)

    async def _read(self) -> _Seen:
        account, at = self._account(), self._ports.clock.now() - _SKEW
        venue = self._ports.venue(account.venue)
        held = {one.symbol: one.quantity for one in await venue.positions(account.id)}
        return _Seen(at, held, await venue.wallet(account.id))

    def _fact(self, before: Account, seen: _Seen | None, *, at_start: bool) -> Reconciled | None:
        """What is to be told; None when there is nothing new."""
        if at_start:
            self._differences += [_while_away(before, one) for one in self._memory.fills]
            self._memory.fills.clear()
        gone = tuple(self._gone)
        if seen is None:
            if not self._differences and not gone:
                return None
            return Reconciled(differences=tuple(self._differences), at_start=at_start, gone=gone)
        account = self._account()
        positions, changed = self._positions(account, seen, at_start=at_start)
        moved = self._moved(before, account, seen)
        wallet = seen.wallet
        funds = Funds(wallet.free_usd, wallet.wallet_usd, seen.at, wallet.free_of)
        news = changed or self._differences or gone or moved or self._funds_news(account, funds)
        if not (news or at_start):
            return None
        self._memory.funds = funds
        return Reconciled(positions, funds, tuple(self._differences), moved, at_start, gone)

    def _positions(
        self, account: Account, seen: _Seen, *, at_start: bool
    ) -> tuple[tuple[HeldPosition, ...], bool]:
        """What to tell of holdings, and whether that is news; only what two looks agree on."""
        held = comparing.positions(account, seen.held)
        rules = {one.symbol: self._rules.get(account.venue, one.symbol) for one in held}
        known = {name: rule for name, rule in rules.items() if rule is not None}
        short = shortages(account, held, known, seen.at)
        before, self._memory.short = self._memory.short, short
        agreed = tuple(
            one for one in held if at_start or before.get(one.symbol) == short.get(one.symbol)
        )
        self._excess(account, seen)
        names = {one.symbol for one in agreed}
        told = account.short_at_venue
        return agreed, any(short.get(name) != told.get(name) for name in names)

    def _excess(self, account: Account, seen: _Seen) -> None:
        excess = comparing.excess(account, seen.held)
        before, self._memory.excess = self._memory.excess, excess
        for symbol, quantity in excess.items():
            found = comparing.external(symbol, quantity)
            if before.get(symbol) == quantity and not self._was_told(found):
                self._differences.append(found)
        self._left("position", {f"position {symbol}" for symbol in {*before, *excess}})

    def _moved(self, before: Account, account: Account, seen: _Seen) -> Decimal:
        """Money that came or went without our trading; told of perpetuals' wallets alone."""
        if account.market is MarketKind.SPOT:
            return Decimal(0)
        if before.seq != account.seq or not comparing.at_rest(account):
            return Decimal(0)
        now = (seen.wallet.wallet_usd, account.guard.realized_usd)
        earlier, self._memory.calm = self._memory.calm, now
        if earlier is None:
            return Decimal(0)
        moved = (now[0] - earlier[0]) - (now[1] - earlier[1])
        enough = abs(earlier[0]) * Decimal(repr(limits.RECONCILE_MOVED_PERCENT)) / 100
        return moved if abs(moved) > enough else Decimal(0)

    def _funds_news(self, account: Account, funds: Funds) -> bool:
        told = self._memory.funds
        if told is None:
            return True
        enough = told.free_usd * Decimal(repr(limits.RECONCILE_FUNDS_PERCENT)) / 100
        if abs(funds.free_usd - told.free_usd) > enough:
            return True
        coins = {*funds.free_of, *told.free_of}
        if any(abs(funds.free_in(coin) - told.free_in(coin)) > enough for coin in coins):
            return True
        used = any(group.holds_slot for group in account.groups.values()) or account.queue
        return bool(used) and funds.seen_at - told.seen_at >= _RENEW

    async def _put(self, fact: Reconciled | None) -> None:
        account, now = self._account(), self._ports.clock.now()
        entries = list(self._entries)
        if fact is not None:
            entries.append(InboxEntry(account.id, f"reconciled:{now.isoformat()}", fact))
        if not entries:
            return
        await self._ports.store.put(entries, now)
        self._ports.bus.wake("inbox")
        self._remember()
        if fact is not None and fact.differences:
            _log.info("differences found", account=account.id, count=len(fact.differences))

    def _remember(self) -> None:
        """What was told is written by now; until it is decided only this process knows."""
        for name in self._gone:
            self._memory.told.pop(name, None)
        for one in self._differences:
            if one.what in comparing.EXTERNAL:
                self._memory.told[comparing.name_of(one)] = one.text


def _while_away(account: Account, fill: Report) -> Difference:
    assert isinstance(fill, Fill), "only fills are kept"
    text = f"{plain(fill.quantity)} at {plain(fill.price)}"
    for group in account.groups.values():
        if fill.order_id in group.orders:
            return Difference("fill", group.symbol, text, fill.order_id)
    return Difference("fill", "", text, fill.order_id)
