"""A symbol without any price is not fresh: entries wait for the first one (spec engine §5, §7)."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from engine.decide.wants import wants
from engine.domain.events import QueueCommanded, StateCommanded
from engine.domain.words import GroupStatus, TradingState
from foundation import limits
from tests.engine.decide.kit import Desk, instrument

D = Decimal
BTC, ETH = "BTC/USDT", "ETH/USDT"
TEXT = "Nobody has told a price of ETH/USDT yet; entries wait for the feed."


def unpriced(**settings: Any) -> Desk:
    """An account that could trade ETH, of which no price was ever told."""
    desk = Desk(**settings)
    desk.instruments[ETH] = instrument(ETH)
    return desk


def test_an_entry_on_a_symbol_without_any_price_orders_nothing_and_says_why() -> None:
    desk = unpriced()
    outcome = desk.enter("3000", symbol=ETH)
    assert (outcome.status, outcome.code) == ("done", "queued")
    assert outcome.text == f"{TEXT} It is number 1 in the queue."
    assert outcome.data["code"] == "no_price"
    assert desk.commands == []
    assert desk.account.groups == {}


def test_the_first_price_lets_the_entry_in_at_the_next_look() -> None:
    desk = unpriced()
    desk.enter("3000", symbol=ETH)
    due = wants(desk.account).next_due
    assert due is not None
    assert (due - desk.now).total_seconds() == limits.QUEUE_LOOK_S
    desk.prices[ETH] = D(3000)
    desk.wait(limits.QUEUE_LOOK_S)
    assert desk.group.symbol == ETH
    assert desk.group.status is GroupStatus.LIVE
    assert desk.account.queue == ()


def test_an_entry_without_a_price_of_its_own_is_opened_at_the_first_price() -> None:
    desk = unpriced()
    assert desk.enter(None, symbol=ETH).code == "queued"
    desk.prices[ETH] = D(3100)
    desk.wait(limits.QUEUE_LOOK_S)
    assert desk.new_orders()[0].price == D(3100)


def test_an_entry_is_let_go_when_no_price_comes() -> None:
    desk = unpriced()
    desk.enter("3000", symbol=ETH)
    desk.wait(limits.FIRST_PRICE_WAIT_S - 1)
    assert len(desk.account.queue) == 1
    desk.wait(1)
    assert desk.account.queue == ()
    [gone] = desk.last.notices
    assert (gone.kind, gone.data["status"]) == ("dequeued", "expired")
    assert gone.reason == "No price of ETH/USDT came within 30 s."
    assert desk.commands == []


def test_a_first_price_that_has_drifted_opens_nothing() -> None:
    desk = unpriced(max_drift_percent=D(1))
    desk.enter("3000", symbol=ETH)
    desk.prices[ETH] = D(3100)
    desk.wait(limits.QUEUE_LOOK_S)
    assert "drifted" in desk.told
    assert desk.account.groups == {}


def test_an_exit_takes_an_entry_that_waits_for_a_price_with_it() -> None:
    desk = unpriced()
    desk.enter("3000", symbol=ETH)
    assert desk.exit(symbol=ETH).code == "dequeued"
    desk.prices[ETH] = D(3000)
    desk.wait(limits.QUEUE_LOOK_S)
    assert desk.account.groups == {}


def test_no_person_forces_an_entry_in_without_a_price() -> None:
    desk = unpriced()
    desk.enter("3000", symbol=ETH)
    [waiting] = desk.account.queue
    outcome = desk.give(QueueCommanded(waiting.id, "force_add", "user"))
    assert (outcome.status, outcome.code, outcome.text) == ("refused", "no_price", TEXT)


def test_where_nothing_may_wait_an_entry_without_a_price_is_refused() -> None:
    desk = unpriced(queue_limit=0)
    outcome = desk.enter("3000", symbol=ETH)
    assert (outcome.status, outcome.code, outcome.text) == ("refused", "no_price", TEXT)


def test_without_a_free_slot_it_waits_for_the_slot_as_long_as_any_other() -> None:
    desk = unpriced(max_open_groups=1)
    desk.enter()
    assert desk.enter("3000", symbol=ETH).data["code"] == "pool_full"
    desk.wait(limits.FIRST_PRICE_WAIT_S + 60)
    assert len(desk.account.queue) == 1


def test_a_newer_entry_without_a_price_keeps_the_place_of_the_one_that_waited_for_a_slot() -> None:
    desk = unpriced(max_open_groups=1)
    desk.enter()
    desk.enter("3000", symbol=ETH)
    desk.wait(limits.FIRST_PRICE_WAIT_S * 2)
    assert desk.enter("3010", symbol=ETH).code == "replaced"
    desk.wait(limits.FIRST_PRICE_WAIT_S * 2)
    [waiting] = desk.account.queue
    assert waiting.signal.entry_price == D(3010)


def test_what_bars_every_entry_is_said_before_that_there_is_no_price() -> None:
    desk = unpriced()
    desk.give(StateCommanded(TradingState.PAUSED, "user"))
    assert desk.enter("3000", symbol=ETH).code == "account_paused"


def test_nobody_waits_for_a_price_when_fresh_prices_are_not_required() -> None:
    desk = unpriced(protection={"gate": {"require_fresh_price": False}})
    assert desk.enter("3000", symbol=ETH).code == "opened"


@pytest.mark.parametrize("newer", ["59990", None])
def test_a_newer_entry_without_a_price_waits_no_longer_than_the_one_it_replaced(
    newer: str | None,
) -> None:
    desk = Desk(max_open_groups=1)
    desk.enter(factor="0.3")
    price = desk.prices.pop(BTC)
    assert desk.enter("60000", factor="0.3").data["code"] == "no_price"
    desk.wait(10)
    assert desk.enter(newer, factor="0.3").code == "replaced"
    assert desk.account.slots_free == 0
    [waiting] = desk.account.queue
    assert waiting.expires_at == desk.now + timedelta(seconds=limits.FIRST_PRICE_WAIT_S)
    due = wants(desk.account).next_due
    assert due == desk.now + timedelta(seconds=limits.QUEUE_LOOK_S), "no slot has to free for it"
    desk.prices[BTC] = price
    desk.wait(limits.QUEUE_LOOK_S)
    assert len(desk.group.pyramids) == 2


def test_a_newer_entry_without_a_price_is_let_go_when_none_comes() -> None:
    desk = unpriced()
    desk.enter("3000", symbol=ETH)
    desk.wait(20)
    desk.enter("3010", symbol=ETH)
    desk.wait(limits.FIRST_PRICE_WAIT_S - 1)
    assert len(desk.account.queue) == 1
    desk.wait(1)
    assert desk.account.queue == ()
    assert desk.last.notices[0].reason == "No price of ETH/USDT came within 30 s."


def test_a_newer_entry_with_a_price_waits_for_the_slot_that_was_lost() -> None:
    desk = unpriced(max_open_groups=1)
    desk.enter("3000", symbol=ETH)
    desk.enter()
    desk.prices[ETH] = D(3000)
    assert desk.enter("3010", symbol=ETH).code == "replaced"
    [waiting] = desk.account.queue
    assert not waiting.waits_for_price
    assert waiting.expires_at == desk.now + timedelta(days=1)


@pytest.mark.parametrize("price", ["3000", None])
def test_an_entry_whose_price_came_when_its_slot_was_taken_waits_for_a_slot_like_any_other(
    price: str | None,
) -> None:
    desk = unpriced(max_open_groups=1)
    desk.enter(price, symbol=ETH)
    queued_at = desk.account.queue[0].queued_at
    assert desk.enter().code == "opened"
    desk.prices[ETH] = D(3000)
    desk.wait(limits.QUEUE_LOOK_S)
    [waiting] = desk.account.queue
    assert not waiting.waits_for_price
    assert waiting.expires_at == queued_at + timedelta(days=1)
    assert wants(desk.account).next_due != desk.now + timedelta(seconds=limits.QUEUE_LOOK_S)
    desk.wait(limits.FIRST_PRICE_WAIT_S * 2)
    assert len(desk.account.queue) == 1
    taken = desk.group
    desk.close()
    for order in list(taken.orders.values()):
        desk.cancelled(order.id, "0")
    assert (desk.account.queue, desk.group.symbol) == ((), ETH)


def test_a_price_that_comes_at_the_last_moment_still_finds_the_slot_lost_and_not_the_price() -> (
    None
):
    desk = unpriced(max_open_groups=1)
    desk.enter("3000", symbol=ETH)
    desk.enter()
    desk.prices[ETH] = D(3000)
    desk.wait(limits.FIRST_PRICE_WAIT_S)
    [waiting] = desk.account.queue
    assert not waiting.waits_for_price


def test_an_entry_that_something_else_bars_is_not_said_to_have_no_price() -> None:
    desk = unpriced()
    desk.enter("3000", symbol=ETH)
    desk.give(StateCommanded(TradingState.PAUSED, "user"))
    desk.prices[ETH] = D(3000)
    desk.wait(limits.FIRST_PRICE_WAIT_S)
    [gone] = desk.last.notices
    assert gone.reason.startswith("It waited 30 s for the first price of ETH/USDT. ")
    assert "paused" in gone.reason
