"""Facts of orders: answers, fills in any order, refusals, losses (spec engine §1, §9)."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from decimal import Decimal as D

import pytest

from engine.domain.events import OrderAccepted, OrderLost, OrderRefused, OrderUnclear
from engine.domain.notices import NoticeKind
from engine.domain.words import GroupStatus, OrderStatus
from tests.engine.decide.kit import Desk


def test_an_accepted_order_is_open_at_the_venue() -> None:
    desk = Desk()
    desk.enter()
    order = desk.placed(0)
    desk.accept(order)
    leg = desk.group.pyramids[0].legs[0]
    assert (leg.status, leg.order_id) == (OrderStatus.OPEN, order.id)
    assert desk.accept(order).code == "known"


def test_a_fill_before_the_answer_counts_and_the_answer_changes_nothing_back() -> None:
    desk = Desk()
    desk.enter()
    order = desk.placed(0)
    desk.fill(order)
    desk.accept(order)
    leg = desk.group.pyramids[0].legs[0]
    assert leg.status is OrderStatus.FILLED
    assert desk.group.orders[order.id].venue_order_id == f"v-{order.id}"


def test_partial_fills_add_up_and_the_average_is_what_was_paid() -> None:
    desk = Desk()
    desk.enter()
    order = desk.placed(0)
    desk.fill(order, "59990", D("0.00100"))
    assert desk.group.status is GroupStatus.PARTIALLY_FILLED
    desk.fill(order, "60000", D("0.00233"))
    leg = desk.group.pyramids[0].legs[0]
    assert leg.filled_quantity == D("0.00333")
    assert leg.cost_usd == D("59.990") + D("139.80000")
    assert leg.tp_price == D("60596.97")  # 1 % above 59,996.99…, rounded up to the tick


def test_the_group_is_active_when_no_entry_works_any_more() -> None:
    desk = Desk()
    desk.enter()
    for order in list(desk.new_orders()):
        desk.fill(order)
    assert desk.group.status is GroupStatus.ACTIVE


def test_a_final_refusal_fails_the_leg_and_a_group_without_orders_fails() -> None:
    desk = Desk()
    desk.enter()
    for order in list(desk.new_orders()):
        desk.give(OrderRefused(order.id, "filter", "price too far"))
    assert desk.group.status is GroupStatus.FAILED
    assert desk.account.slots_taken == 0
    assert "group_failed" in desk.told


def test_insufficient_funds_stops_further_entries_of_the_group() -> None:
    desk = Desk()
    desk.enter()
    first, second = desk.placed(0), desk.placed(1)
    desk.fill(first)
    desk.give(OrderRefused(second.id, "insufficient_funds", "not enough balance"))
    assert desk.group.no_more_entries
    assert desk.enter().code == "group_takes_no_entries"


def test_a_passing_refusal_is_decided_again_with_a_new_id_after_its_time() -> None:
    desk = Desk()
    desk.enter()
    order = desk.placed(0)
    desk.give(OrderRefused(order.id, "rate_limited", "slow down", final=False, retry_after=10))
    assert desk.new_orders() == []
    desk.wait(5)
    assert desk.new_orders() == []
    desk.wait(6)
    (again,) = desk.new_orders()
    assert again.id != order.id
    assert (again.price, again.quantity) == (order.price, order.quantity)


def test_a_lost_entry_is_ordered_again_while_fresh_only() -> None:
    desk = Desk()
    desk.enter()
    first, second = desk.placed(0), desk.placed(1)
    desk.give(OrderLost(first.id))
    (again,) = desk.new_orders()
    assert again.id != first.id
    desk.wait(400)
    desk.give(OrderLost(second.id))
    assert desk.new_orders() == []
    assert desk.group.pyramids[0].legs[1].status is OrderStatus.CANCELLED


def test_lost_after_it_was_seen_is_not_believed() -> None:
    desk = Desk()
    desk.enter()
    order = desk.placed(0)
    desk.fill(order, quantity=D("0.001"))
    assert desk.give(OrderLost(order.id)).code == "known"
    assert desk.new_orders() == []


def test_a_refusal_after_it_was_seen_is_not_believed() -> None:
    desk = Desk()
    desk.enter()
    order = desk.placed(0)
    desk.accept(order)
    assert desk.give(OrderRefused(order.id, "x", "x")).code == "known"


def test_a_foreign_order_changes_nothing() -> None:
    desk = Desk()
    desk.enter()
    groups = desk.account.groups
    assert desk.give(OrderAccepted("nobody", "v")).code == "foreign_order"
    assert desk.account.groups is groups


def test_a_cancelled_order_waits_for_the_fills_the_venue_counted() -> None:
    desk = Desk()
    desk.enter()
    order = desk.placed(0)
    desk.accept(order)
    desk.close()
    for cancel in desk.new_cancels():
        filled = "0.001" if cancel.order_id == order.id else "0"
        desk.cancelled(cancel.order_id, filled)
    assert desk.group.status is GroupStatus.CLOSING, "a fill is still on its way"
    desk.fill(order, quantity=D("0.001"))
    (exit_order,) = desk.new_orders()
    assert (exit_order.quantity, exit_order.reduce_only) == (D("0.001"), True)
    desk.fill(exit_order, "60100")
    assert desk.group.status is GroupStatus.CLOSED


def test_a_late_fill_of_a_closed_group_is_closed_too() -> None:
    desk = Desk()
    desk.enter()
    order = desk.placed(0)
    desk.close()
    for cancel in desk.new_cancels():
        desk.cancelled(cancel.order_id)
    assert desk.group.status is GroupStatus.CLOSED
    desk.fill(order)
    (exit_order,) = desk.new_orders()
    assert exit_order.quantity == order.quantity
    desk.fill(exit_order, "60000")
    assert desk.group.open_quantity == 0


def test_more_than_was_ordered_is_booked_and_covered() -> None:
    desk = Desk()
    desk.enter()
    order = desk.placed(0)
    desk.fill(order, quantity=order.quantity * 2)
    leg = desk.group.pyramids[0].legs[0]
    assert leg.open_quantity == leg.quantity == order.quantity * 2
    assert desk.cross("60600")[0].code == "tp_hit"
    assert desk.new_orders()[0].quantity == order.quantity * 2


def test_a_fill_of_an_entry_that_we_called_lost_is_booked_and_its_successor_cancelled() -> None:
    desk = Desk()
    desk.enter()
    order = desk.placed(0)
    desk.give(OrderLost(order.id))
    (successor,) = desk.new_orders()
    desk.fill(order)
    assert [cancel.order_id for cancel in desk.new_cancels()] == [successor.id]
    desk.fill(successor)
    leg = desk.group.pyramids[0].legs[0]
    assert leg.open_quantity == order.quantity * 2
    desk.exit()
    assert desk.new_orders()[0].quantity == order.quantity * 2


def test_a_lost_entry_that_fills_before_it_is_ordered_again_is_not_ordered_again() -> None:
    desk = Desk()
    desk.enter()
    order = desk.placed(0)
    desk.give(OrderRefused(order.id, "busy", "busy", final=False, retry_after=5))
    desk.fill(order)
    desk.wait(10)
    assert desk.new_orders() == []
    assert desk.group.pyramids[0].legs[0].status is OrderStatus.FILLED


def test_a_reducer_that_closes_more_than_its_lots_closes_others_and_tells_what_nobody_held() -> (
    None
):
    desk = Desk()
    desk.enter()
    first, second = desk.new_orders()[:2]
    desk.fill(first)
    desk.fill(second)
    desk.cross("60000")
    (order,) = desk.new_orders()
    held = desk.group.open_quantity
    desk.fill(order, "60000", quantity=order.quantity + D("0.001"), fee="0.1")
    assert desk.group.open_quantity == held - order.quantity - D("0.001")
    desk.fill(order, "60000", quantity=D("1"))
    assert desk.group.open_quantity == 0
    assert "external_trade" in desk.told
    assert desk.group.fees_usd == sum(leg.fee_usd for _, leg in desk.group.legs)


def test_a_fill_of_a_forgotten_group_is_told_as_an_external_trade() -> None:
    desk = Desk()
    desk.enter()
    order = desk.placed(0)
    desk.close()
    for cancel in desk.new_cancels():
        desk.cancelled(cancel.order_id, "0")
    desk.wait(3700)
    assert desk.account.groups == {}
    assert desk.fill(order).code == "foreign_order"
    assert desk.told[-1] == "external_trade"


def test_an_order_nobody_answers_for_is_told_and_nothing_is_sent_again() -> None:
    desk = Desk()
    desk.enter()
    order = desk.new_orders()[0]
    before = desk.account.groups
    told = desk.give(OrderUnclear(order.id, 8))
    assert (told.code, "8 tries" in told.text) == ("unclear", True)
    assert desk.last.commands == ()
    assert [notice.kind for notice in desk.last.notices] == [NoticeKind.ORDER_UNCLEAR]
    assert desk.account.groups == before
    assert desk.give(OrderUnclear("nobody", 8)).code == "foreign_order"


@pytest.mark.parametrize("order", list(itertools.permutations(range(4))))
def test_fills_in_any_order_of_arrival_give_the_same_position(order: tuple[int, ...]) -> None:
    def position(arrival: Sequence[int]) -> tuple[object, ...]:
        desk = Desk()
        desk.enter()
        first, second = desk.placed(0), desk.placed(1)
        fills = (
            (first, "59990", D("0.00100")),
            (first, "60000", D("0.00233")),
            (second, "59700", D("0.00200")),
            (second, "59690", D("0.00135")),
        )
        for n in arrival:
            leg, price, quantity = fills[n]
            desk.fill(leg, price, quantity, fee="0.01")
        group = desk.group
        legs = [
            (leg.status, leg.filled_quantity, leg.cost_usd, leg.tp_price) for _, leg in group.legs
        ]
        return group.status, group.open_quantity, group.invested_usd, group.fees_usd, legs

    assert position(order) == position(range(4))


def test_a_count_below_what_has_filled_takes_nothing_back() -> None:
    desk = Desk()
    desk.enter()
    order = desk.placed(0)
    desk.fill(order, quantity=D("0.002"))
    desk.cancelled(order.id, "0.001")
    leg = desk.group.pyramids[0].legs[0]
    assert (leg.filled_quantity, leg.open_quantity) == (D("0.002"), D("0.002"))
    desk.fill(order, quantity=D("0.0005"))
    assert desk.group.pyramids[0].legs[0].filled_quantity == D("0.0025")
