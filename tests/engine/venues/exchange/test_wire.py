"""How ccxt is set up, and what accounts of one venue share on their way there."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from engine.domain.words import MarketKind
from engine.venues.exchange.net import Net, Place
from engine.venues.exchange.wire import Carrier, Secret
from engine.venues.registry import EXCHANGES
from foundation import limits
from foundation.settings import load_settings
from tests.support.clock import FakeClock

ADDRESS = "http://127.0.0.1:9"


@pytest.fixture
async def carrier() -> AsyncIterator[Carrier]:
    made = Carrier()
    yield made
    await made.close()


@pytest.mark.parametrize("test_net", [False, True])
@pytest.mark.parametrize("market", [MarketKind.SPOT, MarketKind.LINEAR])
@pytest.mark.parametrize("name", sorted(EXCHANGES))
async def test_a_base_address_of_the_settings_holds_on_the_test_net_too(
    carrier: Carrier, clock: FakeClock, name: str, market: MarketKind, test_net: bool
) -> None:
    exchange = EXCHANGES[name](load_settings({}))
    net = Net(Place(name, market, test_net), exchange.dialect(market), clock, 3600)
    client = await carrier.client(name, net, Secret("a" * 16, "b" * 16), ADDRESS)
    groups = {"binance": ("private", "fapiPrivate"), "bybit": ("public", "private")}[name]
    for group in groups if name == "bybit" else (groups[market is MarketKind.LINEAR],):
        assert client.urls["api"][group].startswith(ADDRESS)
    client.session = None


@pytest.mark.parametrize("market", [MarketKind.SPOT, MarketKind.LINEAR])
@pytest.mark.parametrize("name", sorted(EXCHANGES))
async def test_ccxt_signs_and_carries_and_does_nothing_else(
    carrier: Carrier, clock: FakeClock, name: str, market: MarketKind
) -> None:
    exchange = EXCHANGES[name](load_settings({}))
    net = Net(Place(name, market, test_net=False), exchange.dialect(market), clock, 3600)
    first = await carrier.client(name, net, Secret("a" * 16, "b" * 16), ADDRESS)
    other = await carrier.client(name, net, Secret("c" * 16, "d" * 16), ADDRESS)
    for client in (first, other):
        assert client.enableRateLimit is False, "its throttle signs late"
        assert client.options["maxRetriesOnFailure"] == 0, "a retry would send twice"
        assert client.options["recvWindow"] == int(limits.ORDER_VALIDITY_S * 1000)
        assert client.options["adjustForTimeDifference"] is False
        assert client.session is carrier.session, "one connection pool per venue"
        assert not client.markets, "rules are read once for all accounts, by us"
        urls = [url for url in client.urls["api"].values() if isinstance(url, str)]
        assert urls
        assert all(url.startswith(ADDRESS) for url in urls)
        client.session = None
    assert (first.apiKey, other.apiKey) == ("a" * 16, "c" * 16)
