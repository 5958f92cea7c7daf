"""What the Bybit dialects ask and understand, against the fake exchange over real HTTP."""

from __future__ import annotations

import dataclasses
from collections.abc import AsyncIterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from engine.domain.words import MarketKind, OrderSide, OrderStatus, OrderType, TimeInForce
from engine.venues.exchange.dialect import Terms
from engine.venues.exchange.failure import Failure, Rejection, Silence, Withheld
from engine.venues.keys import PositionMode
from engine.venues.port import Found, OutcomeUnknown, Refused
from foundation import limits
from tests.engine.venues.bybit.kit import CLOCK, LINEAR, SPOT, Link, linked
from tests.support.exchanges.bybit import FakeBybit, User

D = Decimal
SELL = OrderSide.SELL


@pytest.fixture
async def fake() -> AsyncIterator[FakeBybit]:
    async with FakeBybit() as served:
        yield served


@pytest.fixture
def user(fake: FakeBybit) -> User:
    return fake.user()


@pytest.fixture
async def spot(fake: FakeBybit, user: User) -> AsyncIterator[Link]:
    async with linked(fake, user, MarketKind.SPOT) as link:
        yield link


@pytest.fixture
async def linear(fake: FakeBybit, user: User) -> AsyncIterator[Link]:
    async with linked(fake, user, MarketKind.LINEAR) as link:
        yield link


@pytest.fixture(params=["spot", "linear"])
async def link(request: Any, fake: FakeBybit, user: User) -> AsyncIterator[Link]:
    async with linked(fake, user, MarketKind(request.param)) as made:
        yield made


async def outcome(link: Link, work: Any) -> Any:
    """What the venue would say of a request that failed."""
    with pytest.raises(Failure) as caught:
        await work
    return link.dialect.errors.refused(caught.value)


async def test_rules_are_the_venues_own(spot: Link, linear: Link) -> None:
    coin, contract = spot.listing.instrument, linear.listing.instrument
    assert (coin.symbol, coin.tick, coin.step) == (SPOT, D("0.1"), D("0.000001"))
    assert (coin.min_quantity, coin.min_notional, coin.shorts) == (D("0.000011"), 5, False)
    assert (contract.symbol, contract.tick, contract.step) == (LINEAR, D("0.1"), D("0.001"))
    assert (contract.max_leverage, contract.shorts) == (100, True)
    # what may be opened must be closable at market
    assert contract.max_quantity == D("119.000")


async def test_a_limit_order_rests_and_is_found_by_its_client_id(link: Link) -> None:
    order = link.order("0.01", "59000")
    placed = await link.place(order)
    assert await link.find(order.id) == Found(OrderStatus.OPEN, placed.venue_order_id, D(0))
    (seen,) = await link.dialect.open_orders(link.wire)
    assert (seen.order_id, seen.ours, seen.symbol) == (order.id, True, link.symbol)
    assert (seen.quantity, seen.price, seen.side) == (D("0.01"), D(59000), OrderSide.BUY)


async def test_a_market_buy_counts_in_base_units(link: Link) -> None:
    order = link.order("0.01")
    placed = await link.place(order)
    assert placed.state == Found(OrderStatus.FILLED, placed.venue_order_id, D("0.01"))


async def test_quantities_and_prices_leave_as_exact_text(spot: Link) -> None:
    await spot.place(spot.order("0.0000860", "59000.0"))
    (sent,) = [body for path, body in spot.fake.requests if path == "/v5/order/create"]
    assert (sent["qty"], sent["price"], sent["isLeverage"]) == ("0.000086", "59000", 0)


async def test_a_request_is_signed_with_the_time_of_its_claim(link: Link) -> None:
    old = CLOCK.now() - timedelta(seconds=limits.ORDER_VALIDITY_S + 1)
    refused = await outcome(link, link.place(link.order("0.01", "59000"), claimed_at=old))
    assert (refused.code, refused.final) == ("clock_skew", False)
    assert link.user.book.orders == []


async def test_a_request_that_arrives_after_its_window_is_dropped_there(link: Link) -> None:
    link.fake.fail("order/create", late_ms=6000)
    order = link.order("0.01", "59000")
    assert (await outcome(link, link.place(order))).code == "clock_skew"
    assert await link.find(order.id) is None


async def test_the_venues_clock_is_followed(fake: FakeBybit, user: User) -> None:
    fake.skew_ms = -3000
    async with linked(fake, user, MarketKind.SPOT) as link:
        assert link.wire.net.offset_s == pytest.approx(-3, abs=0.2)
        await link.place(link.order("0.01", "59000"))
    assert len(user.book.orders) == 1


@pytest.mark.parametrize(
    "fault",
    [
        {"ending": "reset"},
        {"ending": "garbage"},
        {"ending": "http", "status": 502},
        {"code": 10016, "text": "Server error."},
        {"code": 10000, "text": "Server Timeout"},
        {"code": 170146, "text": "Order creation timeout."},
        {"code": 10099, "text": "a code in no table"},
    ],
)
async def test_an_order_that_was_taken_without_a_clear_answer_is_unknown_and_found(
    link: Link, fault: dict[str, Any]
) -> None:
    order = link.order("0.01", "59000")
    link.fake.fail("order/create", **fault)
    assert isinstance(await outcome(link, link.place(order)), OutcomeUnknown)
    assert (await link.find(order.id)).status is OrderStatus.OPEN


@pytest.mark.parametrize(
    ("code", "words", "said", "final"),
    [
        (10001, "Qty invalid", "invalid_order", True),
        (10001, "params error: symbol invalid", "symbol_not_tradable", True),
        (10002, "invalid request", "clock_skew", False),
        (10003, "API key is invalid.", "authentication_failed", True),
        (10005, "Permission denied", "permission_denied", True),
        (10010, "Unmatched IP", "permission_denied", True),
        (10018, "Exceeded the IP Rate Limit.", "rate_limited", False),
        (110007, "ab not enough", "insufficient_funds", True),
        (110017, "current position is zero", "would_not_reduce", True),
        (110074, "This contract is not live", "symbol_not_tradable", True),
        (110094, "minimum order value", "invalid_order", True),
        (170131, "Insufficient balance.", "insufficient_funds", True),
        (170137, "decimal too long", "invalid_order", True),
        (170140, "lower limit", "invalid_order", True),
        (33004, "Your api key has expired", "authentication_failed", True),
    ],
)
async def test_a_certain_no_has_our_word_and_the_venues_text(
    link: Link, code: int, words: str, said: str, final: bool
) -> None:
    link.fake.refuse("order/create", code, words)
    refused = await outcome(link, link.place(link.order("0.01", "59000")))
    assert isinstance(refused, Refused)
    assert (refused.code, refused.final) == (said, final)
    assert words in refused.text


async def test_a_rate_limit_says_when_to_come_back(link: Link) -> None:
    link.fake.rate_limit("order/create", reset_in_ms=2600)
    refused = await outcome(link, link.place(link.order("0.01", "59000")))
    assert (refused.code, refused.final, refused.retry_after) == ("rate_limited", False, 3)


async def test_a_banned_address_is_left_alone(link: Link) -> None:
    link.fake.refuse("order/realtime", 10018, "Exceeded the IP Rate Limit.")
    with pytest.raises(Rejection):
        await link.find("a" * 26)
    asked = link.fake.asked.total()
    refused = await outcome(link, link.place(link.order("0.01", "59000")))
    assert (refused.code, link.fake.asked.total()) == ("rate_limited", asked)
    assert refused.retry_after > limits.BYBIT_BAN_S - 5


async def test_entries_are_held_back_before_the_venue_counts_too_many(linear: Link) -> None:
    linear.fake.enforces_limits = True
    held = 0
    for _ in range(14):
        try:
            await linear.place(linear.order("0.001", "50000"))
        except Withheld:
            held += 1
    assert held > 0
    assert len(linear.user.book.orders) + held == 14
    # an exit may use what entries must leave
    order = linear.order("0.001", "50000", priority=0)
    await linear.place(order)


async def test_the_same_id_twice_is_the_same_order_and_not_a_no(link: Link) -> None:
    order = link.order("0.01", "59000")
    await link.place(order)
    assert isinstance(await outcome(link, link.place(order)), OutcomeUnknown)
    assert len(link.user.book.orders) == 1


async def test_an_order_is_absent_only_when_all_lists_agree(link: Link) -> None:
    order = link.order("0.01")
    await link.place(order)
    link.fake.remembers_closed = False
    link.fake.history_delay_ms = 60_000
    found = await link.find(order.id)
    assert (found.status, found.filled) == (OrderStatus.FILLED, D("0.01"))
    link.fake.execution_delay_ms = 60_000
    assert await link.find(order.id) is None
    link.fake.fail("execution/list", ending="http", status=503)
    with pytest.raises(Silence):
        await link.find(order.id)


async def test_executions_prove_an_order_that_no_list_shows(link: Link) -> None:
    link.fake.depth(link.category, "BTCUSDT", "0.004")
    order = link.order("0.01", "60000")
    await link.place(order)
    link.fake.open_delay_ms = 60_000
    found = await link.find(order.id)
    assert (found.status, found.filled) == (OrderStatus.PARTIALLY_FILLED, D("0.004"))


async def test_an_order_in_a_state_without_a_word_is_neither_here_nor_absent(link: Link) -> None:
    order = link.order("0.01", "59000")
    await link.place(order)
    link.user.book.orders[0].status = "New"
    link.user.book.orders[0].status = "Frozen"
    with pytest.raises(Silence):
        await link.find(order.id)


async def test_a_cancel_waits_for_the_end_and_counts_what_was_filled(link: Link) -> None:
    link.fake.depth(link.category, "BTCUSDT", "0.004")
    order = link.order("0.01", "60000")
    await link.place(order)
    found = await link.cancel(order.id)
    # on spot the venue's word is PartiallyFilledCanceled, which ccxt reads as filled
    assert (found.status, found.filled) == (OrderStatus.CANCELLED, D("0.004"))
    assert await link.cancel(order.id) == found


async def test_a_cancel_of_a_filled_order_counts_it_and_an_unknown_one_is_told(
    link: Link,
) -> None:
    order = link.order("0.01")
    await link.place(order)
    assert (await link.cancel(order.id)).filled == D("0.01")
    assert await link.cancel("a" * 26) is None


@pytest.mark.parametrize("code", [10016, 170147, 110079, 170191])
async def test_an_unclear_cancel_stays_unclear(link: Link, code: int) -> None:
    order = link.order("0.01", "59000")
    await link.place(order)
    link.fake.refuse("order/cancel", code)
    assert isinstance(await outcome(link, link.cancel(order.id)), OutcomeUnknown)


async def test_a_stop_waits_at_the_venue_and_can_be_cancelled(link: Link) -> None:
    await link.place(link.order("0.02"))
    held = D("0.019") if link.category == "spot" else D("0.02")
    stops = [
        dataclasses.replace(
            link.order(str(held)),
            side=SELL,
            order_type=OrderType.STOP,
            trigger_price=D(trigger),
            reduce_only=True,
            priority=0,
        )
        for trigger in (58000, 59000)
    ]
    await link.place(stops[0])
    (waiting,) = await link.dialect.open_orders(link.wire)
    assert (waiting.order_id, waiting.price) == (stops[0].id, None)
    assert (await link.cancel(stops[0].id)).status is OrderStatus.CANCELLED
    await link.place(stops[1])
    link.price("58999")
    assert (await link.find(stops[1].id)).status is OrderStatus.FILLED


async def test_an_order_that_may_not_wait_tells_its_end_at_once(link: Link) -> None:
    link.fake.depth(link.category, "BTCUSDT", "0.004")
    order = link.order("0.01", "60000", time_in_force=TimeInForce.IOC)
    placed = await link.place(order)
    assert (placed.state.status, placed.state.filled) == (OrderStatus.CANCELLED, D("0.004"))
    link.fake.world.reject_next = "EC_NoImmediateQtyToFill"
    placed = await link.place(link.order("0.01"))
    assert (placed.state.status, placed.state.filled) == (OrderStatus.FAILED, D(0))


async def test_that_look_never_spoils_the_order(link: Link) -> None:
    link.fake.fail("order/realtime", ending="http", status=500)
    placed = await link.place(link.order("0.01"))
    assert (placed.state, len(link.user.book.executions)) == (None, 1)


async def test_reducing_more_than_is_held_closes_it_and_ends(linear: Link) -> None:
    await linear.place(linear.order("0.02"))
    order = linear.order("0.05", side=SELL, reduce_only=True, priority=0)
    placed = await linear.place(order)
    assert (placed.state.status, placed.state.filled) == (OrderStatus.CANCELLED, D("0.02"))
    assert await linear.dialect.positions(linear.wire, ()) == ()
    again = await outcome(linear, linear.place(linear.order("0.01", side=SELL, reduce_only=True)))
    assert again.code == "would_not_reduce"


async def test_in_hedge_mode_orders_name_their_side(fake: FakeBybit, user: User) -> None:
    user.book.hedged = True
    async with linked(fake, user, MarketKind.LINEAR, PositionMode.HEDGE) as link:
        assert (await link.dialect.check(link.wire)).position_mode is PositionMode.HEDGE
        await link.place(link.order("0.02"))
        await link.place(link.order("0.01", side=SELL, reduce_only=True))
        await link.place(link.order("0.03", side=SELL))
        await link.place(link.order("0.01", reduce_only=True))
        sizes = {idx: size for (_, idx), (size, _) in user.book.positions.items()}
        assert sizes == {1: D("0.01"), 2: D("-0.02")}
        (held,) = await link.dialect.positions(link.wire, ())
        assert (held.symbol, held.quantity) == (LINEAR, D("-0.01"))


async def test_leverage_is_set_and_setting_it_again_is_no_error(linear: Link) -> None:
    for _ in range(2):
        await linear.dialect.prepare(linear.wire, linear.listing, Terms(3))
    assert linear.user.book.leverage["BTCUSDT"] == 3
    refused = await outcome(linear, linear.dialect.prepare(linear.wire, linear.listing, Terms(500)))
    assert refused.code == "invalid_order"


async def test_the_wallet_counts_dollars_and_what_is_bound(spot: Link, linear: Link) -> None:
    await spot.place(spot.order("0.01", "59000"))
    wallet = await spot.dialect.wallet(spot.wire)
    assert (wallet.free_usd, wallet.wallet_usd) == (9410, 10000)
    assert wallet.free_of == {"USDT": 9410, "USDC": 0}, "each pays for its own pairs"
    await linear.place(linear.order("0.1"))
    wallet = await linear.dialect.wallet(linear.wire)
    assert wallet.wallet_usd == D("9996.7")
    assert wallet.free_usd == D("9996.7") - 600 - 590
    assert wallet.free_of == {}, "a unified margin lends on all of it"


async def test_holdings(spot: Link, linear: Link) -> None:
    await spot.place(spot.order("0.01"))
    await linear.place(linear.order("0.02", side=SELL))
    (coin,) = await spot.dialect.positions(spot.wire, (SPOT,))
    (contract,) = await linear.dialect.positions(linear.wire, ())
    assert (coin.symbol, coin.quantity) == (SPOT, D("0.00999"))
    assert (contract.symbol, contract.quantity) == (LINEAR, D("-0.02"))


async def test_a_key_that_may_withdraw_is_seen(link: Link) -> None:
    check = await link.dialect.check(link.wire)
    assert (check.may_trade, check.may_withdraw) == (True, False)
    link.user.permissions["Wallet"] = ["AccountTransfer", "Withdraw"]
    assert (await link.dialect.check(link.wire)).may_withdraw
    link.user.read_only = 1
    assert not (await link.dialect.check(link.wire)).may_trade
    link.user.uta = 0
    refused = await outcome(link, link.dialect.check(link.wire))
    assert refused.code == "permission_denied"
    assert "unified" in refused.text


async def test_a_position_mode_that_was_changed_asks_for_the_keys_anew(linear: Link) -> None:
    linear.user.book.hedged = True
    refused = await outcome(linear, linear.place(linear.order("0.01")))
    assert (refused.code, refused.final) == ("permission_denied", True)
    assert "position mode" in refused.text


@pytest.mark.parametrize(("side", "trigger"), [(SELL, "61000"), (OrderSide.BUY, "59000")])
async def test_a_stop_the_price_has_passed_is_refused(
    link: Link, side: OrderSide, trigger: str
) -> None:
    await link.place(link.order("0.02"))
    stop = dataclasses.replace(
        link.order("0.01"), side=side, order_type=OrderType.STOP, trigger_price=D(trigger)
    )
    refused = await outcome(link, link.place(stop))
    # on spot the venue would take it, and wait for the price to come back
    assert (refused.code, refused.final) == ("invalid_order", True)
    assert len(link.user.book.orders) == 1
