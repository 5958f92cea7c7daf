"""The core in market time: ladders fill, targets close, and the money adds up."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.backtest.driver import Driver
from engine.backtest.trades import trade_of
from engine.domain.account import Account
from engine.domain.events import SignalReceived
from engine.domain.settings import AccountSettings
from engine.domain.signal import Signal
from engine.domain.words import ExitReason, Intent, OrderSide, Side, TakeProfitMode
from engine.market.candle import Candle
from engine.venues.paper.match import Terms
from engine.venues.paper.rules import INSTRUMENTS

D = Decimal
BTC = "BTC/USDT"
START = datetime(2024, 8, 4, tzinfo=UTC)
FREE = Terms(fee_bps=D(0), slippage_bps=D(0))


def signal(name: str, price: str | None, intent: str = "enter", side: str = "long") -> Signal:
    return Signal(
        id=name,
        source="tradingview",
        producer="hook",
        received_at=START,
        signal_time=START,
        symbol=BTC,
        raw_symbol="BTCUSDT",
        timeframe=15,
        side=Side(side),
        intent=Intent(intent),
        entry_price=None if price is None else D(price),
    )


def driver(terms: Terms = FREE, **changes: object) -> Driver:
    account = Account("a", "paper", AccountSettings.model_validate(changes))
    return Driver(account, {BTC: INSTRUMENTS[BTC]}, terms)


def walk(subject: Driver, prices: Sequence[str | int], first: int = 0) -> None:
    for n, price in enumerate(prices, start=first):
        subject.price(BTC, D(price), START + timedelta(seconds=n))


def test_a_ladder_fills_leg_by_leg_and_each_leg_closes_at_its_own_target() -> None:
    subject = driver()
    walk(subject, [60000])
    outcome = subject.signal(SignalReceived(signal("s", "60000"), "person"), START)
    assert outcome.code == "opened"
    walk(subject, [59690, 59390], first=1)
    [group] = subject.account.groups.values()
    assert sum(1 for _, leg in group.legs if leg.filled_quantity) == 3
    walk(subject, [59700, 60000, 60700], first=3)
    [closed] = subject.closed
    assert closed.exit_reason is ExitReason.TARGET
    trade = trade_of(closed)
    assert (trade.legs_filled, trade.legs_total) == (3, 5)
    assert trade.pnl_usd > 0
    assert subject.account.slots_taken == 0


def test_the_whole_position_closes_on_its_average() -> None:
    subject = driver(tp_mode=TakeProfitMode.AGGREGATE, tp_aggregate_percent="1")
    walk(subject, [60000])
    subject.signal(SignalReceived(signal("s", "60000"), "person"), START)
    walk(subject, [58700, 59000, 60100], first=1)
    [closed] = subject.closed
    exits = [one for one in subject.fills if one.order.side is OrderSide.SELL]
    assert len(exits) == 1
    assert closed.open_quantity == 0


def test_an_exit_signal_closes_at_market_and_withdraws_what_waits() -> None:
    subject = driver()
    walk(subject, [60000])
    subject.signal(SignalReceived(signal("s", "60000"), "person"), START)
    later = START + timedelta(seconds=5)
    subject.signal(SignalReceived(signal("x", None, "exit")), later)
    [closed] = subject.closed
    assert closed.exit_reason is ExitReason.EXIT_SIGNAL
    walk(subject, [50000], first=6)
    assert len(subject.fills) == 2


def test_a_gap_over_all_legs_fills_each_once_at_its_own_price() -> None:
    subject = driver()
    walk(subject, [60000])
    subject.signal(SignalReceived(signal("s", "60000"), "person"), START)
    walk(subject, [50000, 50000], first=1)
    bought = [one.fill.price for one in subject.fills]
    assert bought == [D(60000), D(59700), D(59400), D(58800), D(57600)]


def test_time_alone_lets_a_waiting_signal_expire() -> None:
    subject = driver(max_open_groups=1, queue_expiry_minutes=10)
    walk(subject, [60000])
    subject.signal(SignalReceived(signal("s", "60000"), "person"), START)
    other = signal("t", "60000", side="short")
    assert subject.signal(SignalReceived(other, "person"), START).code == "queued"
    subject.pass_time(START + timedelta(minutes=11))
    assert subject.account.queue == ()


def test_partial_fills_end_in_the_same_place() -> None:
    subject = driver(Terms(fill_fraction=D("0.5")))
    walk(subject, [60000])
    subject.signal(SignalReceived(signal("s", "60000"), "person"), START)
    walk(subject, [60000, 60000, 61000, 61000, 61000, 61000], first=1)
    [closed] = subject.closed
    assert closed.open_quantity == 0
    assert len(subject.fills) > 2


def test_one_history_gives_one_result() -> None:
    def run() -> list[tuple[object, ...]]:
        subject = driver(Terms())
        for n in range(200):
            base = D(60000) + (n * 7919) % 1500 - 700
            bar = Candle(START + timedelta(minutes=n), base, base + 90, base - 110, base + 5, D(1))
            subject.candle(BTC, bar)
            if n % 20 == 0:
                fact = SignalReceived(signal(f"s{n}", str(base)), "person")
                subject.signal(fact, START + timedelta(minutes=n + 1))
        return [(one.order.id, one.fill.trade_id, one.fill.price) for one in subject.fills]

    assert run() == run()
    assert run()


def cash(subject: Driver) -> Decimal:
    """What the fills alone say: sold minus bought minus fees."""
    total = D(0)
    for one in subject.fills:
        value = one.fill.quantity * one.fill.price
        total += (value if one.order.side is OrderSide.SELL else -value) - one.fill.fee_usd
    return total


steps = st.lists(st.integers(-900, 900), min_size=5, max_size=60)


@settings(max_examples=60, deadline=None)
@given(steps, st.sampled_from(("long", "short")), st.sampled_from(TakeProfitMode))
def test_whatever_happens_realised_profit_is_what_the_fills_say(
    moves: list[int], side: str, mode: TakeProfitMode
) -> None:
    subject = driver(Terms(), tp_mode=mode)
    price = 60000
    for n, move in enumerate(moves):
        price = max(price + move, 10_000)
        at = START + timedelta(minutes=n)
        subject.price(BTC, D(price), at)
        if n % 7 == 0:
            subject.signal(SignalReceived(signal(f"s{n}", str(price), side=side), "person"), at)
    end = START + timedelta(days=1)
    subject.pass_time(end)
    subject.signal(SignalReceived(signal("x", None, "exit", side)), end)
    assert subject.account.slots_taken == 0
    assert sum((g.realized_pnl_usd for g in subject.closed), D(0)) == cash(subject)


def test_a_trailing_stop_follows_the_market_and_closes_below_its_top() -> None:
    subject = driver(stops={"trailing_stop_percent": "2"}, tp_mode="aggregate",
                     tp_aggregate_percent="50")  # fmt: skip
    walk(subject, [60000])
    subject.signal(SignalReceived(signal("s", "60000"), "person"), START)
    walk(subject, [60500, 61000, 62000, 63000, 62000, 61739], first=1)
    [closed] = subject.closed
    assert closed.exit_reason is ExitReason.STOP
    [exit_] = [one.fill for one in subject.fills if one.order.side is OrderSide.SELL]
    assert exit_.price == D(61739)


def test_a_resting_target_sells_at_its_price_and_a_resting_stop_at_the_market() -> None:
    subject = driver(tp_execution="resting")
    walk(subject, [60000])
    subject.signal(SignalReceived(signal("s", "60000"), "person"), START)
    walk(subject, [60590, 60800], first=1)
    [sold] = [one.fill for one in subject.fills if one.order.side is OrderSide.SELL]
    assert sold.price == D(60600)
    assert subject.closed[0].exit_reason is ExitReason.TARGET

    subject = driver(stops={"stop_loss_percent": "5", "execution": "resting"})
    walk(subject, [60000])
    subject.signal(SignalReceived(signal("s", "60000"), "person"), START)
    walk(subject, [57500, 55000], first=1)
    assert subject.closed[0].exit_reason is ExitReason.STOP
    assert subject.closed[0].open_quantity == 0
