"""The paper venue on real tables: once, at the right price, through crashes and repeats."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from engine.domain.commands import CancelOrder, PlaceOrder
from engine.domain.words import OrderSide, OrderStatus, OrderType, TimeInForce
from engine.market.hub import Hub
from engine.market.ticks import PAPER, Tick
from engine.venues.paper import books
from engine.venues.paper.match import Terms
from engine.venues.paper.venue import DEPOSIT_USD, OWNER, PaperVenue
from engine.venues.port import (
    Absent,
    Accepted,
    Cancelled,
    Ended,
    Fill,
    Found,
    Held,
    OutcomeUnknown,
    Refused,
)
from foundation import limits
from foundation.db import Database
from foundation.errors import Unavailable
from foundation.log import get_logger
from foundation.nursery import Nursery
from tests.support.clock import FakeClock
from tests.support.feed import QuietFeed

D = Decimal
BTC, ETH = "BTC/USDT", "ETH/USDT"


def order(name: str, **changes: Any) -> PlaceOrder:
    plain = PlaceOrder(
        id=name,
        group_id="g",
        symbol=BTC,
        side=OrderSide.BUY,
        order_type=OrderType.LIMIT,
        quantity=D("0.01"),
        price=D(60000),
        reduce_only=False,
        priority=1,
        valid_until=None,
    )
    return replace(plain, **changes)


def sale(name: str, quantity: str = "0.01", **changes: Any) -> PlaceOrder:
    plain = {
        "side": OrderSide.SELL,
        "order_type": OrderType.MARKET,
        "price": None,
        "quantity": D(quantity),
        "reduce_only": True,
        "priority": 0,
    }
    return order(name, **{**plain, **changes})


class World:
    """A venue, its market and a way to move both."""

    def __init__(self, database: Database, clock: FakeClock, terms: Terms | None = None) -> None:
        self.database, self.clock = database, clock
        self.hub = Hub(database, clock, PAPER)
        self.wakes = 0
        self.venue = PaperVenue(database, clock, self.hub, self._woken, terms)
        self.hub.listen(OWNER, self.venue.crossed)

    def _woken(self) -> None:
        self.wakes += 1

    async def price(self, price: str | int, symbol: str = BTC) -> None:
        await self.hub.tick(Tick(symbol, D(price), self.clock.now()))

    async def place(self, one: PlaceOrder, account: str = "a") -> Any:
        return await self.venue.place(account, one, self.clock.now())

    async def fills(self, account: str = "a") -> list[Fill]:
        reports, _ = await self.venue.fills(account, "")
        return [report for report in reports if isinstance(report, Fill)]

    async def balances(self, account: str = "a") -> dict[str, Decimal]:
        rows = await self.database.pool.fetch(
            "select asset, amount from paper_balances where account_id = $1", account
        )
        return {row["asset"]: row["amount"] for row in rows}


@pytest.fixture
async def nursery() -> AsyncIterator[Nursery]:
    opened = Nursery(get_logger("test"))
    yield opened
    await opened.stop()


@pytest.fixture
async def world(database: Database, clock: FakeClock, nursery: Nursery) -> World:
    made = World(database, clock)
    made.hub.start(nursery, QuietFeed(BTC, ETH))
    await made.price(61000)
    return made


async def test_a_limit_rests_and_fills_at_its_price_when_passed(world: World) -> None:
    assert isinstance(await world.place(order("one")), Accepted)
    assert await world.fills() == []
    await world.price("60000.01")
    assert await world.fills() == []
    await world.price(58000)
    [fill] = await world.fills()
    assert (fill.order_id, fill.price, fill.quantity) == ("one", D(60000), D("0.01"))
    assert fill.fee_usd == D("0.6")
    assert await world.balances() == {"BTC": D("0.01"), "USDT": D("-600.6")}
    assert world.wakes == 1
    assert list(world.venue.news()) == ["a"]
    assert list(world.venue.news()) == []
    found = await world.venue.find("a", "one", BTC)
    assert isinstance(found, Found)
    assert (found.status, found.filled) == (OrderStatus.FILLED, D("0.01"))


async def test_a_stop_sleeps_until_its_trigger_and_then_fills_at_market(world: World) -> None:
    await world.place(order("one", price=D(62000)))
    stop = sale("stop", order_type=OrderType.STOP, trigger_price=D(60500))
    assert isinstance(await world.place(stop), Accepted)
    await world.price("60500.01")
    assert len(await world.fills()) == 1
    await world.price(60400)
    fill = (await world.fills())[-1]
    assert (fill.order_id, fill.price) == ("stop", D("60387.92"))
    assert await world.venue.open_orders("a") == ()


async def test_a_limit_that_may_not_wait_fills_now_or_ends(world: World) -> None:
    ioc = TimeInForce.IOC
    await world.place(order("now", price=D(61000), time_in_force=ioc))
    await world.place(order("never", price=D(60999), time_in_force=ioc))
    reports, _ = await world.venue.fills("a", "")
    assert [type(one).__name__ for one in reports] == ["Fill", "Ended"]
    assert reports[1] == Ended("never", D(0))
    found = await world.venue.find("a", "never", BTC)
    assert isinstance(found, Found)
    assert found.status is OrderStatus.CANCELLED
    await world.price(50000)
    assert len(await world.fills()) == 1


async def test_a_marketable_limit_fills_at_once_at_the_better_price(world: World) -> None:
    await world.place(order("one", price=D(62000)))
    [fill] = await world.fills()
    assert fill.price == D(61000)
    assert len(world.hub.index) == 0


async def test_the_same_client_id_again_is_the_first_order(world: World) -> None:
    copies = [world.place(order("one", price=D(62000))) for _ in range(20)]
    answers = await asyncio.gather(*copies)
    assert len({answer.venue_order_id for answer in answers}) == 1
    other = await world.place(order("one", price=D(59000), quantity=D(1)))
    assert other == answers[0]
    assert len(await world.fills()) == 1
    assert await world.balances() == {"BTC": D("0.01"), "USDT": D("-610.61")}


async def test_a_repeat_that_would_be_refused_by_now_is_still_the_first_order(
    world: World,
) -> None:
    await world.place(order("in", order_type=OrderType.MARKET, price=None))
    first = await world.place(sale("out"))
    assert isinstance(first, Accepted)
    assert await world.place(sale("out")) == first  # nothing is left to close
    claimed_at = world.clock.now()
    world.clock.advance(limits.ORDER_VALIDITY_S + 1)
    assert await world.venue.place("a", sale("out"), claimed_at) == first
    assert len(await world.fills()) == 2


async def test_one_tick_fills_the_orders_of_many_accounts_each_once(world: World) -> None:
    for account in ("a", "b", "c"):
        for name in ("one", "two"):
            await world.place(order(name), account)
    await world.place(order("deep", price=D(50000)))
    await world.price(59000)
    for account in ("a", "b", "c"):
        assert [fill.order_id for fill in await world.fills(account)] == ["one", "two"]
        held = await world.balances(account)
        assert held == {"BTC": D("0.02"), "USDT": D("-1201.2")}
    assert [one.order_id for one in await world.venue.open_orders("a")] == ["deep"]


async def test_accounts_share_client_ids_and_nothing_else(world: World) -> None:
    await world.place(order("one", price=D(62000)), "a")
    await world.place(order("one"), "b")
    assert await world.fills("b") == []
    assert await world.balances("b") == {}


async def test_what_was_passed_while_down_fills_at_its_limit_on_the_first_tick(
    database: Database, clock: FakeClock, nursery: Nursery, world: World
) -> None:
    await world.place(order("one"))
    again = World(database, clock)
    again.hub.start(nursery, QuietFeed(BTC))
    await again.venue.start()
    await again.price(50000)
    [fill] = await again.fills()
    assert fill.price == D(60000)


async def test_a_gap_fills_every_resting_order_once_in_order(world: World) -> None:
    for name, price in (("c", 58000), ("a", 60000), ("b", 59000)):
        await world.place(order(name, price=D(price)))
    await world.price(57000)
    await world.price(56000)
    assert [fill.order_id for fill in await world.fills()] == ["a", "b", "c"]


async def test_a_cancelled_order_never_fills_and_says_its_count(world: World) -> None:
    await world.place(order("one"))
    cancel = CancelOrder("x", "g", BTC, "one")
    assert await world.venue.cancel("a", cancel) == Cancelled(D(0))
    assert await world.venue.cancel("a", cancel) == Cancelled(D(0))
    await world.price(50000)
    assert await world.fills() == []
    filled = order("two", price=D(62000))
    await world.place(filled)
    assert await world.venue.cancel("a", CancelOrder("y", "g", BTC, "two")) == Cancelled(D("0.01"))


async def test_a_cancel_of_nothing_is_refused(world: World) -> None:
    answer = await world.venue.cancel("a", CancelOrder("x", "g", BTC, "nothing"))
    assert isinstance(answer, Refused)
    assert answer.code == "unknown_order"
    assert await world.venue.find("a", "nothing", BTC) == Absent()


async def test_shorts_are_allowed_and_mirror_longs(world: World) -> None:
    short = order("s", side=OrderSide.SELL, order_type=OrderType.MARKET, price=None)
    await world.place(short)
    cover = order("c", order_type=OrderType.MARKET, price=None, reduce_only=True)
    assert isinstance(await world.place(cover), Accepted)
    held = await world.balances()
    assert held["BTC"] == 0
    assert held["USDT"] < 0


async def test_a_reducer_never_turns_the_position(world: World) -> None:
    await world.place(order("one", price=D(62000)))
    answer = await world.place(sale("much", "0.02"))
    assert isinstance(answer, Refused)
    assert answer.code == "would_not_reduce"
    assert "only 0.01 BTC can be closed" in answer.text
    assert isinstance(await world.place(sale("all")), Accepted)


async def test_partial_fills_take_several_prices(
    database: Database, clock: FakeClock, nursery: Nursery
) -> None:
    world = World(database, clock, Terms(fill_fraction=D("0.4")))
    world.hub.start(nursery, QuietFeed(BTC))
    await world.price(61000)
    await world.place(order("one"))
    for price in (60000, 60100, 59900, 59000, 58000):
        await world.price(price)
    fills = await world.fills()
    assert [fill.quantity for fill in fills] == [D("0.004"), D("0.004"), D("0.002")]
    assert {fill.price for fill in fills} == {D(60000)}


async def test_a_symbol_without_a_feed_is_refused_in_plain_words(world: World) -> None:
    answer = await world.place(order("one", symbol="SOL/USDT"))
    assert answer == Refused(
        "symbol_not_tradable",
        "The paper venue has no price feed for SOL/USDT. It trades BTC/USDT, ETH/USDT.",
    )


async def test_without_a_fresh_price_a_market_order_waits(world: World) -> None:
    answer = await world.place(order("one", symbol=ETH))
    assert isinstance(answer, Refused)
    assert (answer.code, answer.final) == ("no_price", False)
    await world.place(order("two", price=D(62000)))
    world.clock.advance(limits.FEED_STALE_S + 1)
    answer = await world.place(sale("three"))
    assert isinstance(answer, Refused)
    assert (answer.code, answer.final) == ("no_price", False)
    # a limit may wait at the venue for the feed to come back
    assert isinstance(await world.place(order("four", price=D(62000))), Accepted)
    assert [fill.order_id for fill in await world.fills()] == ["two"]
    await world.price(61500)
    assert [fill.order_id for fill in await world.fills()] == ["two", "four"]


async def test_an_order_after_its_window_is_dropped(world: World) -> None:
    claimed = world.clock.now()
    world.clock.advance(limits.ORDER_VALIDITY_S + 1)
    answer = await world.venue.place("a", order("one"), claimed)
    assert isinstance(answer, Refused)
    assert (answer.code, answer.final) == ("too_late", False)
    assert await world.venue.find("a", "one", BTC) == Absent()


@asynccontextmanager
async def others_turn(world: World, account: str = "a") -> AsyncIterator[None]:
    """Somebody else writes for the account meanwhile."""
    async with world.database.pool.acquire() as connection, connection.transaction():
        await books.take_turns(connection, [account])
        yield


@pytest.mark.parametrize("one", [order("late"), sale("late")])
async def test_an_order_whose_window_ends_while_it_waits_is_never_placed(
    world: World, one: PlaceOrder
) -> None:
    await world.place(order("held", order_type=OrderType.MARKET, price=None))
    claimed = world.clock.now() - timedelta(seconds=limits.ORDER_VALIDITY_S - 0.2)
    async with others_turn(world):
        answer = await world.venue.place("a", one, claimed)
        assert isinstance(answer, OutcomeUnknown)
    await asyncio.sleep(0.2)
    assert await world.venue.find("a", "late", BTC) == Absent()
    assert [fill.order_id for fill in await world.fills()] == ["held"]


async def test_an_order_whose_turn_comes_too_late_writes_nothing(world: World) -> None:
    rules = (await world.venue.instruments())[BTC]
    placing = books.Placing(order("late"), None, rules, D(61000))
    async with world.database.pool.acquire() as connection, asyncio.TaskGroup() as tasks:
        async with others_turn(world):
            now = world.clock.now()
            writing = tasks.create_task(books.place(connection, "a", placing, now, 0.1))
            await asyncio.sleep(0.3)
        assert await writing is None
        assert await books.one(connection, "a", "late") is None
        assert await books.place(connection, "a", placing, world.clock.now(), 0.1)


async def test_a_reducing_order_is_drawn_again_when_its_turn_comes(world: World) -> None:
    await world.place(order("held", order_type=OrderType.MARKET, price=None))
    async with asyncio.TaskGroup() as tasks, others_turn(world):
        placing = tasks.create_task(world.place(sale("late")))
        await asyncio.sleep(0.2)
        world.clock.advance(limits.ORDER_VALIDITY_S + 1)
    answer = placing.result()
    assert isinstance(answer, Refused)
    assert (answer.code, answer.final) == ("too_late", False)
    assert await world.venue.find("a", "late", BTC) == Absent()


@pytest.mark.parametrize(
    "changes",
    [
        {"quantity": D("0.0000001")},
        {"price": D("60000.005")},
        {"price": None},
        {"quantity": D("0.00002"), "price": D(60000)},
    ],
)
async def test_filters_refuse_for_good(world: World, changes: dict[str, Any]) -> None:
    answer = await world.place(order("one", **changes))
    assert isinstance(answer, Refused)
    assert (answer.code, answer.final) == ("invalid_order", True)


async def test_what_waits_what_is_held_and_the_money_can_be_asked_for(world: World) -> None:
    await world.place(order("rests"))
    await world.place(order("fills", price=D(62000)))
    [waiting] = await world.venue.open_orders("a")
    assert (waiting.order_id, waiting.symbol, waiting.quantity) == ("rests", BTC, D("0.01"))
    assert (waiting.price, waiting.filled) == (D(60000), D(0))
    assert await world.venue.positions("a") == (Held(BTC, D("0.01")),)
    wallet = await world.venue.wallet("a")
    assert wallet.free_usd == wallet.wallet_usd == DEPOSIT_USD - D("610.61")
    assert wallet.assets == {"BTC": D("0.01"), "USDT": D("-610.61")}
    assert await world.venue.positions("b") == ()
    assert await world.venue.open_orders("b") == ()
    assert world.venue.health().reachable
    world.clock.advance(limits.FEED_STALE_S + 1)
    assert not world.venue.health().reachable


async def test_fills_are_read_in_pages_by_their_cursor(world: World) -> None:
    for n in range(3):
        await world.place(order(f"o{n}", price=D(62000)))
    first, cursor = await world.venue.fills("a", "")
    assert len(first) == 3
    assert await world.venue.fills("a", cursor) == ((), cursor)
    await world.place(order("o3", price=D(62000)))
    later, _ = await world.venue.fills("a", cursor)
    assert [fill.order_id for fill in later] == ["o3"]


async def test_the_books_conserve_money(world: World) -> None:
    await world.place(order("one"))
    await world.price(59000)
    await world.price(63000)
    await world.place(sale("two"))
    held, fills = await world.balances(), await world.fills()
    sign = {"one": -1, "two": 1}
    cash = sum((sign[f.order_id] * f.quantity * f.price - f.fee_usd for f in fills), D(0))
    assert held == {"BTC": D(0), "USDT": cash}
    assert cash > 0


async def test_a_database_that_is_away_makes_outcomes_unknown(
    database: Database, clock: FakeClock, nursery: Nursery
) -> None:
    world = World(database, clock)
    world.hub.start(nursery, QuietFeed(BTC))
    await world.price(61000)
    await database.pool.execute("alter table paper_orders rename to hidden")
    assert isinstance(await world.place(order("one")), OutcomeUnknown)
    assert isinstance(await world.venue.find("a", "one", BTC), OutcomeUnknown)
    with pytest.raises(Unavailable):
        await world.venue.fills("a", "")


async def test_a_crossing_the_books_could_not_take_is_told_again(world: World) -> None:
    await world.place(order("one"))
    pool = world.database.pool
    await pool.execute("alter table paper_fills rename to hidden")
    await world.price(59000)
    await pool.execute("alter table hidden rename to paper_fills")
    assert await world.fills() == []
    await world.price(63000)
    [fill] = await world.fills()
    assert fill.price == D(60000)


async def test_finding_an_order_of_unknown_outcome_arms_it(
    database: Database, clock: FakeClock, nursery: Nursery, world: World
) -> None:
    await world.place(order("one"))
    other = World(database, clock)
    other.hub.start(nursery, QuietFeed(BTC))
    assert isinstance(await other.venue.find("a", "one", BTC), Found)
    await other.price(59000)
    assert len(await other.fills()) == 1


async def test_rules_are_told_for_what_the_feed_serves(
    database: Database, clock: FakeClock, world: World
) -> None:
    assert sorted(await world.venue.instruments()) == [BTC, ETH]
    with pytest.raises(Unavailable):
        await World(database, clock).venue.instruments()
