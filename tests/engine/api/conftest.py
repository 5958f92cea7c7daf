"""A house with two people, their paper accounts, prices, and a worker that can be let run."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

import pytest

from engine.api.accounts import Accounts
from engine.api.events import Events
from engine.api.groups import Groups
from engine.api.performance import Neighbours, Performance
from engine.api.queue import Queue
from engine.api.risk import Risk
from engine.api.views import AccountView, FeedHealth, ReceiptView
from engine.domain.commands import CancelOrder, PlaceOrder
from engine.domain.instrument import Instrument
from engine.domain.words import MarketKind, OrderType
from engine.offers.market import MarketView
from engine.store.port import AccountCommit, InboxEntry
from engine.store.postgres import PostgresStore
from engine.store.remembered import Remembered
from foundation.bus import Bus
from foundation.db import Database
from foundation.log import get_logger
from foundation.nursery import Nursery
from foundation.people.people import People
from tests.engine.store.kit import PRICES, START, approved, filled, market, placed, work
from tests.support.clock import FakeClock

FEED = FeedHealth("simulated", False, 0.5, tuple(PRICES), "paper", "spot")


class OneFeed:
    async def feed_health(self, board: str, market: MarketKind) -> FeedHealth:
        return FEED


async def three_offers(user_id: str, account_id: str) -> int:
    return 3


async def no_alert(user_id: str, account_id: str) -> ReceiptView | None:
    return None


class Book:
    """The rules of what the house trades."""

    async def instruments(self) -> Mapping[str, Instrument]:
        return market(PRICES, START).instruments


@dataclass
class House:
    """Everything a test of windows needs; ``me`` and ``other`` are user ids."""

    database: Database
    clock: FakeClock
    bus: Bus
    store: PostgresStore
    nursery: Nursery
    me: str
    other: str
    account: AccountView
    remembered: Remembered

    @property
    def accounts(self) -> Accounts:
        return Accounts(self.database, self.clock, self.bus)

    @property
    def groups(self) -> Groups:
        return Groups(self.database, self.clock, self.bus)

    @property
    def queue(self) -> Queue:
        return Queue(self.database, self.clock, self.bus, self.market, self.remembered)

    @property
    def risk(self) -> Risk:
        return Risk(self.database, self.clock, self.bus, self.market, self.remembered)

    @property
    def market(self) -> MarketView:
        return MarketView(self.database, {"paper": Book()}, self.clock)

    @property
    def events(self) -> Events:
        return Events(self.database)

    @property
    def performance(self) -> Performance:
        neighbours = Neighbours(OneFeed(), three_offers, no_alert)
        return Performance(self.database, self.clock, neighbours)

    async def decide(self, *entries: InboxEntry, account_id: str = "") -> AccountCommit:
        """Put facts and decide everything that waits."""
        self.clock.advance(1)
        return await work(self.store, account_id or self.account.id, self.clock.now(), *entries)

    async def signal(self, name: str, account_id: str = "", **changes: object) -> AccountCommit:
        account_id = account_id or self.account.id
        return await self.decide(approved(account_id, name, **changes), account_id=account_id)

    async def fill(self, commit: AccountCommit, *which: int) -> AccountCommit:
        """Fill orders of a commit whole, at their price or at the market's."""
        facts = []
        for n, order in enumerate(placed(commit)):
            if not which or n in which:
                fact = filled(at_market(order), order.id, self.clock.now())
                facts.append(InboxEntry(commit.before.id, f"fill:{order.id}", fact))
        return await self.decide(*facts, account_id=commit.before.id)

    async def close_out(self, commit: AccountCommit) -> AccountCommit:
        """Cancel and fill whatever the core commands until it commands nothing more."""
        account_id = commit.before.id
        for _ in range(5):
            commands = [command for one in commit.decided for command in one.commands]
            if not commands:
                break
            for command in commands:
                if isinstance(command, CancelOrder):
                    await self.store.withdraw(account_id, command.order_id, self.clock.now())
            commit = await self.fill(commit)
        return commit

    async def price(self, symbol: str, price: str) -> None:
        await self.database.pool.execute(
            "insert into quotes (board, symbol, price, price_at, seen_at) "
            "values ('paper', $1, $2, $3, $3) "
            "on conflict (board, symbol) do update set price = excluded.price",
            symbol,
            Decimal(price),
            self.clock.now(),
        )

    def run_worker(self) -> None:
        """Decide whatever comes, in the background, and say so."""

        async def turns() -> None:
            while True:
                mark = self.bus.mark("inbox")
                for account_id in await self.store.ready(self.clock.now(), 10):
                    await work(self.store, account_id, self.clock.now())
                    self.bus.wake("events")
                await self.bus.wait("inbox", 0.05, since=mark)

        self.nursery.start("worker", turns)

    async def stop_worker(self) -> None:
        await self.nursery.stop()
        self.nursery = Nursery(get_logger("tests"))


def at_market(order: PlaceOrder) -> PlaceOrder:
    if order.order_type is OrderType.LIMIT:
        return order
    return replace(order, price=PRICES[order.symbol])


@pytest.fixture
async def house(database: Database, bus: Bus, clock: FakeClock) -> AsyncIterator[House]:
    people = People(database, clock)
    me = (await people.ensure(1, "Ada", "ada", "en")).id
    other = (await people.ensure(2, "Bob", None, None)).id
    account = await Accounts(database, clock, bus).ensure_paper(me)
    nursery, store = Nursery(get_logger("tests")), PostgresStore(database)
    built = House(database, clock, bus, store, nursery, me, other, account, Remembered(database))
    yield built
    await built.stop_worker()
