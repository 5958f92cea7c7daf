"""Targets, exits, reduces and the books behind them (spec engine §3, §4)."""

from __future__ import annotations

from decimal import Decimal as D

import pytest

from engine.decide.wants import wants
from engine.domain.events import (
    CloseAllCommanded,
    Halted,
    OrderLost,
    OrderRefused,
    PriceCrossed,
    SignalReceived,
    StateCommanded,
)
from engine.domain.words import (
    ExitReason,
    GroupStatus,
    Intent,
    OrderStatus,
    Side,
    TakeProfitMode,
    TradingState,
)
from tests.engine.decide.kit import Desk


def opened(legs: int = 2, **settings: object) -> Desk:
    """A desk with a group whose first ``legs`` legs are filled at their price."""
    desk = Desk(**settings)
    desk.enter()
    for order in desk.new_orders()[:legs]:
        desk.fill(order)
    return desk


def settle_cancels(desk: Desk) -> None:
    for cancel in desk.new_cancels():
        desk.cancelled(cancel.order_id, "0")


def test_per_leg_each_target_closes_its_own_lot() -> None:
    desk = opened()
    # leg 2 filled at 59,700: its target is 0.5 % above, 59,998.50; leg 1's is 60,600
    (outcome,) = desk.cross("60000")
    assert outcome.code == "tp_hit"
    (order,) = desk.new_orders()
    assert order.quantity == desk.group.pyramids[0].legs[1].received
    assert order.reduce_only
    desk.fill(order, "60000")
    leg = desk.group.pyramids[0].legs[1]
    assert leg.open_quantity == 0
    assert leg.realized_pnl_usd == (D("60000") - D("59700")) * leg.filled_quantity
    assert desk.group.status is GroupStatus.PARTIALLY_FILLED


def test_when_targets_leave_the_group_flat_unfilled_legs_are_cancelled_and_it_closes() -> None:
    desk = opened(1)
    desk.cross("60600")
    desk.fill(desk.new_orders()[0], "60600")
    assert desk.group.status is GroupStatus.CLOSING
    assert len(desk.new_cancels()) == 4
    settle_cancels(desk)
    assert desk.group.status is GroupStatus.CLOSED
    assert desk.group.exit_reason is ExitReason.TARGET
    assert desk.account.slots_taken == 0


def test_a_short_target_lies_below_and_profit_is_mirrored() -> None:
    desk = Desk()
    desk.enter(side=Side.SHORT)
    order = desk.new_orders()[0]
    desk.fill(order)
    assert desk.cross("59400")[0].code == "tp_hit"
    desk.fill(desk.new_orders()[0], "59400")
    assert desk.group.realized_pnl_usd == (D(60000) - D(59400)) * order.quantity


def test_a_partial_fill_is_covered_at_once() -> None:
    desk = Desk()
    desk.enter()
    order = desk.new_orders()[0]
    desk.fill(order, quantity=D("0.001"))
    (watch,) = wants(desk.account).watches
    assert watch.price == D("60600")
    desk.cross("60700")
    assert desk.new_orders()[0].quantity == D("0.001")


def test_more_fills_after_a_hit_arm_the_target_again_for_the_rest() -> None:
    desk = Desk()
    desk.enter()
    order = desk.new_orders()[0]
    desk.fill(order, quantity=D("0.001"))
    desk.cross("60700")
    first_exit = desk.new_orders()[0]
    desk.fill(order, quantity=D("0.00233"))
    desk.cross("60700")
    (second_exit,) = desk.new_orders()
    assert second_exit.quantity == D("0.00233")
    desk.fill(first_exit, "60700")
    desk.fill(second_exit, "60700")
    settle_cancels(desk)
    assert desk.group.status is GroupStatus.CLOSED


def test_aggregate_closes_the_whole_group_on_its_average() -> None:
    desk = opened(2, tp_mode=TakeProfitMode.AGGREGATE, tp_aggregate_percent=D("1"))
    average = desk.group.average_entry
    assert average is not None
    (watch,) = wants(desk.account).watches
    assert watch.price >= average * D("1.01")
    desk.cross(str(watch.price))
    assert desk.group.status is GroupStatus.CLOSING
    (order,) = desk.new_orders()
    assert order.quantity == desk.group.open_quantity
    settle_cancels(desk)
    desk.fill(order, str(watch.price))
    assert desk.group.exit_reason is ExitReason.TARGET
    assert desk.group.status is GroupStatus.CLOSED


def test_a_stale_crossing_changes_nothing() -> None:
    desk = opened(1)
    (watch,) = wants(desk.account).watches
    stale = PriceCrossed(watch.id, watch.armed_seq - 1, D(70000), desk.now)
    assert desk.give(stale).code == "stale_watch"
    assert desk.new_orders() == []


def test_a_gap_over_several_targets_fires_all_once() -> None:
    desk = opened(3)
    outcomes = desk.cross("70000")
    assert [o.code for o in outcomes] == ["tp_hit"] * 3
    assert desk.cross("70000") == []


def test_exit_signal_cancels_legs_and_closes_the_rest() -> None:
    desk = opened(2)
    outcome = desk.exit()
    assert outcome.code == "closing"
    assert len(desk.new_cancels()) == 3
    (order,) = desk.new_orders()
    assert order.quantity == desk.group.open_quantity
    settle_cancels(desk)
    desk.fill(order, "59000")
    assert desk.group.status is GroupStatus.CLOSED
    assert desk.group.exit_reason is ExitReason.EXIT_SIGNAL


def test_the_first_trigger_wins() -> None:
    desk = opened(1)
    desk.exit()
    assert desk.close().code == "already_closing"
    assert desk.group.exit_reason is ExitReason.EXIT_SIGNAL


def test_an_exit_covers_only_what_a_live_target_order_does_not() -> None:
    desk = opened(2)
    desk.cross("60000")
    target_order = desk.new_orders()[0]
    desk.exit()
    (order,) = desk.new_orders()
    assert order.quantity == desk.group.pyramids[0].legs[0].received
    desk.fill(target_order, "60000")
    settle_cancels(desk)
    desk.fill(order, "60000")
    for leg in desk.group.pyramids[0].legs:
        if leg.status is not OrderStatus.FILLED:
            desk.cancelled(leg.order_id or "", "0")
    assert desk.group.status is GroupStatus.CLOSED


def test_an_exit_for_nothing_says_so_and_one_for_a_queued_signal_deletes_it() -> None:
    desk = Desk(max_open_groups=1)
    assert desk.exit().code == "nothing_to_close"
    desk.enter()
    desk.enter(timeframe=60)
    assert desk.exit(timeframe=60).code == "dequeued"
    assert desk.account.queue == ()


def test_reduce_closes_its_fraction_pro_rata_and_leaves_legs_alone() -> None:
    desk = opened(2)
    fact = SignalReceived(desk.signal(Intent.REDUCE, reduce_fraction=D("0.5")))
    assert desk.give(fact).code == "reducing"
    (order,) = desk.new_orders()
    assert order.quantity == D("0.00334")  # half of 0.00668
    assert desk.new_cancels() == []
    desk.fill(order, "60000")
    legs = desk.group.pyramids[0].legs
    assert legs[0].open_quantity > 0
    assert legs[1].open_quantity > 0
    assert desk.group.open_quantity == D("0.00334")
    assert desk.account.slots_taken == 1


def test_a_reduce_under_the_minimum_is_refused_with_the_numbers() -> None:
    desk = opened(1)
    outcome = desk.close("0.001")
    assert (outcome.status, outcome.code) == ("refused", "under_min_quantity")


def test_reverse_exits_then_enters_the_other_side_when_flat() -> None:
    desk = opened(1)
    signal = desk.signal(Intent.REVERSE, side=Side.SHORT, entry_price=D("60000"))
    assert desk.give(SignalReceived(signal, "person")).code == "queued"
    (order,) = desk.new_orders()
    settle_cancels(desk)
    desk.fill(order, "60000")
    assert desk.group.side is Side.SHORT
    assert desk.account.slots_taken == 1


def test_a_lost_exit_is_ordered_again_with_a_new_id() -> None:
    desk = opened(1)
    desk.exit()
    (order,) = desk.new_orders()
    desk.give(OrderLost(order.id))
    (again,) = desk.new_orders()
    assert again.id != order.id
    assert again.quantity == order.quantity


def test_a_refused_exit_is_tried_again_with_growing_waits() -> None:
    desk = opened(1)
    desk.exit()
    (order,) = desk.new_orders()
    waits = []
    for _ in range(8):
        desk.give(OrderRefused(order.id, "venue_unavailable", "down", final=False))
        at = desk.group.exit_retry_at
        assert at is not None
        waits.append((at - desk.now).total_seconds())
        desk.wait(waits[-1])
        (order,) = desk.new_orders()
    assert waits == [1, 2, 4, 8, 16, 32, 32, 32]


def test_fees_are_counted_once_in_any_asset() -> None:
    desk = Desk()
    desk.enter()
    order = desk.new_orders()[0]
    desk.fill(order, fee="0.1998", fee_in_base="0.00000333")
    leg = desk.group.pyramids[0].legs[0]
    assert leg.received == D("0.00333") - D("0.00000333")
    desk.exit()
    (exit_order,) = desk.new_orders()
    assert exit_order.quantity == D("0.00332"), "rounded down to the step; the rest is dust"
    settle_cancels(desk)
    desk.fill(exit_order, "60000", fee="0.1")
    assert desk.group.status is GroupStatus.CLOSED
    assert desk.group.realized_pnl_usd == D("-0.2998")


def test_emergency_close_takes_everything_and_pauses() -> None:
    desk = Desk(max_open_groups=1)
    desk.enter()
    desk.fill(desk.new_orders()[0])
    desk.enter(timeframe=60)
    outcome = desk.give(CloseAllCommanded("user"))
    assert outcome.data["groups"] == "1"
    assert desk.account.queue == ()
    assert desk.account.state is TradingState.PAUSED
    assert desk.group.exit_reason is ExitReason.EMERGENCY


def test_a_halted_account_watches_nothing_and_arms_anew_when_it_is_lifted() -> None:
    desk = opened(1)
    (before,) = wants(desk.account).watches
    desk.give(Halted("a broken assertion"))
    assert wants(desk.account).watches == ()
    desk.give(StateCommanded(TradingState.RUNNING, "user"))
    (after,) = wants(desk.account).watches
    assert after.id == before.id
    assert after.armed_seq > before.armed_seq
    assert desk.account.halt_reason is None


def test_a_closed_group_is_forgotten_after_an_hour() -> None:
    desk = Desk()
    desk.enter()
    desk.close()
    settle_cancels(desk)
    due = wants(desk.account).next_due
    assert due is not None
    assert (due - desk.now).total_seconds() == 3600
    desk.wait(3600)
    assert not desk.account.groups


@pytest.mark.parametrize(("asked", "waits"), [(0, 1), (10, 10), (600, 32)])
def test_a_definite_refusal_that_may_pass_is_decided_again_when_the_venue_said(
    asked: int, waits: int
) -> None:
    desk = opened(1)
    desk.exit()
    (order,) = desk.new_orders()
    desk.give(OrderRefused(order.id, "rate_limited", "later", final=False, retry_after=asked))
    assert desk.new_orders() == []
    at = desk.group.exit_retry_at
    assert at is not None
    assert (at - desk.now).total_seconds() == waits
    desk.wait(waits)
    (again,) = desk.new_orders()
    assert again.id != order.id
    assert again.quantity == order.quantity
