"""Target modes, resting targets and switching between them (spec engine §3)."""

from __future__ import annotations

from decimal import Decimal as D
from typing import Any

import pytest

from engine.decide.switching import TargetLine, preview
from engine.decide.wants import wants
from engine.domain.commands import PlaceOrder
from engine.domain.events import (
    Halted,
    OrderRefused,
    PriceCrossed,
    StateCommanded,
    TargetsCommanded,
)
from engine.domain.words import (
    ExitReason,
    GroupStatus,
    OrderType,
    TakeProfitExecution,
    TakeProfitMode,
    TradingState,
)
from tests.engine.decide.kit import Desk

RESTING = TakeProfitExecution.RESTING
MONITOR = TakeProfitExecution.MONITOR


def held(legs: int = 2, **settings: Any) -> Desk:
    desk = Desk(**settings)
    desk.enter()
    for order in desk.new_orders()[:legs]:
        desk.fill(order)
    return desk


def kinds(desk: Desk) -> list[str]:
    return [watch.id.partition(":")[0] for watch in wants(desk.account).watches]


def resting(desk: Desk) -> list[PlaceOrder]:
    """Targets at the venue that still work and are to stay there."""
    orders = desk.group.orders
    return [
        command
        for command in desk.commands
        if isinstance(command, PlaceOrder)
        and command.reduce_only
        and command.order_type is OrderType.LIMIT
        and orders[command.id].working
        and not orders[command.id].cancel_requested
    ]


def settle(desk: Desk) -> None:
    """The venue confirms every cancel the last fact commanded."""
    for cancel in desk.new_cancels():
        desk.cancelled(cancel.order_id, str(desk.group.orders[cancel.order_id].filled_quantity))


# --- hybrid and per pyramid -----------------------------------------------------------------------


def test_hybrid_closes_by_whichever_target_is_reached_first() -> None:
    desk = held(2, tp_mode=TakeProfitMode.HYBRID)
    assert sorted(kinds(desk)) == ["agg", "tp", "tp"]
    # leg 2 filled at 59,700: 0.5 % above is 59,998.50, before the average's 60,448.38
    assert [one.code for one in desk.cross("60000")] == ["tp_hit"]
    assert desk.new_orders()[0].quantity == desk.group.pyramids[0].legs[1].received
    assert desk.group.status is GroupStatus.PARTIALLY_FILLED


def test_hybrid_on_one_tick_the_legs_close_per_leg_first() -> None:
    desk = held(2, tp_mode=TakeProfitMode.HYBRID)
    watch = next(w for w in wants(desk.account).watches if w.id.startswith("agg"))
    desk.prices["BTC/USDT"] = watch.price
    desk.give(PriceCrossed(watch.id, watch.armed_seq, watch.price, desk.now))
    second = desk.group.pyramids[0].legs[1]
    by_leg, rest = desk.new_orders()
    assert desk.group.orders[by_leg.id].purpose == "take_profit"
    assert by_leg.quantity == second.received
    assert desk.group.orders[rest.id].purpose == "exit"
    assert rest.quantity == desk.group.pyramids[0].legs[0].received
    assert desk.group.exit_reason is ExitReason.TARGET


def test_hybrid_on_one_tick_the_legs_close_per_leg_first_when_targets_trail() -> None:
    desk = held(2, tp_mode=TakeProfitMode.HYBRID, stops={"trailing_take_profit_percent": "1"})
    desk.cross("62000")
    assert sorted(desk.group.stop.running) == ["0:0", "0:1", "agg"]
    watch = next(w for w in wants(desk.account).watches if w.id.startswith("agg"))
    desk.prices["BTC/USDT"] = watch.price
    desk.give(PriceCrossed(watch.id, watch.armed_seq, watch.price, desk.now))
    (by_leg,) = desk.new_orders()
    assert desk.group.orders[by_leg.id].purpose == "take_profit"
    assert by_leg.quantity == desk.group.open_quantity
    assert desk.group.exit_reason is ExitReason.TARGET


def test_a_pyramid_closes_beyond_its_own_weighted_average() -> None:
    desk = held(2, tp_mode=TakeProfitMode.PYRAMID_AGGREGATE, tp_aggregate_percent=D(2))
    desk.enter("50000")
    desk.fill(desk.new_orders()[0])
    first, second = desk.group.pyramids
    assert second.tp_price == D(51000)
    assert first.tp_price is not None
    assert first.tp_price > D(61000)
    assert sorted(kinds(desk)) == ["pyr", "pyr"]
    assert [one.code for one in desk.cross("51000")] == ["tp_hit"]
    (order,) = desk.new_orders()
    assert order.quantity == second.legs[0].received
    assert len(desk.new_cancels()) == 4, "its own unfilled legs go with it"
    desk.fill(order, "51000")
    assert desk.group.open_quantity == sum(leg.received for leg in first.legs)
    assert desk.group.status is GroupStatus.PARTIALLY_FILLED


def test_a_partial_fill_moves_the_target_of_its_pyramid() -> None:
    desk = held(1, tp_mode=TakeProfitMode.PYRAMID_AGGREGATE)
    before = desk.group.pyramids[0].tp_price
    desk.fill(desk.placed(1), quantity=D("0.001"))
    after = desk.group.pyramids[0]
    assert after.tp_price is not None
    assert before is not None
    assert after.tp_price < before


# --- resting --------------------------------------------------------------------------------------


def test_monitor_is_the_default_and_nothing_rests() -> None:
    desk = held()
    assert resting(desk) == []
    assert kinds(desk) == ["tp", "tp"]


def test_every_leg_rests_at_its_own_target_and_is_not_watched_as_well() -> None:
    desk = held(2, tp_execution=RESTING)
    first, second = resting(desk)
    assert (first.price, second.price) == (D("60600"), D("59998.50"))
    assert first.quantity == desk.group.pyramids[0].legs[0].received
    assert kinds(desk) == []
    desk.fill(second)
    assert desk.group.pyramids[0].legs[1].open_quantity == 0
    assert "tp_hit" in desk.told


def test_a_resting_target_is_resized_after_every_fill_and_never_doubled() -> None:
    desk = Desk(tp_execution=RESTING)
    desk.enter()
    order = desk.placed(0)
    desk.fill(order, quantity=D("0.001"))
    (small,) = resting(desk)
    desk.fill(order, quantity=D("0.002"))
    assert [cancel.order_id for cancel in desk.new_cancels()] == [small.id]
    assert desk.new_orders() == [], "its successor waits for the cancel to be a fact"
    assert kinds(desk) == ["tp"], "and meanwhile the price is watched"
    desk.cancelled(small.id, "0")
    (whole,) = resting(desk)
    assert whole.quantity == D("0.003")


def test_what_the_old_target_sold_while_it_was_cancelled_is_not_sold_again() -> None:
    desk = Desk(tp_execution=RESTING)
    desk.enter()
    order = desk.placed(0)
    desk.fill(order, quantity=D("0.001"))
    (small,) = resting(desk)
    desk.fill(order, quantity=D("0.002"))
    desk.cancelled(small.id, "0.0004")
    (rest,) = resting(desk)
    assert rest.quantity == D("0.0026"), "a fill the venue counted is still on its way"
    desk.fill(small, quantity=D("0.0004"))
    assert resting(desk) == [rest]


def test_aggregate_rests_as_one_order_and_moves_with_the_average() -> None:
    desk = held(1, tp_execution=RESTING, tp_mode=TakeProfitMode.AGGREGATE)
    (old,) = resting(desk)
    desk.fill(desk.placed(1))
    settle(desk)
    (new,) = resting(desk)
    assert (new.price, new.quantity) == (desk.group.tp_price, desk.group.open_quantity)
    assert new.price is not None
    assert old.price is not None
    assert new.price < old.price


def test_an_aggregate_target_stands_while_it_executes_and_then_the_group_closes() -> None:
    desk = held(2, tp_execution=RESTING, tp_mode=TakeProfitMode.AGGREGATE)
    settle(desk)
    (order,) = resting(desk)
    desk.fill(order, quantity=D("0.004"))
    assert desk.new_cancels() == []
    assert desk.group.tp_price == order.price
    desk.fill(order, quantity=order.quantity - D("0.004"))
    settle(desk)
    assert desk.group.status is GroupStatus.CLOSED
    assert desk.group.exit_reason is ExitReason.TARGET


def test_hybrid_rests_each_lot_at_the_nearer_of_its_targets() -> None:
    desk = held(2, tp_execution=RESTING, tp_mode=TakeProfitMode.HYBRID)
    settle(desk)
    prices = sorted(order.price for order in resting(desk) if order.price)
    assert prices == sorted([D("59998.50"), desk.group.tp_price or D(0)])


def test_a_pyramid_that_its_resting_target_closed_gives_up_its_open_legs() -> None:
    desk = held(1, tp_execution=RESTING, tp_mode=TakeProfitMode.PYRAMID_AGGREGATE)
    desk.enter("50000")
    desk.fill(desk.new_orders()[0])
    target = next(order for order in resting(desk) if order.price == D(50500))
    desk.fill(target)
    cancelled = {cancel.order_id for cancel in desk.new_cancels()}
    assert cancelled == {leg.order_id for leg in desk.group.pyramids[1].legs[1:]}


def test_an_exit_takes_resting_targets_off_first_and_closes_the_rest_as_cancels_come_in() -> None:
    desk = held(2, tp_execution=RESTING)
    first, second = resting(desk)
    desk.fill(desk.placed(2), quantity=D("0.00002"))  # dust that cannot rest by itself
    desk.exit()
    cancels = {cancel.order_id for cancel in desk.new_cancels()}
    assert {first.id, second.id} <= cancels
    assert desk.new_orders() == []
    desk.cancelled(first.id, "0")
    (now,) = desk.new_orders()
    assert now.order_type is OrderType.MARKET
    assert now.quantity == first.quantity + D("0.00002")
    desk.cancelled(second.id, "0")
    assert desk.new_orders()[0].quantity == second.quantity


def test_a_stop_pre_empts_resting_targets() -> None:
    desk = held(1, tp_execution=RESTING, stops={"stop_loss_percent": "5"})
    (target,) = resting(desk)
    desk.cross("57000")
    assert target.id in {cancel.order_id for cancel in desk.new_cancels()}
    desk.cancelled(target.id, "0")
    assert desk.new_orders()[0].quantity == target.quantity


def test_a_reduce_takes_its_share_first_and_targets_rest_again_for_what_is_left() -> None:
    desk = held(2, tp_execution=RESTING)
    whole = desk.group.open_quantity
    assert desk.close("0.5").code == "reducing"
    assert desk.new_orders() == []
    settle(desk)
    reduce = next(c for c in desk.commands if isinstance(c, PlaceOrder) and c.price is None)
    assert whole / 2 - D("0.00001") <= reduce.quantity <= whole / 2
    assert sum(order.quantity for order in resting(desk)) == whole - reduce.quantity


def test_a_target_the_venue_refuses_is_watched_meanwhile() -> None:
    desk = held(1, tp_execution=RESTING)
    (target,) = resting(desk)
    desk.give(OrderRefused(target.id, "rate_limited", "busy", final=False))
    assert kinds(desk) == ["tp"]
    desk.wait(2)
    assert len(resting(desk)) == 1


def test_a_venue_that_will_not_have_targets_rest_has_them_watched_instead() -> None:
    desk = held(2, tp_execution=RESTING)
    first, second = resting(desk)
    desk.give(OrderRefused(first.id, "invalid_order", "no reduce-only limits here"))
    assert [cancel.order_id for cancel in desk.new_cancels()] == [second.id]
    assert desk.group.rules.tp_execution is MONITOR
    desk.cancelled(second.id, "0")
    assert kinds(desk) == ["tp", "tp"]
    assert desk.cross("60600")[0].code == "tp_hit"


def test_a_halted_account_places_no_targets_until_it_runs_again() -> None:
    desk = Desk(tp_execution=RESTING)
    desk.enter()
    desk.give(Halted("test"))
    desk.fill(desk.placed(0))
    assert resting(desk) == []
    desk.give(StateCommanded(TradingState.RUNNING, "user"))
    assert len(resting(desk)) == 1


def test_a_halted_account_keeps_what_rests_until_a_person_closes() -> None:
    desk = held(1, tp_execution=RESTING)
    (target,) = resting(desk)
    desk.give(Halted("test"))
    desk.fill(desk.placed(1), quantity=D("0.0001"))
    assert desk.new_cancels() == []
    desk.close()
    assert target.id in {cancel.order_id for cancel in desk.new_cancels()}


# --- switching ------------------------------------------------------------------------------------


def switch(desk: Desk, **wish: Any) -> str:
    return desk.give(TargetsCommanded(desk.group.id, "user", **wish)).code


def test_the_mode_of_an_open_group_is_switched_with_a_preview_of_what_changes() -> None:
    desk = held(2)
    wish = TargetsCommanded(desk.group.id, "user", TakeProfitMode.AGGREGATE)
    shown = preview(desk.group, wish, D("0.01"))
    first, second = desk.group.pyramids[0].legs[:2]
    assert shown.before == (
        TargetLine(1, 1, first.received, D("60600")),
        TargetLine(1, 2, second.received, D("59998.50")),
    )
    desk.give(wish)
    assert shown.after == (
        TargetLine(None, None, desk.group.open_quantity, desk.group.tp_price or D(0)),
    )
    assert kinds(desk) == ["agg"]
    assert desk.told[-1] == "targets_changed"


def test_switching_to_resting_and_back_places_and_cancels_the_targets() -> None:
    desk = held(2)
    assert switch(desk, tp_execution=RESTING) == "targets_changed"
    assert len(resting(desk)) == 2
    wish = TargetsCommanded(desk.group.id, "user", tp_execution=MONITOR)
    assert preview(desk.group, wish, D("0.01")).cancels == 2
    desk.give(wish)
    assert len(desk.new_cancels()) == 2
    settle(desk)
    assert resting(desk) == []
    assert kinds(desk) == ["tp", "tp"]


@pytest.mark.parametrize("mode", TakeProfitMode)
def test_every_mode_may_become_every_other_and_back(mode: TakeProfitMode) -> None:
    desk = held(2)
    before = desk.group.pyramids[0].legs[0].tp_price
    switch(desk, tp_mode=mode, tp_aggregate_percent=D(3))
    assert switch(desk, tp_mode=TakeProfitMode.PER_LEG) in ("targets_changed", "unchanged")
    assert desk.group.pyramids[0].legs[0].tp_price == before
    assert kinds(desk) == ["tp", "tp"]


def test_what_cannot_be_switched_says_so() -> None:
    desk = held(1)
    assert switch(desk, tp_mode=TakeProfitMode.PER_LEG) == "unchanged"
    assert switch(desk, tp_aggregate_percent=D(0)) == "bad_percent"
    assert desk.give(TargetsCommanded("nothing", "user")).code == "not_found"
    desk.exit()
    assert switch(desk, tp_mode=TakeProfitMode.AGGREGATE) == "not_open"
