"""What all exchanges share: limits kept on our side, rules over two nets, cursors, verdicts."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.domain.commands import PlaceOrder
from engine.domain.instrument import Instrument
from engine.domain.words import MarketKind, OrderSide, OrderType
from engine.venues.binance.codes import LINEAR, SPOT
from engine.venues.binance.venue import binance
from engine.venues.bybit.codes import ERRORS
from engine.venues.bybit.venue import bybit
from engine.venues.exchange.budget import Budget, Urgency
from engine.venues.exchange.dialect import Listing, Trade
from engine.venues.exchange.failure import ErrorTable, Rejection, Silence, Verdict
from engine.venues.exchange.fees import Rates, Unpriced, as_fill
from engine.venues.exchange.net import Net, Place
from engine.venues.exchange.reports import Cursor
from engine.venues.exchange.rules import broken_rule, joined
from engine.venues.port import OutcomeUnknown, RefusalCode, Refused
from foundation.settings import load_settings
from tests.support.clock import FakeClock

D = Decimal
AT = datetime(2026, 1, 5, 12, tzinfo=UTC)
BTC = Instrument(
    symbol="BTC/USDT",
    base="BTC",
    quote="USDT",
    tick=D("0.1"),
    step=D("0.001"),
    min_quantity=D("0.001"),
    min_notional=D(100),
    max_quantity=D(100),
)


def test_reads_leave_room_for_entries_and_entries_for_exits(clock: FakeClock) -> None:
    budget = Budget(clock, 100, 60)
    taken = dict.fromkeys(Urgency, 0)
    for urgency in (Urgency.READ, Urgency.ENTRY, Urgency.EXIT):
        while budget.take(1, urgency):
            taken[urgency] += 1
    assert taken == {Urgency.READ: 70, Urgency.ENTRY: 20, Urgency.EXIT: 10}
    clock.advance(30)
    assert budget.used == pytest.approx(0.5)


def test_how_much_may_leave_is_known_before_it_is_claimed(clock: FakeClock) -> None:
    budget = Budget(clock, 10, 10)
    assert (budget.room(Urgency.EXIT), budget.room(Urgency.ENTRY)) == (10, 9)
    assert budget.take(9, Urgency.ENTRY)
    assert (budget.room(Urgency.EXIT), budget.room(Urgency.ENTRY)) == (1, 0)
    clock.advance(2)
    assert budget.room(Urgency.EXIT) == 3
    budget.close(5)
    assert budget.room(Urgency.EXIT) == 0


@pytest.mark.parametrize("describe", [binance, bybit])
def test_rules_are_read_anew_every_precision_refresh_seconds(
    clock: FakeClock, describe: Any
) -> None:
    exchange = describe(load_settings({"PRECISION_REFRESH_SECONDS": "600"}))
    place = Place(exchange.name, MarketKind.SPOT, test_net=False)
    net = Net(place, exchange.dialect(MarketKind.SPOT), clock, exchange.rules_refresh_s)
    assert net.needs_rules
    net.list(())
    assert not net.needs_rules
    clock.advance(599)
    assert not net.needs_rules
    clock.advance(1)
    assert net.needs_rules


def test_what_the_exchange_counted_corrects_our_count(clock: FakeClock) -> None:
    budget = Budget(clock, 100, 60)
    budget.counted(95)
    assert not budget.take(6, Urgency.EXIT)
    assert budget.take(5, Urgency.EXIT)
    budget.counted(0)
    assert not budget.take(1, Urgency.EXIT)


def test_told_to_stop_nothing_leaves_until_the_time_is_over(clock: FakeClock) -> None:
    budget = Budget(clock, 100, 60)
    budget.close(7)
    assert not budget.take(1, Urgency.EXIT)
    assert budget.used == 1
    assert budget.opens_in == 8
    clock.advance(7)
    assert budget.take(1, Urgency.EXIT)


def test_where_two_nets_differ_the_rules_hold_on_both() -> None:
    other = replace(
        BTC, tick=D("0.25"), step=D("0.01"), min_notional=D(5), max_quantity=None, tradable=False
    )
    [rules] = joined([Listing(BTC, "BTCUSDT"), Listing(other, "BTCUSDT")]).values()
    assert (rules.tick, rules.step) == (D("0.5"), D("0.01"))
    assert (rules.min_notional, rules.max_quantity) == (D(100), D(100))
    assert rules.tradable


@given(
    st.integers(1, 10**6),
    st.integers(-4, 4),
    st.integers(1, 10**6),
    st.integers(-4, 4),
    st.integers(1, 1000),
)
def test_a_joined_step_is_a_step_of_both(a: int, i: int, b: int, j: int, n: int) -> None:
    one, other = D(a).scaleb(-i), D(b).scaleb(-j)
    both = [Listing(replace(BTC, step=step), "BTCUSDT") for step in (one, other)]
    step = joined(both)["BTC/USDT"].step
    assert (step * n) % one == 0
    assert (step * n) % other == 0


def order(**changes: object) -> PlaceOrder:
    plain = PlaceOrder(
        id="o",
        group_id="g",
        symbol="BTC/USDT",
        side=OrderSide.BUY,
        order_type=OrderType.LIMIT,
        quantity=D("0.01"),
        price=D(50000),
        reduce_only=False,
        priority=1,
        valid_until=None,
    )
    return replace(plain, **changes)  # type: ignore[arg-type]  # fields of an order


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, None),
        ({"quantity": D("0.0105")}, "multiple of 0.001"),
        ({"quantity": D("101")}, "over the largest, 100"),
        ({"price": D("50000.05")}, "multiple of 0.1"),
        ({"price": None}, "needs a price"),
        ({"quantity": D("0.001")}, "under the smallest order of 100"),
        ({"quantity": D("0.001"), "reduce_only": True}, None),
        ({"order_type": OrderType.STOP, "price": None}, "a stop order needs a price"),
        ({"order_type": OrderType.MARKET, "price": None, "quantity": D("0.001")}, None),
    ],
)
def test_every_rule_is_checked_before_an_order_leaves(
    changes: dict[str, object], words: str | None
) -> None:
    told = broken_rule(order(**changes), BTC, exempt_reducers=True)
    assert (told is None) == (words is None)
    assert words is None or words in str(told)


def test_a_cursor_survives_being_written_down() -> None:
    cursor = Cursor(
        marks={"BTC/USDT": "17"},
        unpriced=[Unpriced("o", "t", "BNB", D("0.00012"))],
        funded_until=datetime(2026, 1, 5, 12, 0, 1, tzinfo=UTC),
        ends=("boot", 3),
    )
    assert Cursor.parse(str(cursor)) == cursor
    assert Cursor.parse("") == Cursor()


@pytest.mark.parametrize("table", [SPOT, LINEAR, ERRORS], ids=lambda table: table.title)
def test_each_error_has_a_sentence_for_the_user(table: ErrorTable) -> None:
    for code, verdict in table.verdicts.items():
        refusal = table.refused(Rejection(400, code, "its own words"))
        assert isinstance(refusal, Refused), code
        assert refusal.text.startswith(verdict.text), code
        assert len(verdict.text.split()) >= 4, code
        assert verdict.text[0].isupper(), code
        assert code in refusal.text, "and the exchange's own, for whoever looks it up"


async def test_the_number_of_a_trade_is_told_apart_by_its_symbol() -> None:
    """Binance counts trades symbol by symbol: two of ours may have the same number."""
    nobody: Any = None  # without a fee no rate is asked for
    told = []
    for symbol in ("BTC/USDT", "ETH/USDT"):
        trade = Trade("v", "17", symbol, OrderSide.BUY, D(1), D(9), D(0), "USDT", AT)
        fill, _ = await as_fill(trade, "o", symbol.partition("/")[0], Rates(), nobody)
        told.append(fill.trade_id)
    assert len(set(told)) == 2


TABLE = ErrorTable(
    title="Venue",
    verdicts={"1": Verdict(RefusalCode.INSUFFICIENT_FUNDS, "No money")},
    unclear=frozenset({"2"}),
    phrases=(("duplicate", None), ("closed", Verdict(RefusalCode.SYMBOL_NOT_TRADABLE, "Closed"))),
)


@pytest.mark.parametrize(
    ("failure", "code"),
    [
        (Rejection(400, "1", "x"), "insufficient_funds"),
        (Rejection(400, "2", "x"), None),
        (Rejection(400, "1", "Duplicate order"), None),
        (Rejection(400, "1", "Market is closed."), "symbol_not_tradable"),
        (Rejection(400, "99", "x"), None),
        (Rejection(200, "99", "x"), None),
        (Rejection(404, "404", "x"), "rejected"),
        (Rejection(400, "400", "x"), None),
        (Rejection(408, "408", "x"), None),
        (Rejection(500, "99", "x"), None),
        (Rejection(503, "1", "x"), "insufficient_funds"),
        (Rejection(429, "429", "x", 9), "rate_limited"),
        (Rejection(403, "403", "x"), "rate_limited"),
        (Silence("reset"), None),
    ],
)
def test_only_a_certain_no_is_a_refusal(failure: Rejection | Silence, code: str | None) -> None:
    outcome = TABLE.refused(failure)
    if code is None:
        assert isinstance(outcome, OutcomeUnknown)
        return
    assert isinstance(outcome, Refused)
    assert outcome.code == code
    if code == "rate_limited":
        assert not outcome.final
        assert outcome.retry_after == (9 if "429" in str(failure) else 10)
