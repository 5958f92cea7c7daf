"""Traps of Binance, each once, over HTTP against the stand-in."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any, cast

import pytest

from engine.domain.words import MarketKind, OrderSide, OrderStatus, OrderType
from engine.venues.binance.venue import DIALECTS, binance
from engine.venues.exchange.net import Net, Place
from engine.venues.exchange.venue import ExchangeVenue, Office
from engine.venues.exchange.wire import Carrier, Secret
from engine.venues.port import Accepted, Cancelled, Found, Held, OutcomeUnknown
from engine.venues.registry import VenueRules
from foundation import limits
from foundation.clock import WallClock
from foundation.db import Database
from foundation.errors import Unavailable
from foundation.log import get_logger
from foundation.nursery import Nursery
from foundation.settings import load_settings
from tests.conformance.binance_stage import BinanceScript, binance_linear, binance_spot
from tests.conformance.stage import Stage
from tests.support.exchanges.binance_book import Refusal
from tests.support.keys import make_keyring
from tests.support.until import until

D = Decimal


@pytest.fixture
async def spot(database: Database) -> AsyncIterator[Stage]:
    async with binance_spot(database) as stage:
        yield stage


@pytest.fixture
async def linear(database: Database) -> AsyncIterator[Stage]:
    async with binance_linear(database) as stage:
        yield stage


def script(stage: Stage) -> BinanceScript:
    return cast(BinanceScript, stage.script)


def sent(stage: Stage, what: str) -> list[dict[str, str]]:
    return [query for line, query in script(stage).fake.requests if line == what]


async def test_a_stop_of_futures_goes_to_the_endpoint_for_conditional_orders(
    linear: Stage,
) -> None:
    await linear.place(linear.market_buy("entry"))
    stop = linear.sale("stop", "0.01", order_type=OrderType.STOP, trigger_price=D(58000))
    assert isinstance(await linear.place(stop), Accepted)
    [query] = sent(linear, "POST /fapi/v1/algoOrder")
    assert query["algoType"] == "CONDITIONAL"
    assert (query["type"], query["triggerPrice"]) == ("STOP_MARKET", "58000")
    assert (query["clientAlgoId"], query["reduceOnly"]) == (stop.id, "true")
    assert len(sent(linear, "POST /fapi/v1/order")) == 1
    await linear.script.price("57990")
    told = [fill.order_id for fill in await linear.fills()]
    assert told == [linear.market_buy("entry").id, stop.id]


async def test_conditional_orders_use_the_new_endpoints_for_the_old_one_refuses_them(
    linear: Stage,
) -> None:
    await linear.place(linear.market_buy("entry"))
    old_way = {"symbol": "BTCUSDT", "side": "SELL", "type": "STOP_MARKET", "quantity": "0.01"}
    with pytest.raises(Refusal) as caught:
        script(linear).book.place({**old_way, "stopPrice": "58000", "reduceOnly": "true"})
    assert caught.value.code == -4120
    stop = linear.sale("stop", "0.01", order_type=OrderType.STOP, trigger_price=D(58000))
    assert isinstance(await linear.place(stop), Accepted)
    cancelled = await linear.cancel(stop)
    assert isinstance(cancelled, Cancelled)
    asked = [line for line, _ in script(linear).fake.requests]
    assert "DELETE /fapi/v1/algoOrder" in asked


async def test_all_open_orders_are_asked_for_in_one_batch(linear: Stage) -> None:
    for n in range(4):
        await linear.place(linear.order(f"order {n}"))
    asked = script(linear).fake.asked
    before = asked.copy()
    assert len(await linear.venue.open_orders(linear.account)) == 4
    assert asked - before == {"GET /fapi/v1/openOrders": 1, "GET /fapi/v1/openAlgoOrders": 1}


async def test_a_spot_stop_carries_a_limit_where_the_symbol_takes_no_other(spot: Stage) -> None:
    await spot.place(spot.market_buy("entry"))
    stop = spot.sale("stop", "0.009", order_type=OrderType.STOP, trigger_price=D(58000))
    assert isinstance(await spot.place(stop), Accepted)
    query = sent(spot, "POST /api/v3/order")[-1]
    assert (query["type"], query["stopPrice"], query["price"]) == (
        "STOP_LOSS_LIMIT",
        "58000",
        "55100",
    )


async def test_in_hedge_mode_the_position_side_says_what_reduces(linear: Stage) -> None:
    script(linear).book.hedge = True
    await linear.save_keys(linear.script.new_key())
    await linear.place(linear.market_buy("long"))
    await linear.place(linear.market_buy("short", side=OrderSide.SELL))
    await linear.place(linear.sale("close", "0.01"))
    queries = sent(linear, "POST /fapi/v1/order")
    assert [query["positionSide"] for query in queries] == ["LONG", "SHORT", "LONG"]
    assert all("reduceOnly" not in query for query in queries)
    assert await linear.venue.positions(linear.account) == (Held("BTC/USDT:USDT", D("-0.01")),)


async def test_an_order_that_only_reduces_never_touches_the_leverage(linear: Stage) -> None:
    script(linear).book.leverage["BTCUSDT"] = 7
    script(linear).book.positions["BTCUSDT", "BOTH"] = D("0.01")
    assert isinstance(await linear.place(linear.sale("close", "0.01")), Accepted)
    assert linear.script.leverage() == 7


async def test_revoked_keys_end_the_stream_and_reading_goes_quiet(
    spot: Stage, database: Database
) -> None:
    await spot.place(spot.market_buy("one"))
    assert len(await spot.fills()) == 1
    await until(lambda: spot.script.streams() == 1)
    await make_keyring(database).revoke([spot.account], spot.clock.now())
    assert await spot.reports() == []
    await until(lambda: spot.script.streams() == 0)
    answer = await spot.place(spot.order("two"))
    assert (answer.code, answer.final) == ("authentication_failed", True)


async def test_many_calls_at_once_share_one_desk_and_one_reading_of_the_rules(spot: Stage) -> None:
    wallets = [spot.venue.wallet(spot.account) for _ in range(10)]
    assert len(await asyncio.gather(*wallets)) == 10
    fake = script(spot).fake
    assert fake.asked["GET /api/v3/exchangeInfo"] == 1


async def test_dust_may_be_closed_on_futures_by_an_order_that_only_reduces(linear: Stage) -> None:
    await linear.place(linear.market_buy("entry", "0.002"))
    dust = linear.sale("dust", "0.001", order_type=OrderType.LIMIT, price=D(60000))
    assert isinstance(await linear.place(dust), Accepted)


async def test_an_order_the_single_query_misses_is_found_in_the_lists(spot: Stage) -> None:
    one = spot.order("one")
    await spot.place(one)
    script(spot).user.forgotten.add(script(spot).book.orders[0].id)
    found = await spot.find(one)
    assert isinstance(found, Found)
    assert found.status is OrderStatus.OPEN


async def test_a_question_that_fails_is_asked_once_and_never_taken_for_no(spot: Stage) -> None:
    one = spot.order("one")
    await spot.place(one)
    fake = script(spot).fake
    fake.fail("GET", "/api/v3/order", ending="http", status=502)
    assert isinstance(await spot.find(one), OutcomeUnknown)
    assert fake.asked["GET /api/v3/order"] == 1


async def test_a_request_is_signed_with_the_time_of_its_claim_and_the_window(spot: Stage) -> None:
    claimed = spot.clock.now()
    spot.clock.advance(1.5)
    await spot.venue.place(spot.account, spot.order("one"), claimed)
    [query] = sent(spot, "POST /api/v3/order")
    assert abs(int(query["timestamp"]) - claimed.timestamp() * 1000) < 300
    assert query["recvWindow"] == "5000"
    assert query["newClientOrderId"] == spot.order("one").id


async def test_banned_for_a_while_nothing_is_sent_at_all(spot: Stage) -> None:
    await spot.venue.wallet(spot.account)
    fake = script(spot).fake
    banned = {"status": 418, "headers": {"Retry-After": "20"}}
    fake.refuse("POST", "/api/v3/order", -1003, "Way too much request weight used.", **banned)
    first = await spot.place(spot.order("one"))
    assert (first.code, first.retry_after) == ("rate_limited", 20)
    before = sum(fake.asked.values())
    second = await spot.place(spot.sale("two", "0.01"))
    assert second.code == "rate_limited"
    assert sum(fake.asked.values()) == before
    assert spot.venue.health().limit_used == 1


async def test_rules_are_shared_and_remembered_over_a_restart_without_the_exchange(
    spot: Stage, database: Database
) -> None:
    rules = await spot.venue.instruments()
    await spot.venue.wallet(spot.account)
    fake = script(spot).fake
    assert fake.asked["GET /api/v3/exchangeInfo"] == 1
    assert await VenueRules(database, "binance").instruments() == rules
    fake.fail("GET", "/api/v3/time", times=5, ending="reset")
    assert spot.reopen is not None
    assert await spot.reopen().instruments() == rules


async def test_rules_are_read_anew_every_hour_and_old_ones_serve_while_that_fails(
    spot: Stage,
) -> None:
    await spot.venue.instruments()
    fake = script(spot).fake
    fake.markets["spot"].symbols["BTCUSDT"]["filters"][0]["tickSize"] = "0.10000000"
    spot.clock.advance(load_settings({}).precision_refresh_seconds + 1)
    fake.fail("GET", "/api/v3/exchangeInfo", ending="http", status=503)
    assert (await spot.venue.instruments())["BTC/USDT"].tick == D("0.01")
    assert (await spot.venue.instruments())["BTC/USDT"].tick == D("0.01")
    spot.clock.advance(limits.RULES_RETRY_S)
    assert (await spot.venue.instruments())["BTC/USDT"].tick == D("0.1")
    assert fake.asked["GET /api/v3/exchangeInfo"] == 3


async def test_without_an_account_nothing_goes_to_the_network(database: Database) -> None:
    nursery = Nursery(get_logger("test"))
    settings = load_settings({"DATA_DIR": "unused", "BINANCE_API_URL": "http://127.0.0.1:9"})
    office = Office(database, WallClock(), make_keyring(database), nursery, lambda: None)
    venue = ExchangeVenue(binance(settings), office)
    assert await venue.instruments() == {}
    assert venue.health().reachable
    with pytest.raises(Unavailable) as caught:
        await venue.wallet("nobody")
    assert caught.value.code == "authentication_failed"
    await venue.close()


@pytest.mark.parametrize("market", [MarketKind.SPOT, MarketKind.LINEAR])
async def test_the_base_address_is_put_in_after_the_test_net(market: MarketKind) -> None:
    dialect: Any = next(one for one in DIALECTS if one.market is market)
    carrier, clock = Carrier(), WallClock()
    group = "private" if market is MarketKind.SPOT else "fapiPrivate"
    try:
        for test_net in (False, True):
            net = Net(Place("binance", market, test_net), dialect, clock, 3600)
            secret = Secret("k", "s")
            own = await carrier.client("binance", net, secret, None)
            ours = await carrier.client("binance", net, secret, "http://127.0.0.1:9")
            wanted = "testnet.binance.vision" if market is MarketKind.SPOT else "demo-fapi"
            assert (wanted in own.urls["api"][group]) == test_net
            assert ours.urls["api"][group].startswith("http://127.0.0.1:9/")
            assert ours.enableRateLimit is False
            for client in (own, ours):
                client.session = None
    finally:
        await carrier.close()


async def test_a_symbol_described_in_a_way_of_its_own_is_left_out_alone(linear: Stage) -> None:
    symbols = script(linear).fake.markets["linear"].symbols
    symbols["ETHUSDT"] = {**symbols["ETHUSDT"], "filters": [{"filterType": "OF_TOMORROW"}]}
    assert sorted(await linear.venue.instruments())[:3] == [
        "ADA/USDT:USDT",
        "BNB/USDT:USDT",
        "BTC/USDT:USDT",
    ]
    assert isinstance(await linear.place(linear.order("one")), Accepted)
    answer = await linear.place(linear.order("two", symbol="ETH/USDT:USDT"))
    assert answer.text == "Binance does not list ETH/USDT:USDT."


async def test_a_list_of_symbols_that_is_something_else_leaves_the_old_rules_in_use(
    spot: Stage,
) -> None:
    await spot.venue.instruments()
    fake = script(spot).fake
    spot.clock.advance(load_settings({}).precision_refresh_seconds + 1)
    fake.fail("GET", "/api/v3/exchangeInfo", ending="instead", status=200, code=0)
    assert isinstance(await spot.place(spot.order("one")), Accepted)


async def test_two_accounts_share_one_reading_of_the_rules(spot: Stage) -> None:
    assert spot.open_second is not None
    other = await spot.open_second()
    for account in (spot.account, other):
        await spot.venue.wallet(account)
    assert script(spot).fake.asked["GET /api/v3/exchangeInfo"] == 1


async def test_closing_the_venue_ends_its_streams_and_lets_go_of_its_connections(
    spot: Stage,
) -> None:
    await spot.place(spot.market_buy("one"))
    await spot.reports()
    await until(lambda: spot.script.streams() == 1)
    assert isinstance(spot.venue, ExchangeVenue)
    session = spot.venue._lobby._carrier.session
    await spot.venue.close()
    await until(lambda: spot.script.streams() == 0)
    assert session.closed


async def test_ccxt_chooses_part_of_its_errors_by_the_address_and_ours_do_not_change() -> None:
    dialect: Any = next(one for one in DIALECTS if one.market is MarketKind.LINEAR)
    carrier = Carrier()
    try:
        net = Net(Place("binance", MarketKind.LINEAR, test_net=False), dialect, WallClock(), 3600)
        client = await carrier.client("binance", net, Secret("k", "s"), "http://127.0.0.1:9")
        at_home = client.get_exceptions_by_url("https://fapi.binance.com/fapi/v1/order", "exact")
        elsewhere = client.get_exceptions_by_url("http://127.0.0.1:9/fapi/v1/order", "exact")
        assert "-4164" in at_home
        assert elsewhere == {}
        client.session = None
    finally:
        await carrier.close()
    rejection = dialect.read_error(400, {"code": -4164, "msg": "too small"}, {})
    refused = dialect.errors.refused(rejection)
    assert (refused.code, refused.final) == ("invalid_order", True)
