"""A venue's books against ours (spec engine §9): what is missing, and what is nobody's of ours."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal as D

from engine.domain.account import Account
from engine.domain.group import Group
from engine.domain.orders import Order
from engine.domain.settings import AccountSettings
from engine.domain.words import (
    GroupStatus,
    MarketKind,
    OrderPurpose,
    OrderSide,
    OrderStatus,
    OrderType,
    Side,
    TakeProfitMode,
)
from engine.policy import comparing

NOW = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
BTC = "BTC/USDT"


@dataclass(frozen=True)
class Seen:
    order_id: str | None
    venue_order_id: str = "v1"
    symbol: str = BTC
    side: OrderSide = OrderSide.BUY
    quantity: D = D("0.5")
    price: D | None = D(60000)


def entry(order_id: str, status: OrderStatus = OrderStatus.OPEN) -> Order:
    return Order(
        id=order_id,
        group_id="g",
        purpose=OrderPurpose.ENTRY,
        side=OrderSide.BUY,
        order_type=OrderType.LIMIT,
        quantity=D(1),
        price=D(60000),
        created_at=NOW,
        status=status,
    )


def account(*orders: Order, market: MarketKind = MarketKind.SPOT) -> Account:
    group = Group(
        id="g",
        symbol=BTC,
        timeframe=60,
        side=Side.LONG,
        status=GroupStatus.LIVE,
        tp_mode=TakeProfitMode.PER_LEG,
        tp_aggregate_percent=D(1),
        max_pyramids=5,
        settings_version=1,
        source="tradingview",
        created_at=NOW,
        updated_at=NOW,
        orders={order.id: order for order in orders},
    )
    return Account("a", "binance", AccountSettings(), groups={"g": group}, market=market)


def test_a_confirmed_order_the_venue_does_not_list_is_missing() -> None:
    ours = account(entry("there"), entry("not"))
    [one] = comparing.missing(ours, ours, [Seen("there")])
    assert (one.symbol, one.order.id) == (BTC, "not")


def test_what_is_in_flight_or_to_be_cancelled_is_not_missed() -> None:
    asked = replace(entry("asked"), cancel_requested=True)
    ours = account(entry("sent", OrderStatus.PENDING), asked, entry("done", OrderStatus.FILLED))
    assert comparing.missing(ours, ours, []) == ()


def test_what_changed_since_the_read_began_is_not_compared() -> None:
    before = account(entry("new", OrderStatus.PENDING), entry("more"))
    more = replace(entry("more", OrderStatus.PARTIALLY_FILLED), filled_quantity=D("0.1"))
    assert comparing.missing(before, account(entry("new"), more), []) == ()


def test_orders_of_others_are_seen_and_left_alone() -> None:
    ours = account(entry("mine"))
    by_hand = Seen(None, venue_order_id="77")
    assert comparing.not_ours(ours, [Seen("mine"), by_hand]) == (by_hand,)
    told = comparing.foreign(by_hand)
    assert told.what == "foreign_order"
    assert told.text == "buy 0.5 at 60000, not placed by us; it is left alone"


def test_positions_name_every_symbol_we_trade_also_when_nothing_is_held() -> None:
    ours = replace(account(), short_at_venue={"ETH/USDT": D(1)})
    told = comparing.positions(ours, {BTC: D(2), "SOL/USDT": D(9)})
    assert [(one.symbol, one.quantity) for one in told] == [(BTC, D(2)), ("ETH/USDT", D(0))]


def test_on_spot_more_at_the_venue_is_no_difference() -> None:
    assert comparing.excess(account(), {BTC: D(2)}) == {}


def test_contracts_beyond_ours_are_external_unless_an_order_explains_them() -> None:
    linear = account(market=MarketKind.LINEAR)
    assert comparing.excess(linear, {BTC: D(-2)}) == {BTC: D(-2)}
    entering = account(entry("e"), market=MarketKind.LINEAR)
    assert comparing.excess(entering, {BTC: D(1)}) == {}
    assert comparing.excess(entering, {BTC: D(3)}) == {BTC: D(3)}
