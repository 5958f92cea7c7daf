"""The whole engine on a real database: an entry, its fill, its target, and a stop in good order."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from engine.domain.account import Account
from engine.domain.commands import CancelOrder, PlaceOrder
from engine.domain.events import SignalReceived
from engine.domain.group import Group
from engine.domain.instrument import Instrument, Quote
from engine.domain.settings import AccountSettings
from engine.domain.signal import Signal
from engine.domain.words import GroupStatus, Intent, OrderSide, Side
from engine.market.index import ThresholdIndex
from engine.market.ticks import Tick
from engine.runtime.engine import Engine
from engine.runtime.lock import DatabaseLock
from engine.runtime.ports import Ports
from engine.store.heartbeat import ENGINE, last_beat
from engine.store.port import InboxEntry, OutboxStatus
from engine.store.postgres import PostgresStore
from engine.store.registry import NewAccount, open_account
from engine.venues.port import (
    Absent,
    Accepted,
    Cancelled,
    Ended,
    Fill,
    Found,
    Held,
    OpenOrder,
    Report,
    VenueHealth,
    Wallet,
)
from foundation.bus import Bus
from foundation.clock import WallClock
from foundation.db import Database
from foundation.people.people import People
from tests.engine.runtime.kit import NO_FEE, ONE_LEG, RULES, SYMBOL, D
from tests.support.until import until

START = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)


@dataclass
class FillingVenue:
    """Fills every order at once: a limit at its price, a market order at 60,700."""

    name: str = "paper"
    placed: list[PlaceOrder] = field(default_factory=list)
    told: list[Fill | Ended] = field(default_factory=list)

    async def instruments(self) -> Mapping[str, Instrument]:
        return {SYMBOL: RULES}

    async def place(self, account_id: str, order: PlaceOrder, claimed_at: datetime) -> Accepted:
        self.placed.append(order)
        price = order.price or D(60700)
        number = str(len(self.placed))
        self.told.append(
            Fill(order.id, number, order.quantity, price, D(0), D(0), claimed_at, NO_FEE)
        )
        return Accepted(f"v{number}")

    async def cancel(self, account_id: str, command: CancelOrder) -> Cancelled:
        return Cancelled(D(0))

    async def find(self, account_id: str, order_id: str, symbol: str) -> Found | Absent:
        return Absent()

    async def fills(self, account_id: str, cursor: str) -> tuple[tuple[Report, ...], str]:
        return tuple(self.told[int(cursor or 0) :]), str(len(self.told))

    async def open_orders(self, account_id: str) -> tuple[OpenOrder, ...]:
        return ()

    async def positions(self, account_id: str) -> tuple[Held, ...]:
        bought = sum((one.quantity for one in self.placed if not one.reduce_only), D(0))
        sold = sum((one.quantity for one in self.placed if one.reduce_only), D(0))
        return (Held(SYMBOL, bought - sold),)

    async def wallet(self, account_id: str) -> Wallet:
        return Wallet(D(100_000), D(100_000), {}, START)

    def health(self) -> VenueHealth:
        return VenueHealth(True, 1.0, 0.0, 0.0, 0.0, 0.0, "")


@dataclass
class OnePrice:
    last: Quote | None = None

    def quote(self, board: str, symbol: str) -> Quote | None:
        return self.last

    def age(self) -> float | None:
        return None if self.last is None else 0.1


@dataclass
class House:
    """A database with one account, a venue and a market, and engines to start on them."""

    database: Database
    bus: Bus
    venue: FillingVenue = field(default_factory=FillingVenue)
    prices: OnePrice = field(default_factory=OnePrice)
    index: ThresholdIndex = field(default_factory=ThresholdIndex)
    engines: list[Engine] = field(default_factory=list)

    def engine(self) -> Engine:
        ports = Ports(
            store=PostgresStore(self.database),
            venues={"paper": self.venue},
            clock=WallClock(),
            bus=self.bus,
            prices=self.prices,
        )
        built = Engine(ports, DatabaseLock(self.database.dsn), lambda _: self.index)
        self.engines.append(built)
        return built

    async def price(self, engine: Engine, price: int) -> None:
        tick = Tick(SYMBOL, Decimal(price), WallClock().now())
        self.prices.last = Quote(tick.price, tick.at)
        await engine.watching.heard(tick, self.index.cross(SYMBOL, tick.price))

    async def enter(self, name: str = "s1", timeframe: int = 15) -> None:
        signal = Signal(
            id=name,
            source="tradingview",
            producer="hook",
            received_at=START,
            signal_time=START,
            symbol=SYMBOL,
            raw_symbol=SYMBOL,
            timeframe=timeframe,
            side=Side.LONG,
            intent=Intent.ENTER,
            entry_price=D(60000),
        )
        entry = InboxEntry("a", f"offer:{name}", SignalReceived(signal, "person"))
        await PostgresStore(self.database).put([entry], WallClock().now())
        self.bus.wake("inbox")

    async def group(self) -> Group | None:
        loaded = await PostgresStore(self.database).load("a")
        return next(iter(loaded.account.groups.values()), None)

    def has(self, status: GroupStatus) -> Callable[[], object]:
        async def check() -> bool:
            group = await self.group()
            return group is not None and group.status is status

        return check


@pytest.fixture
async def house(database: Database, bus: Bus) -> AsyncIterator[House]:
    user = await People(database, WallClock()).ensure(1, "Ada", None, "en")
    account = Account("a", "paper", AccountSettings(ladder=ONE_LEG))
    await open_account(database, NewAccount(account, user.id, "Paper", START))
    built = House(database, bus)
    yield built
    for engine in built.engines:
        await engine.stop()


async def test_from_an_approved_signal_to_a_closed_group(house: House) -> None:
    engine = house.engine()
    await engine.start()
    await until(lambda: engine.running)
    await house.price(engine, 60000)
    await house.enter()
    await until(house.has(GroupStatus.ACTIVE))
    await house.price(engine, 60650)
    await until(house.has(GroupStatus.CLOSED))
    assert [order.side for order in house.venue.placed] == [OrderSide.BUY, OrderSide.SELL]
    group = await house.group()
    assert group is not None
    assert group.realized_pnl_usd > 0
    assert engine.crashes == {}


async def test_an_engine_that_starts_finds_targets_passed_while_nobody_ran(house: House) -> None:
    first = house.engine()
    await first.start()
    await until(lambda: first.running)
    await house.price(first, 60000)
    await house.enter()
    await until(house.has(GroupStatus.ACTIVE))
    await first.stop()
    house.index = ThresholdIndex()
    house.prices.last = Quote(D(60900), WallClock().now())
    second = house.engine()
    await second.start()
    await until(house.has(GroupStatus.CLOSED))


async def test_one_engine_runs_and_the_next_takes_over(house: House) -> None:
    first, second = house.engine(), house.engine()
    await first.start()
    await until(lambda: first.running)
    await second.start()
    await second.fills.turn()
    assert not second.running
    await first.stop()
    assert not first.running
    await until(lambda: second.running)


async def test_an_engine_that_lost_its_lock_starts_over(house: House) -> None:
    engine = house.engine()
    await engine.start()
    await until(lambda: engine.running)
    async with house.database.pool.acquire() as connection:
        query = (
            "select pg_terminate_backend(pid) from pg_stat_activity "
            "where application_name = 'countersign-engine' and datname = current_database()"
        )
        assert await connection.fetchval(query)
    await until(lambda: not engine.running)
    await until(lambda: engine.running)
    assert engine.crashes == {}


async def test_the_heartbeat_is_written(house: House) -> None:
    engine = house.engine()
    await engine.start()
    beat = await until(lambda: last_beat(house.database, ENGINE))
    assert beat.data


async def test_engine_state_is_told_when_it_runs_and_when_it_stopped(house: House) -> None:
    query = "select data->>'state' from events where kind = 'engine_state' order by id"
    for _ in range(2):
        engine = house.engine()
        await engine.start()
        await until(lambda: house.database.pool.fetchval("select max(at) from heartbeats"))
        await until(lambda now=engine: now.running)
        await until(lambda: house.database.pool.fetchval("select count(*) from events"))
        await engine.stop()
    told = [row[0] for row in await house.database.pool.fetch(query)]
    assert told == ["running", "stopped"] * 2


class SlowVenue(FillingVenue):
    """Takes its time over the first order, and fills nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.reached, self.go_on = asyncio.Event(), asyncio.Event()
        self.cancels = 0

    async def place(self, account_id: str, order: PlaceOrder, claimed_at: datetime) -> Accepted:
        self.placed.append(order)
        self.reached.set()
        await self.go_on.wait()
        return Accepted(f"v{len(self.placed)}")

    async def cancel(self, account_id: str, command: CancelOrder) -> Cancelled:
        self.cancels += 1
        return Cancelled(D(0))


async def test_a_stop_takes_in_nothing_more_ends_what_is_under_way_and_leaves_orders_as_they_are(
    house: House,
) -> None:
    venue = house.venue = SlowVenue()
    engine = house.engine()
    await engine.start()
    await until(lambda: engine.running)
    await house.price(engine, 60000)
    await house.enter()
    await venue.reached.wait()
    async with asyncio.TaskGroup() as group:
        stopping = group.create_task(engine.stop())
        await until(lambda: not engine.running)
        assert not stopping.done(), "an order is under way"
        await house.enter("later", timeframe=60)
        venue.go_on.set()
    [order] = venue.placed
    status = await PostgresStore(house.database).outbox_status("a", order.id)
    assert status is OutboxStatus.DONE
    waits = await PostgresStore(house.database).pending(["a"], 10)
    kinds = [row.entry.fact.kind for row in waits["a"]]
    assert sorted(kinds) == ["order_accepted", "signal_received"], "nothing is decided any more"
    assert venue.cancels == 0
    free = DatabaseLock(house.database.dsn)
    assert await free.acquire(), "somebody else may run at once"
    await free.release()
