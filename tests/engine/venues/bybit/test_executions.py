"""Executions are read once each, none is lost: late ones, many at once, long silences."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from decimal import Decimal

import pytest

from engine.domain.words import MarketKind, OrderSide
from engine.venues.bybit.executions import Mark
from engine.venues.bybit.rows import millis
from engine.venues.exchange.dialect import Trade
from engine.venues.exchange.fees import Rates, as_fill
from foundation import limits
from tests.engine.venues.bybit.kit import CLOCK, LINEAR, Link, linked
from tests.support.exchanges.bybit import FakeBybit, User

D = Decimal
DAY_MS = 24 * 3600 * 1000


@pytest.fixture
async def fake() -> AsyncIterator[FakeBybit]:
    async with FakeBybit() as served:
        yield served


@pytest.fixture
def user(fake: FakeBybit) -> User:
    return fake.user()


@pytest.fixture
async def spot(fake: FakeBybit, user: User) -> AsyncIterator[Link]:
    async with linked(fake, user, MarketKind.SPOT) as link:
        yield link


@pytest.fixture
async def linear(fake: FakeBybit, user: User) -> AsyncIterator[Link]:
    async with linked(fake, user, MarketKind.LINEAR) as link:
        yield link


async def read(link: Link, mark: str) -> tuple[list[Trade], str]:
    """Everything after the mark, page after page."""
    found: list[Trade] = []
    for _ in range(100):
        page = await link.dialect.trades(link.wire, None, mark)
        found += page.trades
        mark = page.mark
        if not page.more:
            return found, mark
    raise AssertionError("reading never comes to an end")


async def buy(link: Link, count: int, quantity: str = "0.001") -> None:
    for _ in range(count):
        await link.place(link.order(quantity, priority=0))


def at(link: Link, n: int, milliseconds: int) -> None:
    """Move the n-th execution in time."""
    import dataclasses

    done = link.user.book.executions
    done[n] = dataclasses.replace(done[n], at=milliseconds)


async def test_each_execution_is_told_once_with_our_order_and_its_fee(spot: Link) -> None:
    mark = await spot.dialect.mark(spot.wire, None)
    order = spot.order("0.01")
    await spot.place(order)
    (trade,), mark = await read(spot, mark)
    assert (trade.order_id, trade.quantity, trade.price) == (order.id, D("0.01"), D(60000))
    assert (trade.fee, trade.fee_asset, trade.side) == (D("0.00001"), "BTC", OrderSide.BUY)
    assert await read(spot, mark) == ([], mark)


async def test_an_empty_fee_currency_is_the_coin_it_settles_in(linear: Link) -> None:
    mark = await linear.dialect.mark(linear.wire, None)
    await buy(linear, 1, "0.01")
    (trade,), _ = await read(linear, mark)
    assert (trade.symbol, trade.fee, trade.fee_asset) == (LINEAR, D("0.33"), "USDT")


async def test_a_fee_in_a_third_coin_is_worth_what_that_coin_is(spot: Link) -> None:
    spot.fake.world.fee_coin = "XRP"
    spot.user.book.coins["XRP"] = D(100)
    mark = await spot.dialect.mark(spot.wire, None)
    await buy(spot, 1, "0.01")
    (trade,), _ = await read(spot, mark)
    fill, unpriced = await as_fill(trade, "id", "BTC", Rates(), spot.wire)
    assert (trade.fee_asset, fill.fee_usd, fill.fee_in_base) == ("XRP", D("0.6"), 0)
    assert fill.fee.rate is not None
    assert (fill.fee.asset, fill.fee.amount * fill.fee.rate) == ("XRP", D("0.6"))
    assert unpriced is None
    assert await spot.dialect.rate(spot.wire, "NOSUCHCOIN") is None


async def test_an_execution_that_shows_late_is_told_though_a_later_one_was(spot: Link) -> None:
    mark = await spot.dialect.mark(spot.wire, None)
    await buy(spot, 2)
    hidden = spot.user.book.executions.pop(0)
    told, mark = await read(spot, mark)
    assert len(told) == 1
    spot.user.book.executions.insert(0, hidden)
    late, mark = await read(spot, mark)
    assert [trade.trade_id for trade in late] == [hidden.exec_id]
    assert await read(spot, mark) == ([], mark)


async def test_many_executions_come_over_pages_oldest_first(spot: Link) -> None:
    spot.fake.page = 3
    mark = await spot.dialect.mark(spot.wire, None)
    await buy(spot, 10, "0.0001")
    told, mark = await read(spot, mark)
    assert [trade.trade_id for trade in told] == [e.exec_id for e in spot.user.book.executions]
    assert await read(spot, mark) == ([], mark)


async def test_more_than_one_go_allows_is_read_from_the_old_end(
    spot: Link, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "VENUE_PAGES_MAX", 2)
    spot.fake.page = 2
    await buy(spot, 12, "0.0001")
    now = spot.fake.now()
    for n in range(12):
        at(spot, n, now - (12 - n) * 60_000)
    told, _ = await read(spot, str(Mark(now - 30 * 60_000)))
    assert [trade.trade_id for trade in told] == [e.exec_id for e in spot.user.book.executions]


async def test_weeks_of_silence_are_walked_week_by_week(spot: Link) -> None:
    await buy(spot, 2)
    now = spot.fake.now()
    at(spot, 0, now - 20 * DAY_MS)
    told, mark = await read(spot, str(Mark(now - 25 * DAY_MS)))
    assert [trade.trade_id for trade in told] == [e.exec_id for e in spot.user.book.executions]
    windows = [q for path, q in spot.fake.requests if path == "/v5/execution/list"]
    assert len(windows) >= 4
    assert all(int(q["endTime"]) - int(q["startTime"]) <= 7 * DAY_MS for q in windows)
    assert await read(spot, mark) == ([], mark)


async def test_the_mark_of_a_quiet_account_follows_the_time(spot: Link) -> None:
    old = str(Mark(spot.fake.now() - 3 * DAY_MS))
    told, mark = await read(spot, old)
    assert told == []
    assert Mark.parse(mark).at_ms > spot.fake.now() - DAY_MS
    assert await read(spot, mark) == ([], mark)


async def test_orders_by_hand_are_told_as_nobodys(spot: Link) -> None:
    mark = await spot.dialect.mark(spot.wire, None)
    await spot.place(spot.order("0.001", id=""))
    (trade,), _ = await read(spot, mark)
    assert trade.order_id == ""


async def test_funding_is_a_payment_and_no_fill(linear: Link) -> None:
    since = CLOCK.now() - timedelta(minutes=1)
    mark = await linear.dialect.mark(linear.wire, None)
    await buy(linear, 1, "0.02")
    linear.user.book.fund("BTCUSDT", D("0.0001"))
    told, _ = await read(linear, mark)
    assert len(told) == 1
    (payment,) = await linear.dialect.funding(linear.wire, since)
    assert (payment.symbol, payment.amount, payment.asset) == (LINEAR, D("-0.12"), "USDT")
    later = payment.at + timedelta(milliseconds=1)
    assert await linear.dialect.funding(linear.wire, later) == ()
    assert millis(payment.at) == linear.user.book.executions[-1].at


async def test_funding_of_weeks_ago_is_not_forgotten(linear: Link) -> None:
    await buy(linear, 1, "0.02")
    for _ in range(3):
        linear.user.book.fund("BTCUSDT", D("0.0001"))
    now = linear.fake.now()
    at(linear, 1, now - 20 * DAY_MS)
    at(linear, 2, now - 9 * DAY_MS)
    # what happens in the very moment of asking is told the next time
    at(linear, 3, now - 1_000)
    paid = await linear.dialect.funding(linear.wire, CLOCK.now() - timedelta(days=30))
    assert [payment.id for payment in paid] == [
        done.exec_id for done in linear.user.book.executions[1:]
    ]
