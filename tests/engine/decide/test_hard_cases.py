"""Where money could be forgotten, doubled or left standing (spec engine §3, §4): each was once."""

from __future__ import annotations

from decimal import Decimal as D

from engine.decide.wants import wants
from engine.domain.commands import PlaceOrder
from engine.domain.events import (
    CloseAllCommanded,
    Halted,
    OrderLost,
    OrderRefused,
    PriceCrossed,
    SettingsChanged,
    SignalReceived,
    StateCommanded,
)
from engine.domain.settings import AccountSettings
from engine.domain.words import (
    ExitReason,
    GroupStatus,
    Intent,
    OrderStatus,
    Side,
    TakeProfitMode,
    TradingState,
)
from tests.engine.decide.kit import Desk, instrument


def opened(legs: int = 2, **settings: object) -> Desk:
    desk = Desk(**settings)
    desk.enter()
    for order in desk.new_orders()[:legs]:
        desk.fill(order)
    return desk


def settle_cancels(desk: Desk) -> None:
    for cancel in desk.new_cancels():
        desk.cancelled(cancel.order_id, "0")


def busy(order: PlaceOrder) -> OrderRefused:
    return OrderRefused(order.id, "busy", "busy", final=False)


def state(desk: Desk, to: TradingState) -> None:
    desk.give(StateCommanded(to, "user"))


def reduce(desk: Desk, fraction: str) -> str:
    fact = SignalReceived(desk.signal(Intent.REDUCE, reduce_fraction=D(fraction)))
    return desk.give(fact).code


# --- partial fills --------------------------------------------------------------------------------


def test_a_first_fill_too_small_to_sell_is_a_beginning_not_an_end() -> None:
    desk = Desk()
    desk.enter()
    order = desk.new_orders()[0]
    desk.fill(order, quantity=D("0.00002"))  # 1.20 USD; the venue wants 5
    assert desk.group.status is GroupStatus.PARTIALLY_FILLED
    assert desk.new_cancels() == []
    desk.fill(order, quantity=order.quantity - D("0.00002"))
    (outcome,) = desk.cross("60600")
    assert outcome.code == "tp_hit"
    assert desk.new_orders()[0].quantity == order.quantity


def test_dust_that_no_entry_can_add_to_gives_its_slot_back() -> None:
    desk = Desk()
    desk.enter()
    first, *others = desk.new_orders()
    desk.fill(first, quantity=D("0.00002"))
    desk.cancelled(first.id, "0.00002")
    for order in others:
        desk.cancelled(order.id, "0")
    assert desk.group.status is GroupStatus.CLOSED


def test_a_group_is_not_given_up_while_a_counted_fill_is_on_its_way() -> None:
    desk = Desk()
    desk.enter()
    first, *others = desk.new_orders()
    for order in others:
        desk.give(OrderRefused(order.id, "filter", "no"))
    desk.cancelled(first.id, "0.001")
    assert desk.group.status is GroupStatus.LIVE
    desk.fill(first, quantity=D("0.001"))
    assert desk.group.status is GroupStatus.ACTIVE
    assert len(wants(desk.account).watches) == 1


def test_a_late_fill_of_a_failed_group_is_closed() -> None:
    desk = Desk()
    desk.enter()
    first, *others = desk.new_orders()
    for order in others:
        desk.give(OrderRefused(order.id, "filter", "no"))
    desk.cancelled(first.id)
    assert desk.group.status is GroupStatus.FAILED
    desk.fill(first)
    (exit_order,) = desk.new_orders()
    assert exit_order.reduce_only
    desk.fill(exit_order, "60000")
    assert desk.group.open_quantity == 0


# --- exits that the venue does not take -----------------------------------------------------------


def test_an_exit_never_waits_for_the_back_off_of_something_smaller() -> None:
    desk = opened(2)
    desk.cross("60000")
    for _ in range(4):
        desk.give(busy(desk.new_orders()[0]))
        retry = desk.group.exit_retry_at
        assert retry is not None
        if desk.group.exit_attempts < 4:
            desk.wait((retry - desk.now).total_seconds())
    desk.close()
    (order,) = desk.new_orders()
    assert order.quantity == desk.group.open_quantity


def test_a_person_who_orders_an_exit_again_has_it_tried_at_once() -> None:
    desk = opened(1)
    desk.exit()
    for _ in range(4):
        desk.give(busy(desk.new_orders()[0]))
        if desk.group.exit_attempts < 4:
            retry = desk.group.exit_retry_at
            assert retry is not None
            desk.wait((retry - desk.now).total_seconds())
    assert desk.close().code == "already_closing"
    (order,) = desk.new_orders()
    desk.give(busy(order))
    desk.give(CloseAllCommanded("user"))
    assert len(desk.new_orders()) == 1


def test_a_reduce_that_was_lost_or_refused_is_still_wanted() -> None:
    desk = opened(2)
    assert reduce(desk, "0.5") == "reducing"
    (order,) = desk.new_orders()
    desk.give(OrderLost(order.id))
    (again,) = desk.new_orders()
    assert again.quantity == order.quantity
    desk.give(busy(again))
    desk.wait(2)
    (third,) = desk.new_orders()
    assert third.quantity == order.quantity
    desk.fill(third, "60000", D("0.001"))
    desk.cancelled(third.id, "0.001")
    desk.wait(2)
    (rest,) = desk.new_orders()
    assert rest.quantity == order.quantity - D("0.001")
    desk.fill(rest, "60000")
    assert desk.group.reduce_quantity == 0
    assert desk.new_orders() == []


def test_an_exit_the_venue_takes_off_is_tried_again_but_not_in_a_hot_loop() -> None:
    desk = opened(1)
    desk.exit()
    (order,) = desk.new_orders()
    desk.cancelled(order.id, "0")
    assert desk.new_orders() == []
    due = wants(desk.account).next_due
    assert due is not None
    desk.wait((due - desk.now).total_seconds())
    assert desk.new_orders()[0].quantity == order.quantity


def test_a_closed_group_is_not_forgotten_while_its_late_fill_is_not_sold() -> None:
    desk = Desk()
    desk.enter()
    entry = desk.placed(0)
    desk.close()
    for cancel in desk.new_cancels():
        desk.cancelled(cancel.order_id)
    desk.wait(3590)
    desk.fill(entry)
    for _ in range(5):
        desk.give(busy(desk.new_orders()[0]))
        retry = desk.group.exit_retry_at
        assert retry is not None
        desk.wait(1)
        assert desk.account.groups, "a position is left and nobody knows of it"
        if not desk.new_orders():
            desk.wait(max((retry - desk.now).total_seconds(), 1))
    desk.fill(desk.new_orders()[0], "60000")
    assert desk.group.open_quantity == 0


# --- while the rules of the instrument are missing ------------------------------------------------


def test_fills_without_rules_have_a_target_and_close_when_the_rules_are_back() -> None:
    desk = Desk()
    desk.enter()
    order = desk.new_orders()[0]
    rules = desk.instruments.pop("BTC/USDT")
    desk.fill(order)
    (watch,) = wants(desk.account).watches
    assert watch.price == D("60600")
    assert desk.cross("60600")[0].code == "tp_hit"
    assert desk.new_orders() == []
    desk.instruments["BTC/USDT"] = rules
    due = wants(desk.account).next_due
    assert due is not None, "nothing would ever look again"
    desk.wait((due - desk.now).total_seconds())
    assert desk.new_orders()[0].quantity == order.quantity


def test_an_exit_without_rules_goes_out_when_they_are_back() -> None:
    desk = opened(1)
    rules = desk.instruments.pop("BTC/USDT")
    desk.exit()
    settle_cancels(desk)
    assert desk.group.status is GroupStatus.CLOSING
    desk.wait(60)
    desk.instruments["BTC/USDT"] = rules
    desk.wait(60)
    assert len(desk.new_orders()) == 1


# --- entries that come too late -------------------------------------------------------------------


def test_an_entry_is_not_tried_again_when_its_signal_is_stale() -> None:
    desk = Desk()
    desk.enter()
    first = desk.placed(0)
    state(desk, TradingState.HALTED)
    desk.give(OrderLost(first.id))
    assert desk.new_orders() == []
    desk.wait(3600)
    state(desk, TradingState.RUNNING)
    assert desk.new_orders() == []
    assert desk.group.pyramids[0].legs[0].status is OrderStatus.CANCELLED


def test_an_entry_lost_in_a_pause_is_ordered_when_it_ends_soon() -> None:
    desk = Desk()
    desk.enter()
    first = desk.placed(0)
    state(desk, TradingState.PAUSED)
    desk.give(OrderLost(first.id))
    assert desk.new_orders() == []
    state(desk, TradingState.RUNNING)
    assert desk.new_orders()[0].quantity == first.quantity


def test_a_refusal_for_now_is_not_asked_again_at_once_nor_for_ever() -> None:
    desk = Desk()
    desk.enter()
    order = desk.placed(0)
    for _ in range(400):
        desk.give(busy(order))
        assert desk.new_orders() == []
        desk.wait(2)
        if not desk.new_orders():
            break
        (order,) = desk.new_orders()
    assert desk.group.pyramids[0].legs[0].status is OrderStatus.FAILED


def test_a_waiting_group_opens_no_position_while_the_account_is_paused() -> None:
    desk = Desk()
    rules = desk.instruments.pop("BTC/USDT")
    assert desk.enter().code == "waiting"
    state(desk, TradingState.PAUSED)
    desk.instruments["BTC/USDT"] = rules
    desk.wait(600)
    assert desk.group.status is GroupStatus.WAITING
    state(desk, TradingState.RUNNING)
    desk.wait(6)
    assert len(desk.new_orders()) == 5


def test_an_entry_price_that_is_none_is_refused_even_without_rules() -> None:
    desk = Desk()
    desk.instruments.clear()
    assert desk.enter("-5").code == "bad_price"
    assert desk.enter("0").code == "bad_price"


# --- halted and paused ----------------------------------------------------------------------------


def test_halted_sends_nothing_new_but_what_a_person_orders() -> None:
    desk = opened(2)
    low, _ = sorted(wants(desk.account).watches, key=lambda watch: watch.price)
    desk.give(Halted("a broken assertion"))
    crossing = PriceCrossed(low.id, low.armed_seq, low.price, desk.now)
    assert desk.give(crossing).code == "stale_watch"
    assert desk.exit().code == "account_halted"
    assert reduce(desk, "0.5") == "account_halted"
    turned = desk.signal(Intent.REVERSE, side=Side.SHORT)
    assert desk.give(SignalReceived(turned)).code == "account_halted"
    assert [c for c in desk.commands if isinstance(c, PlaceOrder) and c.reduce_only] == []
    desk.close()
    assert desk.new_orders()[0].quantity == desk.group.open_quantity


def test_a_closing_ordered_before_a_halt_goes_on() -> None:
    desk = opened(1)
    desk.exit()
    (order,) = desk.new_orders()
    desk.give(Halted("a broken assertion"))
    desk.give(OrderLost(order.id))
    assert desk.new_orders()[0].quantity == order.quantity


def test_targets_go_on_while_paused() -> None:
    desk = opened(1)
    state(desk, TradingState.PAUSED)
    assert desk.cross("60600")[0].code == "tp_hit"
    assert len(desk.new_orders()) == 1


# --- the queue ------------------------------------------------------------------------------------


def test_a_reverse_also_forgets_the_waiting_signal_of_the_side_it_leaves() -> None:
    desk = Desk(max_open_groups=1)
    desk.prices["ETH/USDT"], desk.instruments["ETH/USDT"] = D(3000), instrument("ETH/USDT")
    desk.enter("3000", symbol="ETH/USDT")
    desk.enter(side=Side.LONG)
    desk.give(SignalReceived(desk.signal(Intent.REVERSE, side=Side.SHORT, entry_price=D(60000))))
    assert [waiting.signal.side for waiting in desk.account.queue] == [Side.SHORT]


def test_a_waiting_signal_without_a_price_waits_on_while_the_market_is_silent() -> None:
    desk = Desk(max_open_groups=1)
    desk.enter()
    desk.enter(price=None, timeframe=60)
    desk.prices.clear()
    desk.close()
    settle_cancels(desk)
    assert len(desk.account.queue) == 1
    desk.prices["BTC/USDT"] = D(61000)
    state(desk, TradingState.RUNNING)
    assert desk.account.queue == ()
    assert desk.group.pyramids[0].entry_price == D(61000)


def test_fewer_slots_than_groups_closes_nothing_and_promotes_nothing() -> None:
    desk = Desk(max_open_groups=2)
    desk.enter()
    desk.enter(timeframe=60)
    desk.enter(timeframe=240)
    fewer = AccountSettings(max_open_groups=1)
    desk.give(SettingsChanged(2, fewer))
    assert desk.account.slots_taken == 2
    desk.close()
    settle_cancels(desk)
    assert (desk.account.slots_taken, len(desk.account.queue)) == (1, 1)
    desk.give(SettingsChanged(3, AccountSettings(max_open_groups=3)))
    assert (desk.account.slots_taken, len(desk.account.queue)) == (2, 0)


# --- reduces --------------------------------------------------------------------------------------


def test_two_halves_are_three_quarters_however_slow_the_venue_is() -> None:
    desk = opened(1)
    held = desk.group.open_quantity
    reduce(desk, "0.5")
    (first,) = desk.new_orders()
    reduce(desk, "0.5")
    (second,) = desk.new_orders()
    assert first.quantity + second.quantity == D("0.00249")  # of 0.00333, down to the step
    desk.fill(first, "60000")
    desk.fill(second, "60000")
    assert desk.group.open_quantity == held - D("0.00249")
    assert desk.group.status is GroupStatus.PARTIALLY_FILLED


def test_a_reduce_worth_less_than_the_minimum_is_refused_with_the_numbers() -> None:
    desk = opened(1)
    outcome = desk.close("0.02")  # 0.00006 BTC: 3.60 USD
    assert (outcome.status, outcome.code) == ("refused", "under_min_notional")
    assert "5 USD" in outcome.text


def test_a_reduce_moves_the_target_of_the_whole_position_with_its_average() -> None:
    desk = Desk(tp_mode=TakeProfitMode.AGGREGATE)
    desk.instruments["BTC/USDT"] = instrument(step=D("0.001"), min_quantity=D("0.001"))
    desk.enter(factor="1")
    for order in desk.new_orders()[:2]:
        desk.fill(order)
    reduce(desk, "0.5")
    desk.fill(desk.new_orders()[0], "59000")
    average, level = desk.group.average_entry, desk.group.tp_price
    assert average is not None
    assert level is not None
    assert D(0) <= level - average * D("1.01") < D("0.01")
    assert desk.group.exit_reason is None


def test_a_group_that_failed_can_be_closed_by_hand() -> None:
    desk = Desk()
    desk.enter()
    for order in list(desk.new_orders()):
        desk.give(OrderRefused(order.id, "filter", "no"))
    assert desk.close().status == "done"
    assert desk.group.status is GroupStatus.CLOSED
    assert desk.group.exit_reason is ExitReason.MANUAL


def test_a_reduce_that_would_leave_only_dust_closes_everything() -> None:
    desk = opened(1)
    assert desk.close("0.98").code == "closing"  # 4 USD of 200 would be left; the venue wants 5
    (order,) = desk.new_orders()
    assert order.quantity == desk.group.open_quantity
    settle_cancels(desk)
    desk.fill(order, "60000")
    assert desk.group.status is GroupStatus.CLOSED
    assert desk.group.open_quantity == 0
