"""The fake Bybit keeps the venue's rules: asked with raw signed requests and through ccxt."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import time
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import unquote, urlencode

import aiohttp
import ccxt.async_support as ccxt
import pytest
from yarl import URL

from tests.support.exchanges.bybit import FakeBybit, User


class Raw:
    """Signed requests without a client library."""

    def __init__(self, venue: FakeBybit, session: aiohttp.ClientSession) -> None:
        self.venue = venue
        self.session = session
        self.key = "key"
        self.secret = "secret"
        self.late_ms = 0

    async def ask(self, method: str, path: str, **query: Any) -> Any:
        payload = json.dumps(query) if method == "POST" else urlencode(query)
        stamp = str(int(time.time() * 1000) - self.late_ms)  # noqa: TID251 - the client's own clock
        signed = f"{stamp}{self.key}5000{payload}".encode()
        headers = {
            "X-BAPI-API-KEY": self.key,
            "X-BAPI-TIMESTAMP": stamp,
            "X-BAPI-RECV-WINDOW": "5000",
            "X-BAPI-SIGN": hmac.new(self.secret.encode(), signed, hashlib.sha256).hexdigest(),
        }
        url = f"{self.venue.url}/v5/{path}"
        if method == "GET":
            asked = self.session.get(URL(f"{url}?{payload}", encoded=True), headers=headers)
        else:
            asked = self.session.post(url, data=payload, headers=headers)
        async with asked as answer:
            self.headers = answer.headers
            return await answer.json()

    async def code(self, method: str, path: str, **query: Any) -> int:
        return int((await self.ask(method, path, **query))["retCode"])

    async def order(self, link: str, **changes: str) -> int:
        """Code of the answer to an order for 0.01 BTC on spot, changed like this."""
        order = {
            "category": "spot",
            "symbol": "BTCUSDT",
            "side": "Buy",
            "orderType": "Limit",
            "qty": "0.01",
            "price": "59000",
            "orderLinkId": link,
        }
        return await self.code("POST", "order/create", **(order | changes))


@pytest.fixture
async def venue() -> AsyncIterator[FakeBybit]:
    async with FakeBybit() as fake:
        yield fake


@pytest.fixture
def user(venue: FakeBybit) -> User:
    return venue.user()


@pytest.fixture
async def raw(venue: FakeBybit, user: User) -> AsyncIterator[Raw]:
    async with aiohttp.ClientSession() as session:
        yield Raw(venue, session)


@pytest.fixture
async def client(venue: FakeBybit, user: User) -> AsyncIterator[Any]:
    exchange: Any = ccxt.bybit({"apiKey": "key", "secret": "secret", "enableRateLimit": False})
    exchange.urls["api"] = {"public": venue.url, "private": venue.url}
    exchange.options["fetchMarkets"] = {"types": ["spot", "linear"]}
    # load_markets would ask a private endpoint that trading keys often may not use
    exchange.has["fetchCurrencies"] = False
    yield exchange
    await exchange.close()


async def test_a_request_is_refused_unless_key_signature_and_time_are_right(raw: Raw) -> None:
    wallet = ("GET", "account/wallet-balance")
    assert await raw.code(*wallet, accountType="UNIFIED") == 0
    raw.late_ms = 6000
    assert await raw.code(*wallet, accountType="UNIFIED") == 10002
    raw.late_ms = -1500
    assert await raw.code(*wallet, accountType="UNIFIED") == 10002
    raw.late_ms = 0
    raw.secret = "other"
    assert await raw.code(*wallet, accountType="UNIFIED") == 10004
    raw.key = "nobody"
    assert await raw.code(*wallet, accountType="UNIFIED") == 10003
    async with raw.session.get(f"{raw.venue.url}/v5/order/realtime") as bare:
        assert bare.status == 401


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"price": "59000.05"}, 170134),
        ({"qty": "0.0100001"}, 170137),
        ({"qty": "0.00001"}, 170136),
        ({"qty": "0.00005"}, 170140),
        ({"qty": "1"}, 170131),
        ({"price": "65000"}, 170193),
        ({"symbol": "NOSUCH"}, 170121),
        ({"side": "Sell", "price": "61000"}, 170131),
    ],
)
async def test_spot_filters(raw: Raw, changes: dict[str, str], code: int) -> None:
    assert await raw.order("a", **changes) == code


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"price": "59000.05"}, 10001),
        ({"qty": "0.0101"}, 10001),
        ({"qty": "0.0005"}, 10001),
        ({"qty": "3"}, 110007),
        ({"price": "65000"}, 30208),
        ({"symbol": "NOSUCH"}, 10001),
        ({"reduceOnly": True}, 110017),
        ({"positionIdx": 1}, 10001),
        ({"symbol": "XRPUSDT", "qty": "2", "price": "0.49"}, 110094),
    ],
)
async def test_linear_filters(raw: Raw, changes: dict[str, Any], code: int) -> None:
    assert await raw.order("a", category="linear", **changes) == code


async def test_an_order_link_id_is_taken_once(raw: Raw) -> None:
    assert await raw.order("same") == 0
    assert await raw.order("same") == 170141
    assert await raw.order("other", category="linear") == 0
    assert await raw.order("other", category="linear") == 110072


async def test_orders_lock_money_and_executions_move_it(raw: Raw, user: User) -> None:
    await raw.order("a")
    assert user.book.free("USDT") == 9410
    raw.venue.price("spot", "BTCUSDT", "58990")
    answer = await raw.ask("GET", "execution/list", category="spot")
    (row,) = answer["result"]["list"]
    assert (row["execPrice"], row["execQty"], row["feeCurrency"]) == ("59000", "0.01", "BTC")
    assert (row["execFee"], row["isMaker"]) == ("0.00001", True)
    assert str(user.book.coins["BTC"].normalize()) == "0.00999"


async def test_pages_are_newest_first_and_go_on_with_the_cursor(raw: Raw) -> None:
    for n in range(5):
        await raw.order(f"o{n}", orderType="Market", side="Buy", marketUnit="baseCoin")
    first = await raw.ask("GET", "execution/list", category="spot", limit="3")
    # the cursor comes percent-encoded and goes back as it came
    cursor = unquote(first["result"]["nextPageCursor"])
    second = await raw.ask("GET", "execution/list", category="spot", limit="3", cursor=cursor)
    links = [row["orderLinkId"] for page in (first, second) for row in page["result"]["list"]]
    assert links == ["o4", "o3", "o2", "o1", "o0"]
    assert second["result"]["nextPageCursor"] == ""


async def test_the_rate_limit_counts_and_says_when_it_resets(raw: Raw) -> None:
    raw.venue.enforces_limits = True
    codes = [await raw.order(f"o{n}", category="linear") for n in range(11)]
    assert codes == [0] * 10 + [10006]
    assert raw.headers["X-Bapi-Limit"] == "10"
    assert int(raw.headers["X-Bapi-Limit-Reset-Timestamp"]) > raw.venue.now() - 1000


async def test_faults_may_carry_out_what_they_do_not_answer(raw: Raw, user: User) -> None:
    raw.venue.fail("order/create", ending="reset")
    with pytest.raises(aiohttp.ClientError):
        await raw.order("gone")
    raw.venue.fail("order/create", ending="hang")
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2):
            await raw.order("hung")
    raw.venue.fail("order/create", carried_out=False, ending="reset")
    with pytest.raises(aiohttp.ClientError):
        await raw.order("never")
    raw.venue.fail("order/create", late_ms=6000)
    assert await raw.order("late") == 10002
    raw.venue.fail("order/create", code=10016, text="Server error.")
    assert await raw.order("said no, did it") == 10016
    placed = [order.link_id for order in user.book.orders]
    assert placed == ["gone", "hung", "said no, did it"]


async def test_a_finished_order_shows_late_in_the_history(raw: Raw) -> None:
    raw.venue.history_delay_ms = 60_000
    raw.venue.remembers_closed = False
    await raw.order("a", orderType="Market", marketUnit="baseCoin")
    named = {"category": "spot", "orderLinkId": "a"}
    for path in ("order/realtime", "order/history"):
        assert (await raw.ask("GET", path, **named))["result"]["list"] == []
    assert len((await raw.ask("GET", "execution/list", **named))["result"]["list"]) == 1
    raw.venue.history_delay_ms = 0
    assert len((await raw.ask("GET", "order/history", **named))["result"]["list"]) == 1


async def test_a_partly_filled_spot_order_that_is_cancelled_reads_closed_through_ccxt(
    venue: FakeBybit, client: Any
) -> None:
    venue.depth("spot", "BTCUSDT", "0.004")
    placed = await client.create_order(
        "BTC/USDT", "limit", "buy", 0.01, 60000, {"clientOrderId": "mine"}
    )
    await client.cancel_order(placed["id"], "BTC/USDT")
    order = await client.fetch_closed_order(placed["id"], "BTC/USDT")
    assert order["info"]["orderStatus"] == "PartiallyFilledCanceled"
    assert (order["status"], order["filled"], order["amount"]) == ("closed", 0.004, 0.01)


async def test_ccxt_trades_contracts_with_it(venue: FakeBybit, client: Any) -> None:
    symbol = "BTC/USDT:USDT"
    await client.load_markets()
    assert client.market(symbol)["precision"] == {"amount": 0.001, "price": 0.1}
    await client.set_leverage(5, symbol)
    await client.create_order(symbol, "market", "buy", 0.02, None, {"clientOrderId": "in"})
    (held,) = await client.fetch_positions([symbol])
    assert (held["contracts"], held["side"], held["leverage"]) == (0.02, "long", 5.0)
    stop = {"triggerPrice": 58000, "triggerDirection": "below", "reduceOnly": True}
    await client.create_order(symbol, "market", "sell", 0.02, None, {"clientOrderId": "st", **stop})
    venue.price("linear", "BTCUSDT", "57990")
    trades = await client.fetch_my_trades(symbol)
    assert [(t["side"], t["price"]) for t in trades] == [("buy", 60000.0), ("sell", 57990.0)]
    assert await client.fetch_positions(None, {"category": "linear", "settleCoin": "USDT"}) == []
    balance = await client.fetch_balance({"type": "unified"})
    assert balance["USDT"]["total"] < 9960


async def test_ccxt_calls_the_unclear_10016_a_definite_error(venue: FakeBybit, client: Any) -> None:
    venue.fail("order/create", code=10016, text="Server error.")
    with pytest.raises(ccxt.ExchangeError) as caught:
        await client.create_order("BTC/USDT", "limit", "buy", 0.01, 59000)
    assert not isinstance(caught.value, ccxt.OperationFailed)


async def test_the_private_stream_tells_whoever_signed_in(venue: FakeBybit, raw: Raw) -> None:
    expires = venue.now() + 5000
    sign = hmac.new(b"secret", f"GET/realtime{expires}".encode(), hashlib.sha256).hexdigest()
    async with raw.session.ws_connect(venue.stream_url) as link:
        await link.send_json({"op": "subscribe", "args": ["order"]})
        assert (await link.receive_json())["success"] is False
        await link.send_json({"op": "auth", "args": ["key", expires, sign]})
        assert (await link.receive_json())["success"] is True
        await link.send_json({"op": "subscribe", "args": ["order", "execution"]})
        assert (await link.receive_json())["success"] is True
        await link.send_json({"op": "ping"})
        assert (await link.receive_json())["op"] == "pong"
        await raw.order("a", orderType="Market", marketUnit="baseCoin")
        topics = [(await link.receive_json())["topic"] for _ in range(2)]
        assert topics == ["execution", "order"]


async def test_funding_shows_among_the_executions(raw: Raw, user: User) -> None:
    from decimal import Decimal

    await raw.order("a", category="linear", orderType="Market")
    user.book.fund("BTCUSDT", Decimal("0.0001"))
    answer = await raw.ask("GET", "execution/list", category="linear")
    row = answer["result"]["list"][0]
    assert (row["execType"], row["execFee"], row["orderLinkId"]) == ("Funding", "0.06", "")
