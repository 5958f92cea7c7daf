"""Perpetuals settled in USDC: traded, counted and priced like those settled in USDT."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from decimal import Decimal
from typing import Any

import pytest

from engine.domain.words import MarketKind
from engine.market.sources import Binance, Bybit
from engine.venues.binance import rows as binance_rows
from engine.venues.bybit import rows as bybit_rows
from engine.venues.port import Accepted, FundingTaken
from foundation.db import Database
from tests.conformance.binance_stage import BinanceScript, binance_linear, binance_spot
from tests.conformance.bybit_stage import BybitScript, bybit_linear
from tests.conformance.stage import Stage
from tests.support.exchanges import binance_book

D = Decimal
USDC = "BTC/USDC:USDC"


@pytest.fixture(params=[binance_linear, bybit_linear], ids=["binance", "bybit"])
async def stage(database: Database, request: pytest.FixtureRequest) -> AsyncIterator[Stage]:
    """An account that holds 5,000 USDC beside 10,000 USDT, where such a contract is listed."""
    opening: Callable[[Database], Any] = request.param
    async with opening(database) as opened:
        script = opened.script
        if isinstance(script, BinanceScript):
            binance_book.contract_in_usdc(script.fake.markets["linear"])
        else:
            assert isinstance(script, BybitScript)
            script.fake.world.contract_in_usdc()
        script.book.coins["USDC"] = D(5000)
        opened.symbol = USDC
        yield opened


async def test_a_contract_settled_in_usdc_is_traded_and_told_in_dollars(stage: Stage) -> None:
    assert stage.symbol in await stage.venue.instruments()
    assert isinstance(await stage.place(stage.market_buy("entry")), Accepted)
    assert await stage.held() == D("0.01")
    fill = (await stage.fills())[0]
    assert fill.fee_converted
    assert 0 < fill.fee_usd < 1
    resting = stage.order("resting")
    assert isinstance(await stage.place(resting), Accepted)
    assert [one.symbol for one in await stage.venue.open_orders(stage.account)] == [USDC]
    assert isinstance(await stage.place(stage.sale("exit", "0.01")), Accepted)
    assert await stage.held() == 0


async def test_funding_of_a_contract_settled_in_usdc_is_told_in_dollars(stage: Stage) -> None:
    await stage.place(stage.market_buy("entry"))
    await stage.reports()
    script: Any = stage.script
    if isinstance(script, BinanceScript):
        script.book.fund("BTCUSDC", "-1.5")
    else:
        script.book.fund("BTCPERP", D("1.5") / 600)
    stage.clock.advance(400)
    paid = [one for one in await stage.reports() if isinstance(one, FundingTaken)]
    assert [(one.symbol, one.amount_usd) for one in paid] == [(USDC, D("-1.5"))]


async def test_the_wallet_counts_both_dollars_that_contracts_settle_in(stage: Stage) -> None:
    wallet = await stage.venue.wallet(stage.account)
    assert (wallet.free_usd, wallet.wallet_usd) == (15000, 15000)
    if isinstance(stage.script, BinanceScript):
        assert sum(wallet.free_of.values()) == 15000, "each is the margin of its own contracts"
    await stage.place(stage.market_buy("entry", leverage=2))
    assert (await stage.venue.wallet(stage.account)).free_usd < 15000 - 299


@pytest.mark.parametrize("symbol", ["BTC/USDT:USDT", USDC])
def test_a_feed_writes_a_contract_as_the_adapter_lists_it(symbol: str) -> None:
    market = binance_book.load("linear", lambda: 0)
    binance_book.contract_in_usdc(market)
    listed = filter(None, map(binance_rows.linear_listing, market.symbols.values()))
    ids = {one.instrument.symbol: one.market_id for one in listed}
    assert Binance(None, MarketKind.LINEAR).spelling(symbol) == ids[symbol]


async def test_bybit_lists_no_contract_whose_price_could_not_be_told(database: Database) -> None:
    async with bybit_linear(database) as stage:
        script = stage.script
        assert isinstance(script, BybitScript)
        script.fake.world.contract_in_usdc()
        listed = [one.row for one in script.fake.world.rules["linear"].values()]
    spelling = Bybit(None, MarketKind.LINEAR).spelling
    for row in listed:
        instrument = bybit_rows.linear_instrument(row)
        assert instrument is not None
        assert spelling(instrument.symbol) == row["symbol"]
    assert bybit_rows.linear_instrument({**listed[0], "symbol": "BTCOTHER"}) is None


async def test_on_spot_both_dollars_can_be_spent(database: Database) -> None:
    async with binance_spot(database) as stage:
        script = stage.script
        assert isinstance(script, BinanceScript)
        script.book.coins["USDC"] = D(500)
        wallet = await stage.venue.wallet(stage.account)
        assert (wallet.free_usd, wallet.wallet_usd) == (10500, 10500)
        assert wallet.free_of == {"USDT": 10000, "USDC": 500}, "each pays for its own pairs"
        del script.book.coins["USDC"]
        assert (await stage.venue.wallet(stage.account)).free_of == {"USDT": 10000, "USDC": 0}
