"""The whole house at an exchange and on paper at once: keys by API, alerts, orders, closed trades.

A real process, a stand-in for Binance over HTTP that enforces signatures and filters, the
exchange's prices from the same stand-in, and simulated ones for paper. Nothing of ours is told
that the exchange is not the real one.
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


async def test_paper_and_exchange_trade_side_by_side_and_prices_never_cross_over(
    build: Build,
) -> None:
    async with FakeBinance() as binance:
        mia = binance.user(KEYS["key"], KEYS["secret"])
        here = {"BINANCE_API_URL": binance.url, "BINANCE_FUTURES_API_URL": binance.url}
        async with build(MARKET_FEED="simulated", BYBIT_API_URL=binance.url, **here) as house:
            token = await house.sign_in()
            await until(lambda: _live(house, token), within=40, every=0.1)
            await house.market("BTC/USDT", "30000")
            paper = (await house.get("/api/v1/accounts", token))[1]["items"][0]["id"]
            await _trades_alone(house, token, paper)
            account = await _at_binance(house, token)
            await _trades_alone(house, token, account)
            await _enter(house, token, paper, "30050")
            await _enter(house, token, account, "60000")
            book = mia.books["spot"]
            await until(lambda: _filled(house, paper), within=40, every=0.05)
            await until(lambda: bool(book.orders), within=40, every=0.05)
            [order] = book.orders
            assert (order.symbol, order.side) == ("BTCUSDT", "BUY")
            assert await house.value("select count(*) from outbox where id = $1", order.client_id)
            binance.price("spot", "BTCUSDT", "59990")
            await until(lambda: _filled(house, account), within=40, every=0.05)
            # paper's target, and a price at which the exchange's position would be closed twice
            await house.market("BTC/USDT", "90000")
            [trade] = await _closed(house, token, paper)
            assert trade["exit_reason"] == "target"
            assert len(book.orders) == 1
            binance.price("spot", "BTCUSDT", "61000")
            [trade] = await _closed(house, token, account)
            assert trade["exit_reason"] == "target"
            assert float(trade["realized_pnl_usd"]) > 0
            assert [one.side for one in book.orders] == ["BUY", "SELL"]
            assert await house.value(SETTLED) == 0
            # prices are written a moment after they were decided upon
            last = "select price from quotes where board = $1 and symbol = 'BTC/USDT'"
            written = f"select count(*) from ({last}) q where price = 61000"
            await until(lambda: house.value(written, "binance"), every=0.05)
            assert abs(await house.value(last, "paper") / 90_000 - 1) < 0.02
            bought, sold = await house.sql("select price from paper_fills order by id")
            assert abs(bought["price"] / 30_000 - 1) < 0.02
            assert abs(sold["price"] / 90_000 - 1) < 0.02
        log = house.log.read_text(errors="replace")
        assert KEYS["secret"] not in log
        assert KEYS["key"] not in log


async def _at_binance(house: House, token: str) -> str:
    """An account at the exchange with keys."""
    wish = {"venue": "binance", "label": "Spot"}
    status, made = await house.post("/api/v1/accounts", wish, token)
    assert status == 200, made
    account = str(made["id"])
    status, saved = await house.post(f"/api/v1/accounts/{account}/keys", KEYS, token)
    assert status == 200, saved
    return account


async def _trades_alone(house: House, token: str, account: str) -> None:
    """Settings that approve by themselves, and a ladder of one leg."""
    whole = {"gap_percent": "0", "weight_percent": "100", "tp_percent": "1"}
    settings = {"auto_approve": "all", "undo_seconds": 0, "ladder": [whole]}
    async with house.session.put(
        f"{house.url}/api/v1/accounts/{account}/settings",
        json={"version": 1, "settings": settings},
        headers={"Authorization": f"Bearer {token}"},
    ) as response:
        assert response.status in (200, 202), await response.text()


async def _enter(house: House, token: str, account: str, price: str) -> None:
    status, hook = await house.post("/api/v1/hooks", {"account": account, "label": "TV"}, token)
    assert status == 200, hook
    body = alert("BTC/USDT", price, f"first-{price}", "long", hook["secret"])
    status, answer = await house.post(hook["path"], body)
    assert (status, answer["status"]) == (202, "accepted"), answer


async def _filled(house: House, account: str) -> Any:
    sql = (
        "select count(*) from dca_orders d join position_groups g on g.id = d.group_id "
        "where g.account_id = $1 and d.filled_quantity > 0"
    )
    return await house.value(sql, account)


async def _closed(house: House, token: str, account: str) -> list[dict[str, Any]]:
    sql = "select count(*) from position_groups where status = 'closed' and account_id = $1"
    await until(lambda: house.value(sql, account), within=40, every=0.05)
    path = f"/api/v1/groups?status=closed&account={account}"
    items: list[dict[str, Any]] = (await house.get(path, token))[1]["items"]
    return items


async def _live(house: House, token: str) -> bool:
    status, health = await house.get("/api/v1/markets", token)
    return status == 200 and bool(health["symbols"])
