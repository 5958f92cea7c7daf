"""Recorded candles in wall time: a posted alert becomes a closed trade, and its result adds up."""

from __future__ import annotations

from decimal import Decimal

import pytest

from engine.domain.settings import AccountSettings
from tests.process.books import money_of_fills, realized, settled
from tests.process.conftest import Build
from tests.support.house import MIA, ROOT, House, open_desks
from tests.support.until import until

pytestmark = [pytest.mark.xdist_group("process"), pytest.mark.slow]

CANDLES = ROOT / "tests/fixtures/candles/BTCUSDT_1m_2024_08_04.csv.gz"
BTC = "BTC/USDT"
SPEED = "600"
"""Ten market minutes a second: the two days take under five minutes."""


async def test_a_replayed_alert_ends_in_a_closed_trade(build: Build) -> None:
    # these two days end a fifth below where they begin: a short finds its target
    async with build(MARKET_FEED=f"replay:{CANDLES}", MARKET_REPLAY_SPEED=SPEED) as house:
        (desk,) = await open_desks(house, 1, AccountSettings(auto_approve="all"))
        token = await house.sign_in(MIA)
        price = await _price(house)
        status, answer = await desk.send(desk.alert(BTC, price, "replayed", "short"))
        assert (status, answer["status"]) == (202, "accepted"), answer
        closed = "select count(*) from position_groups where status = 'closed'"
        await until(lambda: house.value(closed), within=60, every=0.05)
        await settled(house)
        money = (await money_of_fills(house))[desk.account_id]
        cash, held = money
        assert held == 0
        assert cash != Decimal(0)
        assert await realized(house, token) == {desk.account_id: cash}
        (trade,) = (await house.get("/api/v1/groups?status=closed", token))[1]["items"]
        assert trade["exit_reason"] == "target"
        fees = "select sum(fee_usd) from paper_fills"
        assert Decimal(trade["fees_usd"]) == await house.value(fees)


async def _price(house: House) -> str:
    """The replay's price of this moment, as it was told last."""
    price = await until(
        lambda: house.value("select price from quotes where symbol = $1", BTC), within=10
    )
    return str(price)
