"""Whatever closes a group closes it in one way, and a reduce takes its share of each lot (§4)."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal as D
from typing import Any

import pytest

from engine.domain.commands import CancelOrder, PlaceOrder
from engine.domain.events import (
    CloseAllCommanded,
    OrderLost,
    SignalReceived,
    StateCommanded,
)
from engine.domain.words import ExitReason, GroupStatus, Intent, OrderType, Side, TradingState
from tests.engine.decide.kit import Desk

STOPS = {"stop_loss_percent": "5", "execution": "monitor"}
TRIGGERS: dict[str, tuple[Callable[[Desk], object], ExitReason]] = {
    "an exit signal": (lambda desk: desk.exit(side=desk.group.side), ExitReason.EXIT_SIGNAL),
    "a person": (lambda desk: desk.close(), ExitReason.MANUAL),
    "an emergency": (lambda desk: desk.give(CloseAllCommanded("user")), ExitReason.EMERGENCY),
    "the stop": (lambda desk: desk.cross(str(desk.group.stop.price)), ExitReason.STOP),
}


def held(side: Side = Side.LONG, legs: int = 2, **settings: Any) -> Desk:
    desk = Desk(**settings)
    desk.enter(side=side)
    for order in desk.new_orders()[:legs]:
        desk.fill(order)
    return desk


def reduce(desk: Desk, fraction: str) -> str:
    wish = desk.signal(Intent.REDUCE, side=desk.group.side, reduce_fraction=D(fraction))
    return desk.give(SignalReceived(wish)).code


@pytest.mark.parametrize("side", Side)
@pytest.mark.parametrize("by", TRIGGERS)
def test_every_trigger_cancels_the_open_legs_then_closes_at_market_and_frees_the_slot_when_flat(
    by: str, side: Side
) -> None:
    desk = held(side, stops=STOPS)
    working = {order.id for order in desk.group.entry_orders if order.working}
    pull, reason = TRIGGERS[by]
    pull(desk)
    *cancels, closing = desk.last.commands
    assert {one.order_id for one in cancels if isinstance(one, CancelOrder)} == working
    assert isinstance(closing, PlaceOrder)
    assert (closing.order_type, closing.reduce_only, closing.priority) == (
        OrderType.MARKET,
        True,
        0,
    )
    assert closing.quantity == desk.group.open_quantity
    assert desk.group.exit_reason is reason
    for order_id in working:
        desk.cancelled(order_id, "0")
    assert desk.account.slots_taken == 1, "it is not flat yet"
    desk.fill(closing, "60000")
    assert desk.group.status is GroupStatus.CLOSED
    assert desk.account.slots_taken == 0


@pytest.mark.parametrize("later", TRIGGERS)
@pytest.mark.parametrize("first", ["an exit signal", "a person", "an emergency"])
def test_the_first_trigger_wins_over_every_later_one(first: str, later: str) -> None:
    desk = held(stops=STOPS)
    stop = desk.group.stop.price
    pull, reason = TRIGGERS[first]
    pull(desk)
    before = len(desk.reducers())
    if later == "the stop":
        assert desk.cross(str(stop)) == [], "a group that closes watches nothing"
    else:
        TRIGGERS[later][0](desk)
    assert desk.group.exit_reason is reason
    assert len(desk.reducers()) == before, "nothing is closed twice"


def test_an_exit_calls_off_an_entry_that_waits_to_be_ordered_again() -> None:
    desk = held(legs=1)
    desk.give(StateCommanded(TradingState.PAUSED, "user"))
    desk.give(OrderLost(desk.placed(1).id))
    assert desk.group.pyramids[0].legs[1].order_id is None
    desk.exit()
    desk.give(StateCommanded(TradingState.RUNNING, "user"))
    assert desk.new_orders() == []
    assert desk.group.pyramids[0].legs[1].status == "cancelled"


def test_an_exit_that_a_halt_keeps_from_closing_tells_of_the_waiting_signal_it_deleted() -> None:
    desk = held(max_open_groups=1, queue={"same_pair_timeframe": False})
    assert desk.enter().code == "queued"
    desk.give(StateCommanded(TradingState.HALTED, "user"))
    outcome = desk.exit()
    assert (outcome.status, outcome.code) == ("done", "dequeued")
    assert outcome.text.startswith("Removed the waiting BTC/USDT signal. The account is halted:")
    assert desk.account.queue == ()
    assert desk.exit().code == "account_halted"


@pytest.mark.parametrize("side", Side)
def test_a_fill_that_arrives_while_its_order_is_cancelled_is_closed_too(side: Side) -> None:
    desk = held(side, legs=1)
    late = desk.placed(1)
    desk.exit(side=side)
    desk.fill(late, quantity=D("0.002"))
    (closing,) = desk.new_orders()
    assert (closing.quantity, closing.reduce_only) == (D("0.002"), True)
    assert closing.side is not late.side
    for order in list(desk.group.orders.values()):
        if order.working and order.purpose == "entry":
            desk.cancelled(order.id, str(order.filled_quantity))
    for order in [one for one in desk.reducers() if desk.group.orders[one.id].working]:
        desk.fill(order, "60000")
    assert desk.group.status is GroupStatus.CLOSED
    assert desk.group.open_quantity == 0


@pytest.mark.parametrize("side", Side)
def test_a_reduce_takes_its_fraction_of_every_lot_and_leaves_legs_and_slot(side: Side) -> None:
    desk = held(side, legs=3)
    before = {(p.index, leg.index): leg.open_quantity for p, leg in desk.group.legs}
    working = [order.id for order in desk.group.entry_orders if order.working]
    assert reduce(desk, "0.25") == "reducing"
    (order,) = desk.new_orders()
    assert desk.new_cancels() == []
    desk.fill(order, "60000")
    for pyramid, leg in desk.group.legs:
        was = before[(pyramid.index, leg.index)]
        assert abs(leg.open_quantity - was * D("0.75")) <= 3 * D("0.00001")
    assert [one.id for one in desk.group.entry_orders if one.working] == working
    assert desk.account.slots_taken == 1
    assert desk.group.status is GroupStatus.PARTIALLY_FILLED


def test_a_reduce_for_nothing_says_so() -> None:
    desk = Desk()
    signal = desk.signal(Intent.REDUCE, reduce_fraction=D("0.5"))
    assert desk.give(SignalReceived(signal)).code == "nothing_to_close"
    desk.enter()
    signal = desk.signal(Intent.REDUCE, reduce_fraction=D("0.5"))
    outcome = desk.give(SignalReceived(signal))
    assert (outcome.status, outcome.code) == ("done", "nothing_to_close")
    assert desk.new_cancels() == []


def test_a_share_of_a_person_is_taken_pro_rata_as_well() -> None:
    desk = held(legs=2)
    desk.close("0.5")
    desk.fill(desk.new_orders()[0], "60000")
    first, second = desk.group.pyramids[0].legs[:2]
    assert abs(first.closed * 2 - first.received) <= 2 * D("0.00001")
    assert abs(second.closed * 2 - second.received) <= 2 * D("0.00001")
