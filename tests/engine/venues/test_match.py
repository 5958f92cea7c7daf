"""Matching: who gets what at which price."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.domain.words import OrderSide, OrderType
from engine.venues.paper.match import Terms, Working, on_placing, on_price, slipped
from engine.venues.paper.rules import INSTRUMENTS, refusal

D = Decimal
BTC = INSTRUMENTS["BTC/USDT"]
TERMS = Terms()
FREE = Terms(fee_bps=D(0), slippage_bps=D(0))


def limit(side: str, price: str, quantity: str = "0.01", filled: str = "0") -> Working:
    return Working(OrderSide(side), OrderType.LIMIT, D(quantity), D(filled), D(price))


def market(side: str, quantity: str = "0.01") -> Working:
    return Working(OrderSide(side), OrderType.MARKET, D(quantity), D(0), None)


def test_a_resting_limit_fills_at_its_own_price_when_the_market_passes_it() -> None:
    done = on_price(limit("buy", "60000"), D(59000), BTC, TERMS)
    assert done is not None
    assert (done.price, done.quantity) == (D(60000), D("0.01"))
    assert done.fee_usd == D("0.6")


def test_a_price_at_the_limit_is_enough_and_one_short_of_it_is_not() -> None:
    assert on_price(limit("sell", "60000"), D(60000), BTC, TERMS) is not None
    assert on_price(limit("sell", "60000"), D("59999.99"), BTC, TERMS) is None
    assert on_price(limit("buy", "60000"), D("60000.01"), BTC, TERMS) is None


def test_a_marketable_limit_gets_the_better_price_on_placing() -> None:
    bought = on_placing(limit("buy", "60000"), D(59000), BTC, TERMS)
    sold = on_placing(limit("sell", "60000"), D(61000), BTC, TERMS)
    assert bought is not None
    assert sold is not None
    assert (bought.price, sold.price) == (D(59000), D(61000))
    assert on_placing(limit("buy", "60000"), D(60001), BTC, TERMS) is None


def test_a_market_order_pays_slippage_on_the_tick() -> None:
    bought = on_placing(market("buy"), D("60000.01"), BTC, TERMS)
    sold = on_placing(market("sell"), D("60000.01"), BTC, TERMS)
    assert bought is not None
    assert sold is not None
    assert (bought.price, sold.price) == (D("60012.02"), D("59988.00"))


def test_partial_fills_come_in_shares_and_end_whole() -> None:
    terms = Terms(fill_fraction=D("0.3"))
    filled, parts = D(0), []
    while done := on_price(limit("buy", "60000", filled=str(filled)), D(60000), BTC, terms):
        parts.append(done.quantity)
        filled += done.quantity
    assert parts == [D("0.003")] * 3 + [D("0.001")]


sides = st.sampled_from(("buy", "sell"))
prices = st.integers(1, 10**7).map(lambda n: D(n) / 100)


@given(sides, prices, prices)
def test_nobody_ever_trades_worse_than_his_limit(side: str, at: Decimal, price: Decimal) -> None:
    order = limit(side, str(at))
    for done in (on_placing(order, price, BTC, TERMS), on_price(order, price, BTC, TERMS)):
        if done is not None:
            assert done.price <= at if side == "buy" else done.price >= at
            assert done.quantity == order.quantity


@given(sides, prices)
def test_slippage_is_never_a_gift_and_stays_on_the_tick(side: str, price: Decimal) -> None:
    paid = slipped(OrderSide(side), price, BTC, TERMS)
    assert paid >= price if side == "buy" else paid <= price
    assert paid > 0
    assert paid % BTC.tick == 0
    assert slipped(OrderSide(side), price, BTC, FREE) == price


@pytest.mark.parametrize(
    ("quantity", "price", "reduces", "code"),
    [
        ("0.01", "60000", False, None),
        ("0.000015", "60000", False, "invalid_order"),
        ("0", "60000", False, "invalid_order"),
        ("0.01", "60000.001", False, "invalid_order"),
        ("0.01", "-1", False, "invalid_order"),
        ("0.00005", "60000", False, "invalid_order"),
        ("0.00005", "60000", True, None),
    ],
)
def test_the_rules_are_checked(quantity: str, price: str, reduces: bool, code: str | None) -> None:
    fault = refusal(BTC, D(quantity), D(price), reduces)
    assert (fault and fault[0]) == code


def test_every_instrument_is_whole() -> None:
    for symbol, one in INSTRUMENTS.items():
        assert symbol == f"{one.base}/{one.quote}"
        assert min(one.tick, one.step, one.min_quantity, one.min_notional) > 0
        assert one.min_quantity % one.step == 0
