"""Leverage and margin mode are the user's settings, default 1×, isolated (spec engine §2)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from engine.venues.port import Accepted
from foundation.db import Database
from tests.conformance.binance_stage import ID, BinanceScript, binance_linear
from tests.conformance.bybit_stage import BybitScript, bybit_linear
from tests.conformance.stage import Stage


@pytest.fixture(params=[binance_linear, bybit_linear], ids=["binance", "bybit"])
async def stage(database: Database, request: pytest.FixtureRequest) -> AsyncIterator[Stage]:
    opening: Callable[[Database], Any] = request.param
    async with opening(database) as opened:
        yield opened


def mode(stage: Stage) -> str:
    """The mode at the exchange, in our words."""
    return stage.script.margin_mode()


def tries(stage: Stage) -> int:
    """How often somebody asked the exchange for a margin mode."""
    asked: Any = stage.script
    names = ("POST /fapi/v1/marginType", "/v5/account/set-margin-mode")
    return sum(asked.fake.asked[name] for name in names)


async def kept(stage: Stage, name: str, **changes: Any) -> str:
    """What is said of the margin mode with an order, which is placed whatever is said."""
    answer = await stage.place(stage.order(name, **changes))
    assert isinstance(answer, Accepted)
    return answer.margin_kept


async def test_the_margin_mode_is_set_before_the_first_order_and_not_again(stage: Stage) -> None:
    assert mode(stage) == "cross"
    assert await kept(stage, "one") == ""
    assert (mode(stage), tries(stage)) == ("isolated", 1)
    assert await kept(stage, "two") == ""
    assert tries(stage) == 1


async def test_another_mode_is_set_when_the_setting_changes_and_nothing_is_open(
    stage: Stage,
) -> None:
    one = stage.order("one")
    await stage.place(one)
    await stage.cancel(one)
    assert await kept(stage, "two", margin_mode="cross") == ""
    assert mode(stage) == "cross"


@pytest.mark.parametrize("what", ["order", "position"])
async def test_while_something_is_open_the_mode_is_kept_the_order_placed_and_it_is_said_once(
    stage: Stage, what: str
) -> None:
    await stage.place(stage.order("one") if what == "order" else stage.market_buy("one"))
    said = await kept(stage, "two", margin_mode="cross")
    assert "does not set cross margin now" in said
    assert {"order": "orders", "position": "position"}[what] in said
    assert mode(stage) == "isolated"
    assert await kept(stage, "three", margin_mode="cross") == ""


async def test_the_wanted_mode_is_tried_again_with_the_next_entry(stage: Stage) -> None:
    one, two = stage.order("one"), stage.order("two", margin_mode="cross")
    await stage.place(one)
    await stage.place(two)
    for order in (one, two):
        await stage.cancel(order)
    assert await kept(stage, "three", margin_mode="cross") == ""
    assert mode(stage) == "cross"


async def test_what_only_reduces_never_touches_the_margin_mode(stage: Stage) -> None:
    await stage.place(stage.market_buy("one"))
    before = tries(stage)
    await stage.place(stage.sale("two", "0.01", margin_mode="cross"))
    assert (mode(stage), tries(stage)) == ("isolated", before)


async def test_a_mode_that_is_so_already_is_no_refusal_whatever_the_exchange_calls_it(
    stage: Stage,
) -> None:
    script = stage.script
    if isinstance(script, BinanceScript):
        # met in the field: -4067 for a symbol whose mode is right
        script.book.isolated.add(ID)
        text = "Position side cannot be changed if there exists open orders."
        script.fake.refuse("POST", "/fapi/v1/marginType", -4067, text)
    assert await kept(stage, "one") == ""
    assert await kept(stage, "two", leverage=2) == ""


async def test_all_symbols_of_a_unified_account_have_one_mode(database: Database) -> None:
    async with bybit_linear(database) as stage:
        await stage.place(stage.order("one"))
        other = stage.order("other", symbol="ETH/USDT:USDT", price=2500, margin_mode="cross")
        answer = await stage.place(other)
        assert isinstance(answer, Accepted)
        assert "no active orders" in answer.margin_kept
        assert mode(stage) == "isolated"
        for order in (stage.order("one"), other):
            await stage.cancel(order)
        assert isinstance(await stage.place(stage.order("two", margin_mode="cross")), Accepted)
        rows = await database.pool.fetch("select distinct margin_mode from venue_symbols")
        assert [row["margin_mode"] for row in rows] == ["cross"]


async def test_a_key_that_may_not_change_the_mode_trades_all_the_same(database: Database) -> None:
    async with bybit_linear(database) as stage:
        script = stage.script
        assert isinstance(script, BybitScript)
        script.fake.refuse("set-margin-mode", 10005, "Permission denied.")
        assert "10005" in await kept(stage, "one")


async def test_multi_assets_mode_knows_no_isolated_margin(database: Database) -> None:
    async with binance_linear(database) as stage:
        script = stage.script
        assert isinstance(script, BinanceScript)
        script.book.multi_assets = True
        assert "-4168" in await kept(stage, "one")
        assert mode(stage) == "cross"
