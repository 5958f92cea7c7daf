"""What is told of orders a venue refuses: a series once, not each try (spec engine §9)."""

from __future__ import annotations

from decimal import Decimal

from engine.domain.events import CloseAllCommanded, OrderLost, OrderRefused
from engine.domain.notices import NoticeKind
from engine.domain.words import GroupStatus, OrderStatus
from foundation import limits
from tests.engine.decide.kit import Desk

D = Decimal


def failures(desk: Desk) -> list[str]:
    """What the last fact had told of failed orders."""
    return [n.reason for n in desk.last.notices if n.kind is NoticeKind.ORDER_FAILED]


def leaving() -> Desk:
    """One leg filled and being closed, with nothing else at work."""
    desk = Desk()
    desk.enter()
    desk.fill(desk.new_orders()[0])
    desk.exit()
    for cancel in desk.new_cancels():
        desk.cancelled(cancel.order_id)
    return desk


def refuse_exits(desk: Desk, times: int, text: str = "down") -> list[str]:
    """Have the exit refused again and again; all that was told of it."""
    told = []
    for _ in range(times):
        desk.give(OrderRefused(desk.reducers()[-1].id, "venue_unavailable", text, final=False))
        told += failures(desk)
        at = desk.group.exit_retry_at
        assert at is not None, "it is tried again, told or not"
        desk.wait((at - desk.now).total_seconds())
        assert len(desk.new_orders()) == 1
    return told


def test_the_first_refusal_of_an_exit_is_told_and_the_next_ones_are_not() -> None:
    desk = leaving()
    assert refuse_exits(desk, limits.EXIT_TRIES_TOLD - 1) == ["The venue refused: down"]


def test_an_exit_that_is_refused_on_and_on_is_told_once_more_and_tried_for_ever() -> None:
    desk = leaving()
    first, late = refuse_exits(desk, limits.EXIT_TRIES_TOLD * 4)
    assert first == "The venue refused: down"
    assert late == "BTC/USDT could not be closed in 10 tries, and is tried on: down"


def test_an_exit_that_is_done_after_all_says_how_many_tries_it_took() -> None:
    desk = leaving()
    refuse_exits(desk, 3)
    desk.fill(desk.reducers()[-1], "60000")
    assert desk.group.status is GroupStatus.CLOSED
    [sold] = [n for n in desk.last.notices if n.kind is NoticeKind.REDUCER_FILLED]
    assert sold.reason.endswith("at 60000. It took 4 tries.")
    assert sold.data["failed_tries"] == "3"


def test_a_series_of_refusals_begins_anew_when_something_was_sold() -> None:
    desk = leaving()
    refuse_exits(desk, 2)
    order = desk.reducers()[-1]
    desk.fill(order, "60000", quantity=order.quantity / 3)
    desk.cancelled(order.id, str(order.quantity / 3))
    assert refuse_exits(desk, 0) == []
    at = desk.group.exit_retry_at
    assert at is not None
    desk.wait((at - desk.now).total_seconds())
    assert refuse_exits(desk, 3) == ["The venue refused: down"]


def test_who_closes_everything_hears_what_does_not_close_though_it_was_told_before() -> None:
    desk = leaving()
    refuse_exits(desk, 4)
    desk.give(CloseAllCommanded("user"))
    assert len(refuse_exits(desk, 3)) == 1


def test_an_exit_that_was_lost_is_no_refusal_and_hides_none() -> None:
    desk = leaving()
    desk.give(OrderLost(desk.reducers()[-1].id))
    assert failures(desk) == ["The order never reached the venue."]
    assert refuse_exits(desk, 2) == ["The venue refused: down"]


def test_an_exit_that_its_venue_ended_hides_no_refusal() -> None:
    desk = leaving()
    desk.cancelled(desk.reducers()[-1].id, "0")
    at = desk.group.exit_retry_at
    assert at is not None
    desk.wait((at - desk.now).total_seconds())
    assert refuse_exits(desk, 2) == ["The venue refused: down"]


def test_an_entry_that_is_refused_for_now_is_told_once_and_again_when_it_is_given_up() -> None:
    desk = Desk()
    desk.enter()
    order, told = desk.new_orders()[0], []
    for _ in range(5):
        desk.give(OrderRefused(order.id, "rate_limited", "later", final=False, retry_after=20))
        told += failures(desk)
        desk.wait(20)
        [order] = desk.new_orders()
    assert told == ["The venue refused: later"]
    desk.wait(limits.ENTRY_FRESH_S)
    desk.give(OrderRefused(order.id, "rate_limited", "later", final=False, retry_after=20))
    assert failures(desk) == ["The venue refused: later"]
    assert desk.group.pyramids[0].legs[0].status is OrderStatus.FAILED


def test_legs_that_are_all_refused_for_want_of_funds_are_told_once() -> None:
    desk = Desk()
    desk.enter()
    told = []
    for order in desk.new_orders():
        desk.refuse(order, "insufficient_funds", "not enough USDT")
        told += failures(desk)
    assert told == ["The venue refused: not enough USDT"]


def test_each_leg_that_a_filter_refuses_for_good_is_told_once_and_not_ordered_again() -> None:
    desk = Desk()
    desk.enter()
    legs, told = desk.new_orders(), []
    for order in legs[1:]:
        desk.refuse(order, "filter", "PERCENT_PRICE")
        told += failures(desk)
    assert told == ["The venue refused: PERCENT_PRICE"] * (len(legs) - 1)
    desk.wait(60)
    assert desk.new_orders() == []
