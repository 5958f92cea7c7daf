"""Answers and stream messages in the venue's own shapes, read by our rows and our stream."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from engine.domain.words import MarketKind, OrderSide, OrderStatus
from engine.venues.bybit import executions, rows
from engine.venues.exchange.stream import Hint
from engine.venues.port import Found
from tests.engine.venues.bybit.kit import Link, linked
from tests.support.exchanges.bybit import FakeBybit

D = Decimal
FIXTURES = Path(__file__).parents[3] / "fixtures/bybit"
SAMPLES: dict[str, Any] = {
    one["name"]: one["body"] for one in json.loads((FIXTURES / "samples.json").read_text())
}


def listed(name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = SAMPLES[name]["result"]["list"]
    return found


@pytest.fixture
async def link() -> AsyncIterator[Link]:
    async with FakeBybit() as fake, linked(fake, fake.user(), MarketKind.LINEAR) as made:
        yield made


def test_open_orders() -> None:
    buy, sell = (
        rows.open_order(row, "ETH/USDT:USDT") for row in listed("http_get_orders_realtime")
    )
    assert (buy.order_id, buy.side, buy.price) == ("client-open-1", OrderSide.BUY, D("3930.41"))
    assert (sell.venue_order_id, sell.quantity, sell.filled) == ("open-order-2", D("0.010"), 0)
    assert not buy.ours


def test_a_cancelled_order_in_the_history() -> None:
    (row,) = listed("http_get_orders_history")
    assert rows.found(row) == Found(OrderStatus.CANCELLED, "abcdef123456", D(0))


def test_positions_have_a_sign_and_empty_slots_hold_nothing() -> None:
    sizes = [rows.signed_size(row) for row in listed("http_get_positions")]
    assert sizes == [D("0.5"), D("-5.0"), 0]


def test_a_wallet_may_leave_fields_out() -> None:
    (account,) = listed("http_get_wallet_balance")
    held = {row["coin"]: rows.number(row, "walletBalance") for row in account["coin"]}
    assert held == {"BTC": 0, "USDT": D("1000.50"), "ETH": 0}
    assert rows.number(account["coin"][1], "totalOrderIM") == 0


async def test_executions(link: Link) -> None:
    trade = executions.as_trade(link.wire, "linear", listed("http_get_executions")[0])
    assert (trade.symbol, trade.side, trade.order_id) == (
        "BTC/USDT:USDT",
        OrderSide.BUY,
        "test-order-001",
    )
    assert (trade.quantity, trade.price) == (D("0.100"), D("50000.00"))
    assert (trade.fee, trade.fee_asset) == (D("0.0150"), "USDT")
    assert trade.at == datetime(2022, 12, 29, 2, 58, 42, 429000, tzinfo=UTC)


@pytest.mark.parametrize(
    "name", ["ws_account_order", "ws_account_order_filled", "ws_account_execution"]
)
async def test_messages_of_the_account_are_hints(link: Link, name: str) -> None:
    speaker = link.dialect.speaker(link.wire)
    assert speaker.hints(SAMPLES[name]) == (Hint("BTC/USDT:USDT"),)


@pytest.mark.parametrize(
    "name", ["ws_auth_success", "ws_subscription_ack", "ws_order_response", "ws_kline"]
)
async def test_other_messages_mean_nothing(link: Link, name: str) -> None:
    assert link.dialect.speaker(link.wire).hints(SAMPLES[name]) == ()


@pytest.mark.parametrize("kind", ["spot", "linear"])
def test_every_recorded_rule_is_read(kind: str) -> None:
    body = json.loads((FIXTURES / f"instruments_{kind}.json").read_text())
    make = rows.spot_instrument if kind == "spot" else rows.linear_instrument
    read = [make(row) for row in body["result"]["list"]]
    assert len(read) == 4
    for one in read:
        assert one is not None
        assert one.tradable
        assert min(one.tick, one.step, one.min_quantity, one.min_notional) > 0
        assert one.max_quantity is not None
        assert one.max_quantity % one.step < one.step


def test_what_we_do_not_trade_is_left_out() -> None:
    body = json.loads((FIXTURES / "instruments_linear.json").read_text())
    row = body["result"]["list"][0]
    assert rows.linear_instrument(row | {"contractType": "LinearFutures"}) is None
    assert rows.linear_instrument(row | {"symbol": "BTCUSDT-26DEC25"}) is None
    usdc = row | {"symbol": "BTCPERP", "quoteCoin": "USD", "settleCoin": "USDC"}
    contract = rows.linear_instrument(usdc)
    assert contract is not None
    assert contract.symbol == "BTC/USDC:USDC"
    spot = json.loads((FIXTURES / "instruments_spot.json").read_text())["result"]["list"][0]
    assert rows.spot_instrument(spot | {"quoteCoin": "EUR"}) is None
    closed = rows.spot_instrument(spot | {"status": "Closed"})
    assert closed is not None
    assert not closed.tradable
