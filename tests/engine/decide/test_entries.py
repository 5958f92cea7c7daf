"""Entries: slot, ladder, pyramids, queue and refusals (spec engine §1, §2, §5)."""

from __future__ import annotations

import re
from decimal import Decimal as D

from engine.domain.events import Due, QueueCommanded, StateCommanded
from engine.domain.words import GroupStatus, OrderSide, Side, TradingState
from tests.engine.decide.kit import Desk, instrument


def test_the_first_signal_opens_a_group_with_the_default_ladder() -> None:
    desk = Desk()
    outcome = desk.enter()
    assert outcome.code == "opened"
    assert outcome.object_id == desk.group.id
    prices = [order.price for order in desk.new_orders()]
    assert prices == [D("60000"), D("59700"), D("59400"), D("58800"), D("57600")]
    assert {order.side for order in desk.new_orders()} == {OrderSide.BUY}
    # 10,000 USD / 10 groups * 20 % = 200 USD a leg, rounded down to the step
    assert [o.quantity for o in desk.new_orders()][0] == D("0.00333")
    assert desk.group.status is GroupStatus.LIVE
    assert desk.account.slots_taken == 1


def test_a_short_ladder_stands_above_the_entry_and_sells() -> None:
    desk = Desk()
    desk.enter(side=Side.SHORT)
    prices = [order.price for order in desk.new_orders()]
    assert prices == [D("60000"), D("60300"), D("60600"), D("61200"), D("62400")]
    assert {order.side for order in desk.new_orders()} == {OrderSide.SELL}


def test_the_entry_is_the_market_price_when_the_signal_has_none() -> None:
    desk = Desk(price="61234.56")
    desk.enter(price=None)
    assert desk.new_orders()[0].price == D("61234.56")


def test_without_any_price_the_signal_is_refused() -> None:
    desk = Desk(protection={"gate": {"require_fresh_price": False}})
    desk.prices.clear()
    outcome = desk.enter(price=None)
    assert (outcome.status, outcome.code) == ("refused", "no_price")
    assert not desk.commands


def test_a_short_on_a_spot_market_is_refused() -> None:
    desk = Desk()
    desk.instruments["BTC/USDT"] = instrument(shorts=False)
    assert desk.enter(side=Side.SHORT).code == "no_shorts"


def test_a_leg_under_the_minimum_refuses_the_signal_with_the_numbers() -> None:
    desk = Desk(total_capital_usd=D(200))
    outcome = desk.enter()
    assert outcome.code == "under_min_notional"
    assert "leg 1" in outcome.text
    assert "5 USD" in outcome.text
    assert not desk.account.groups


def test_a_further_entry_adds_a_pyramid_and_takes_no_slot() -> None:
    desk = Desk(total_capital_usd=D(100000))
    desk.enter()
    outcome = desk.enter(price="59000")
    assert outcome.code == "pyramid_added"
    assert [p.index for p in desk.group.pyramids] == [0, 1]
    assert desk.new_orders()[0].price == D("59000")
    assert desk.account.slots_taken == 1


def test_pyramids_end_at_the_limit() -> None:
    desk = Desk(max_pyramids=2)
    desk.enter()
    desk.enter()
    outcome = desk.enter()
    assert (outcome.status, outcome.code) == ("refused", "pyramid_limit")
    assert "2 of 2" in outcome.text


def test_what_would_commit_more_than_the_capital_is_refused_with_the_numbers() -> None:
    desk = Desk(max_open_groups=1)
    assert desk.enter().code == "opened"
    outcome = desk.enter()
    assert outcome.code == "over_capital"
    assert re.match(
        r"\d+\.\d\d USD more would commit \d+\.\d\d USD of 10000 USD capital", outcome.text
    )


def test_half_size_halves_every_leg() -> None:
    desk = Desk()
    desk.enter(factor="0.5")
    assert desk.new_orders()[0].quantity == D("0.00166")


def test_when_all_slots_are_taken_the_signal_waits_and_is_promoted_when_one_frees() -> None:
    desk = Desk(max_open_groups=1)
    desk.enter()
    first = desk.group
    outcome = desk.enter(timeframe=60, factor="1")
    assert (outcome.code, outcome.data["rank"]) == ("queued", "1")
    desk.close()
    for cancel in desk.new_cancels():
        desk.cancelled(cancel.order_id, "0")
    assert desk.account.groups[first.id].status is GroupStatus.CLOSED
    assert desk.group.timeframe == 60
    assert desk.group.status is GroupStatus.LIVE
    assert desk.account.queue == ()
    assert "promoted" in desk.told


def test_the_queue_is_first_come_first_served() -> None:
    desk = Desk(max_open_groups=1)
    desk.enter()
    desk.enter(timeframe=60)
    desk.enter(timeframe=240)
    desk.close()
    for cancel in desk.new_cancels():
        desk.cancelled(cancel.order_id, "0")
    assert desk.group.timeframe == 60
    assert [q.signal.timeframe for q in desk.account.queue] == [240]


def test_a_newer_signal_replaces_the_queued_one_and_keeps_its_place() -> None:
    desk = Desk(max_open_groups=1)
    desk.enter()
    desk.enter(timeframe=60, price="60000")
    queued_at = desk.account.queue[0].queued_at
    outcome = desk.enter(timeframe=60, price="58000")
    assert outcome.code == "replaced"
    waiting = desk.account.queue[0]
    assert waiting.signal.entry_price == D("58000")
    assert waiting.replacement_count == 1
    assert waiting.queued_at == queued_at


def test_a_full_queue_refuses_the_next() -> None:
    desk = Desk(max_open_groups=1, queue_limit=1)
    desk.enter()
    desk.enter(timeframe=60)
    assert desk.enter(timeframe=240).code == "queue_full"


def test_a_queued_signal_expires() -> None:
    desk = Desk(max_open_groups=1, queue_expiry_minutes=1)
    desk.enter()
    desk.enter(timeframe=60)
    assert desk.wait(30).code == "due"
    assert len(desk.account.queue) == 1
    desk.wait(40)
    assert desk.account.queue == ()


def test_the_opposite_side_waits_until_the_earlier_closes() -> None:
    desk = Desk()
    desk.enter()
    outcome = desk.enter(side=Side.SHORT, timeframe=60)
    assert (outcome.code, outcome.data["code"]) == ("queued", "opposite_side")
    desk.exit()
    for cancel in desk.new_cancels():
        desk.cancelled(cancel.order_id, "0")
    assert desk.group.side is Side.SHORT
    assert desk.account.queue == ()


def test_a_blocked_opposite_signal_is_passed_over() -> None:
    desk = Desk(max_open_groups=2)
    desk.instruments["ETH/USDT"] = instrument("ETH/USDT")
    desk.prices["ETH/USDT"] = D(3000)
    desk.enter()
    desk.enter(symbol="ETH/USDT", price="3000")
    desk.enter(side=Side.SHORT)
    desk.enter(symbol="ETH/USDT", timeframe=60, price="3000")
    eth = next(g for g in desk.account.groups.values() if g.symbol == "ETH/USDT")
    desk.exit(symbol="ETH/USDT")
    for cancel in desk.new_cancels():
        desk.cancelled(cancel.order_id, "0")
    assert desk.account.groups[eth.id].status is GroupStatus.CLOSED
    assert desk.group.timeframe == 60
    assert [q.signal.side for q in desk.account.queue] == [Side.SHORT]


def test_without_instrument_rules_the_group_waits_and_holds_its_slot() -> None:
    desk = Desk()
    desk.instruments.clear()
    assert desk.enter().code == "waiting"
    assert desk.account.slots_taken == 1
    assert not desk.commands
    before = desk.account
    desk.wait(5)
    assert desk.account is before, "time that changes nothing writes nothing"
    desk.instruments["BTC/USDT"] = instrument()
    desk.wait(5)
    assert desk.group.status is GroupStatus.LIVE
    assert len(desk.new_orders()) == 5


def test_a_paused_account_takes_no_entries() -> None:
    desk = Desk()
    desk.give(StateCommanded(TradingState.PAUSED, "user"))
    assert desk.enter().code == "account_paused"
    desk.give(StateCommanded(TradingState.RUNNING, "user"))
    assert desk.enter().code == "opened"


def test_a_person_promotes_only_when_a_slot_is_free_and_may_remove() -> None:
    desk = Desk(max_open_groups=1)
    desk.enter()
    desk.enter(timeframe=60)
    waiting = desk.account.queue[0].id
    assert desk.give(QueueCommanded(waiting, "promote", "user")).code == "pool_full"
    assert desk.give(QueueCommanded(waiting, "remove", "user")).code == "removed"
    assert desk.account.queue == ()
    assert desk.give(QueueCommanded(waiting, "remove", "user")).code == "not_found"


def test_time_that_changes_nothing_returns_the_very_same_account() -> None:
    desk = Desk()
    desk.enter()
    before = desk.account
    desk.give(Due())
    assert desk.account is before
