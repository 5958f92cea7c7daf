"""A graceful stop: leave orders as they are, or cancel entries: a setting (spec engine §10)."""

from __future__ import annotations

from datetime import timedelta

from engine.domain.commands import CancelOrder
from engine.domain.events import EngineStopping
from engine.domain.words import ExitReason, GroupStatus, OrderStatus
from tests.engine.decide.kit import Desk, instrument

WANTED = {"cancel_entries_on_stop": True}


def stop(desk: Desk, *, last: bool = False, in_s: float = 6) -> str:
    return desk.give(EngineStopping(desk.now + timedelta(seconds=in_s), last)).code


def opened(**orders: bool) -> Desk:
    desk = Desk(orders=orders)
    desk.enter()
    for order in desk.new_orders():
        desk.accept(order)
    return desk


def confirm(desk: Desk) -> None:
    for order_id in [one.order_id for one in desk.commands if isinstance(one, CancelOrder)]:
        desk.cancelled(order_id, "0")


def test_orders_are_left_as_they_are() -> None:
    desk = opened()
    assert stop(desk) == "unchanged"
    assert desk.new_cancels() == []


def test_entries_are_cancelled_where_settings_want_that() -> None:
    desk = opened(**WANTED)
    assert stop(desk) == "stopping"
    assert len(desk.new_cancels()) == 5
    assert "entries_cancelled" in desk.told


def test_what_is_held_keeps_its_targets_and_its_ladder_is_not_drawn_again() -> None:
    desk = opened(**WANTED)
    desk.fill(desk.placed(0))
    stop(desk)
    confirm(desk)
    assert desk.group.status is GroupStatus.ACTIVE
    desk.wait(60)
    assert desk.new_orders() == []
    statuses = [leg.status for _, leg in desk.group.legs]
    assert statuses == [OrderStatus.FILLED, *[OrderStatus.CANCELLED] * 4]
    assert [outcome.code for outcome in desk.cross("61000")] == ["tp_hit"]


def test_a_position_without_a_fill_closes() -> None:
    desk = opened(**WANTED)
    stop(desk)
    confirm(desk)
    assert desk.group.status is GroupStatus.CLOSED
    assert desk.group.exit_reason is ExitReason.EXTERNAL


def test_nothing_is_promoted_into_slots_that_become_free_by_it() -> None:
    desk = Desk(max_open_groups=1, orders=WANTED)
    desk.prices["ETH/USDT"] = desk.prices["BTC/USDT"]
    desk.instruments["ETH/USDT"] = instrument("ETH/USDT")
    desk.enter()
    assert desk.enter(symbol="ETH/USDT", raw_symbol="ETHUSDT").code == "queued"
    stop(desk, in_s=30)
    confirm(desk)
    assert len(desk.account.queue) == 1
    desk.wait(60)
    assert desk.account.queue == ()


def test_what_could_not_be_cancelled_is_reported() -> None:
    desk = opened(**WANTED)
    stop(desk)
    stop(desk, last=True)
    assert desk.new_cancels() == []
    [told] = [one for one in desk.last.notices if one.kind == "entries_left"]
    assert told.reason == (
        "The engine stopped before 5 open legs could be cancelled; the venue may still fill them."
    )


def test_a_word_that_is_heard_after_the_restart_means_nothing() -> None:
    desk = opened(**WANTED)
    fact = EngineStopping(desk.now + timedelta(seconds=6))
    desk.wait(60)
    assert desk.give(fact).code == "too_late"
    assert desk.new_cancels() == []


def test_exits_already_ordered_are_not_touched() -> None:
    desk = opened(**WANTED)
    desk.fill(desk.placed(0))
    desk.exit()
    asked = len(desk.commands)
    stop(desk)
    assert len(desk.commands) == asked
