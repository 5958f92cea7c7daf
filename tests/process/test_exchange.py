"""The whole house at an exchange: keys by API, an alert, an order there, a closed trade.

A real process, a stand-in for Binance over HTTP that enforces signatures and filters, live prices
from the same stand-in. Nothing of ours is told that the exchange is not the real one.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.process.conftest import Build
from tests.support.exchanges.binance import FakeBinance
from tests.support.house import House, alert
from tests.support.until import until

pytestmark = [pytest.mark.xdist_group("process"), pytest.mark.slow]

KEYS = {"key": "kEy0123456789abcd", "secret": "sEcRet-of-mia-9876"}
SETTLED = "select count(*) from outbox where status in ('new', 'claimed', 'sent')"


async def test_an_alert_becomes_an_order_at_the_exchange_and_a_closed_trade(build: Build) -> None:
    async with FakeBinance() as binance:
        mia = binance.user(KEYS["key"], KEYS["secret"])
        here = {"BINANCE_API_URL": binance.url, "BINANCE_FUTURES_API_URL": binance.url}
        async with build(MARKET_FEED="live", BYBIT_API_URL=binance.url, **here) as house:
            token = await house.sign_in()
            account, hook = await _open(house, token)
            body = alert("BTC/USDT", "60000", "first", "long", hook["secret"])
            status, answer = await house.post(hook["path"], body)
            assert (status, answer["status"]) == (202, "accepted"), answer
            book = mia.books["spot"]

            async def ordered() -> bool:
                return bool(book.orders)

            await until(ordered, within=40, every=0.05)
            [order] = book.orders
            assert (order.symbol, order.side) == ("BTCUSDT", "BUY")
            assert await house.value("select count(*) from outbox where id = $1", order.client_id)
            binance.price("spot", "BTCUSDT", "59990")
            filled = "select count(*) from dca_orders where filled_quantity > 0"
            await until(lambda: house.value(filled), within=40, every=0.05)
            binance.price("spot", "BTCUSDT", "61000")
            closed = "select count(*) from position_groups where status = 'closed'"
            await until(lambda: house.value(closed), within=40, every=0.05)
            path = f"/api/v1/groups?status=closed&account={account}"
            [trade] = (await house.get(path, token))[1]["items"]
            assert trade["exit_reason"] == "target"
            assert float(trade["realized_pnl_usd"]) > 0
            assert [one.side for one in book.orders] == ["BUY", "SELL"]
            assert await house.value(SETTLED) == 0
        log = house.log.read_text(errors="replace")
        assert KEYS["secret"] not in log
        assert KEYS["key"] not in log


async def _open(house: House, token: str) -> tuple[str, Any]:
    """An account at the exchange with keys, settings that approve by themselves, and a hook."""
    await until(lambda: _live(house, token), within=40, every=0.1)
    status, made = await house.post(
        "/api/v1/accounts", {"venue": "binance", "label": "Spot"}, token
    )
    assert status == 200, made
    account = made["id"]
    status, saved = await house.post(f"/api/v1/accounts/{account}/keys", KEYS, token)
    assert status == 200, saved
    whole = {"gap_percent": "0", "weight_percent": "100", "tp_percent": "1"}
    settings = {"auto_approve": "all", "undo_seconds": 0, "ladder": [whole]}
    async with house.session.put(
        f"{house.url}/api/v1/accounts/{account}/settings",
        json={"version": 1, "settings": settings},
        headers={"Authorization": f"Bearer {token}"},
    ) as response:
        assert response.status in (200, 202), await response.text()
    status, hook = await house.post("/api/v1/hooks", {"account": account, "label": "TV"}, token)
    assert status == 200, hook
    return account, hook


async def _live(house: House, token: str) -> bool:
    status, health = await house.get("/api/v1/markets", token)
    return status == 200 and bool(health["symbols"])
