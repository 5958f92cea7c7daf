"""Stops, first legs at market, and ladders that are called off (spec engine §2, §4)."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal as D
from typing import Any

from engine.decide.wants import wants
from engine.domain.commands import PlaceOrder
from engine.domain.events import Halted, OrderAccepted, OrderRefused, StateCommanded
from engine.domain.watch import Watch
from engine.domain.words import (
    ExitReason,
    GroupStatus,
    MarketKind,
    OrderStatus,
    OrderType,
    Side,
    TakeProfitMode,
    TimeInForce,
    TradingState,
)
from tests.engine.decide.kit import Desk, instrument

FIVE = {"stop_loss_percent": "5", "execution": "monitor"}
ONE_LEG = [{"gap_percent": "0", "weight_percent": "100", "tp_percent": "50"}]


def held(legs: int = 1, side: Side = Side.LONG, **settings: Any) -> Desk:
    """A desk whose group holds its first ``legs`` legs, filled at their price."""
    desk = Desk(**settings)
    desk.enter(side=side)
    for order in desk.new_orders()[:legs]:
        desk.fill(order)
    return desk


def watches(desk: Desk) -> dict[str, Watch]:
    """The watches by their kind."""
    return {watch.id.partition(":")[0]: watch for watch in wants(desk.account).watches}


def stop(desk: Desk) -> D:
    price = desk.group.stop.price
    assert price is not None, "there is no stop"
    return price


# --- the first leg ------------------------------------------------------------------------------


def test_the_first_leg_may_be_market_and_the_others_wait() -> None:
    desk = Desk(orders={"first_leg": "market"})
    desk.enter()
    types = [order.order_type for order in desk.new_orders()]
    assert types == [OrderType.MARKET] + [OrderType.LIMIT] * 4
    assert desk.new_orders()[0].price is None


def test_slippage_beyond_the_limit_is_warned_of_after_the_fill() -> None:
    desk = Desk(orders={"first_leg": "market", "max_slippage_percent": "0.5"})
    desk.enter()
    first = desk.new_orders()[0]
    desk.fill(first, "60290", quantity=D("0.001"))
    assert "slippage" not in desk.told
    desk.fill(first, "60310", quantity=D("0.001"))
    assert desk.told[-1] == "slippage"
    assert desk.last.notices[-1].data["expected"] == "60000"


def test_slippage_of_a_short_is_what_it_sold_too_low() -> None:
    desk = Desk(orders={"first_leg": "market", "max_slippage_percent": "0.5"})
    desk.enter(side=Side.SHORT)
    first = desk.new_orders()[0]
    desk.fill(first, "60400", quantity=D("0.001"))
    desk.fill(first, "59710", quantity=D("0.001"))
    assert "slippage" not in desk.told
    desk.fill(first, "59690", quantity=D("0.001"))
    assert desk.told[-1] == "slippage"


def test_slippage_that_is_rejected_bounds_the_order_and_what_does_not_fill_is_over() -> None:
    desk = Desk(orders={"first_leg": "market", "slippage_action": "reject"})
    desk.enter()
    first = desk.new_orders()[0]
    assert (first.order_type, first.time_in_force) == (OrderType.LIMIT, TimeInForce.IOC)
    assert first.price == D("60300")
    desk.fill(first, "60200", quantity=D("0.001"))
    desk.cancelled(first.id, "0.001")
    assert desk.new_orders() == []
    leg = desk.group.pyramids[0].legs[0]
    assert (leg.status, leg.open_quantity) == (OrderStatus.CANCELLED, D("0.001"))


def test_a_short_at_market_is_bounded_below_and_a_signal_may_bring_its_own_bound() -> None:
    desk = Desk(orders={"first_leg": "market", "slippage_action": "reject"})
    desk.enter(side=Side.SHORT, max_slippage_percent=D("1"))
    assert desk.new_orders()[0].price == D("59400")


def test_leverage_goes_with_every_order_of_a_perpetual() -> None:
    desk = Desk(orders={"leverage": 5})
    desk.enter()
    assert {order.leverage for order in desk.new_orders()} == {1}
    desk = Desk(orders={"leverage": 5})
    desk.instruments["BTC/USDT:USDT"] = instrument("BTC/USDT:USDT", max_leverage=3)
    desk.account = replace(desk.account, market=MarketKind.LINEAR)
    desk.prices["BTC/USDT:USDT"] = D(60000)
    desk.enter(symbol="BTC/USDT:USDT")
    assert {order.leverage for order in desk.new_orders()} == {3}


def test_the_margin_mode_is_the_owners_setting_and_isolated_by_default() -> None:
    for wishes, mode in (({}, "isolated"), ({"margin_mode": "cross"}, "cross")):
        desk = Desk(orders=wishes)
        desk.enter()
        assert {order.margin_mode for order in desk.new_orders()} == {mode}


def test_a_margin_mode_that_could_not_be_set_is_told_with_the_order() -> None:
    desk = Desk()
    desk.enter()
    for n, why in enumerate(("Binance keeps cross margin.", "")):
        desk.give(OrderAccepted(desk.placed(n).id, f"v{n}", why))
    assert desk.told.count("margin_kept") == 1


# --- ladders that are called off ----------------------------------------------------------------


def test_by_default_the_last_leg_stays_pending() -> None:
    desk = held()
    assert "far" not in watches(desk)


def test_legs_are_cancelled_once_the_price_is_that_far_away() -> None:
    desk = held(2, orders={"cancel_dca_beyond_percent": "3"})
    (outcome,) = desk.cross("58199")
    assert outcome.code == "entries_cancelled"
    assert len(desk.new_cancels()) == 3
    for cancel in desk.new_cancels():
        desk.cancelled(cancel.order_id, "0")
    assert desk.group.status is GroupStatus.ACTIVE
    assert "far" not in watches(desk)
    desk.cross("58100")
    assert desk.new_cancels() == []


def test_an_entry_that_has_not_filled_in_its_time_is_over_and_each_has_its_own() -> None:
    desk = held(1, orders={"entry_expiry_minutes": 10})
    desk.wait(300)
    desk.enter("59000")
    desk.wait(301)
    assert len(desk.new_cancels()) == 4
    for cancel in desk.new_cancels():
        desk.cancelled(cancel.order_id, "0")
    desk.wait(1)
    assert desk.new_cancels() == []
    desk.wait(300)
    assert len(desk.new_cancels()) == 5
    assert desk.group.status is GroupStatus.PARTIALLY_FILLED


def test_a_bracket_that_never_filled_closes_when_it_expires() -> None:
    desk = Desk(ladder=ONE_LEG, orders={"entry_expiry_minutes": 10})
    desk.enter(stop_loss=D(59000), take_profit=D(63000))
    desk.wait(601)
    desk.cancelled(desk.new_cancels()[0].order_id, "0")
    assert desk.group.status is GroupStatus.CLOSED


def test_a_ladder_the_price_ran_away_from_is_called_off_and_its_slot_is_free() -> None:
    desk = Desk(orders={"cancel_dca_beyond_percent": "3"})
    desk.enter()
    desk.cross("61800")
    for cancel in desk.new_cancels():
        desk.cancelled(cancel.order_id, "0")
    assert desk.group.status is GroupStatus.CLOSED


# --- stop loss ----------------------------------------------------------------------------------


def test_without_a_rule_there_is_no_stop() -> None:
    desk = held()
    assert desk.group.stop.price is None
    assert "stop_moved" not in desk.told


def test_a_stop_loss_stands_its_percentage_below_the_average_and_follows_it() -> None:
    desk = held(stops={"stop_loss_percent": "5"})
    assert stop(desk) == D("57000")
    desk.fill(desk.placed(1))
    average = desk.group.average_entry
    assert average is not None
    assert average * D("0.95") <= stop(desk) < average * D("0.95") + D("0.01")
    assert desk.told[-1] == "stop_moved"


def test_a_stop_that_is_reached_closes_everything_and_cancels_the_rest() -> None:
    desk = held(2, stops=FIVE)
    level = watches(desk)["stop"]
    assert level.direction == "down"
    desk.cross(str(level.price))
    assert desk.group.status is GroupStatus.CLOSING
    assert desk.group.exit_reason is ExitReason.STOP
    assert len(desk.new_cancels()) == 3
    assert desk.new_orders()[0].quantity == desk.group.open_quantity


def test_a_short_is_stopped_above() -> None:
    desk = held(side=Side.SHORT, stops=FIVE)
    assert stop(desk) == D("63000")
    assert desk.cross("63000")[0].code == "stopped"


def test_a_signals_stop_is_a_price_and_stands_where_it_said() -> None:
    desk = Desk(ladder=ONE_LEG, stops={"stop_loss_percent": "5"})
    desk.enter(stop_loss=D("58888"))
    desk.fill(desk.placed(0))
    assert stop(desk) == D("58888")


def test_a_signals_target_closes_a_one_leg_group() -> None:
    desk = Desk(ladder=ONE_LEG)
    desk.enter(stop_loss=D(59000), take_profit=D("62345.67"))
    desk.fill(desk.placed(0))
    assert watches(desk)["tp"].price == D("62345.67")


def test_the_stop_covers_pyramids_added_later() -> None:
    desk = held(1, stops=FIVE)
    desk.enter("66000")
    desk.fill(desk.new_orders()[0])
    assert stop(desk) > D("57000")
    desk.cross(str(stop(desk)))
    assert desk.new_orders()[0].quantity == desk.group.open_quantity
    assert len({(p.index) for p, leg in desk.group.legs if leg.open_quantity}) == 2


def test_a_stop_of_a_halted_account_sleeps_and_is_armed_anew() -> None:
    desk = held(stops=FIVE)
    before = watches(desk)["stop"].armed_seq
    desk.give(Halted("test"))
    assert watches(desk) == {}
    desk.give(StateCommanded(TradingState.RUNNING, "user"))
    assert watches(desk)["stop"].armed_seq > before


def test_what_a_person_leaves_of_a_halted_position_keeps_its_stop_at_the_venue() -> None:
    desk = held(stops=FIVE | {"execution": "resting"})
    resting = desk.placed()
    desk.accept(resting)
    desk.give(StateCommanded(TradingState.HALTED, "user"))
    assert desk.close("0.5").code == "reducing"
    desk.cancelled(resting.id, "0")
    reducer, again = desk.new_orders()
    assert (reducer.order_type, again.order_type) == (OrderType.MARKET, OrderType.STOP)
    assert again.trigger_price == resting.trigger_price
    assert reducer.quantity + again.quantity == resting.quantity
    # what the venue takes off itself is nothing a person ordered
    desk.fill(reducer, "60000")
    desk.accept(again)
    desk.cancelled(again.id, "0")
    desk.wait(60)
    assert desk.new_orders() == []


def test_a_stop_that_was_being_moved_when_the_account_was_halted_comes_back() -> None:
    desk = held(stops={"trailing_stop_percent": "5", "execution": "resting"})
    resting = desk.placed()
    desk.accept(resting)
    desk.cross("60400")
    assert [cancel.order_id for cancel in desk.new_cancels()] == [resting.id]
    desk.give(StateCommanded(TradingState.HALTED, "user"))
    desk.cancelled(resting.id, "0")
    [again] = desk.new_orders()
    assert (again.order_type, again.trigger_price) == (OrderType.STOP, stop(desk))


def test_a_fill_arms_the_stop_anew_so_that_an_old_crossing_counts_for_nothing() -> None:
    desk = held(stops={**FIVE, "break_even_at_percent": "2"})
    old = watches(desk)
    desk.fill(desk.placed(1))
    assert watches(desk)["even"].armed_seq > old["even"].armed_seq
    assert watches(desk)["stop"].armed_seq > old["stop"].armed_seq


# --- trailing -----------------------------------------------------------------------------------


def test_a_trailing_stop_follows_the_best_price_in_steps_and_never_loosens() -> None:
    desk = held(ladder=ONE_LEG, stops={"trailing_stop_percent": "5"})
    assert stop(desk) == D("57000")
    # a tenth of the distance: half a percent
    assert watches(desk)["best"].price == D("60300")
    assert desk.cross("60299") == []
    assert desk.cross("60300")[0].code == "stop_follows"
    assert stop(desk) == D("60300") * D("0.95")
    desk.cross("63000")
    assert stop(desk) == D("59850")
    assert desk.cross("61000") == []
    assert stop(desk) == D("59850")
    assert desk.cross("59850")[0].code == "stopped"


def test_a_trailing_stop_moves_by_whole_ticks_only() -> None:
    desk = held(ladder=ONE_LEG, stops={"trailing_stop_percent": "1"})
    desk.instruments["BTC/USDT"] = instrument(tick=D(100))
    before, moves = stop(desk), []
    for price in range(60060, 61000, 60):
        told = desk.told.count("stop_moved")
        desk.cross(str(price))
        if stop(desk) != before:
            moves.append(stop(desk) - before)
        assert (stop(desk) != before) == (desk.told.count("stop_moved") > told)
        before = stop(desk)
    assert len(moves) > 3
    assert {move % 100 for move in moves} == {0}


def test_a_standing_price_moves_a_trailing_stop_once() -> None:
    desk = held(ladder=ONE_LEG, stops={"trailing_stop_percent": "5"})
    assert len(desk.cross("61000")) == 1
    assert desk.cross("61000") == []


def test_a_trailing_step_may_be_chosen_and_a_move_is_told() -> None:
    stops = {"trailing_stop_percent": "5", "trailing_step_percent": "2"}
    desk = held(ladder=ONE_LEG, side=Side.SHORT, stops=stops)
    assert watches(desk)["best"].price == D("58800")
    desk.cross("58800")
    assert stop(desk) == D("61740")
    assert desk.last.notices[-1].data == {"price": "61740", "from": "63000"}


def test_a_trailing_stop_is_rebuilt_from_the_account_alone() -> None:
    desk = held(ladder=ONE_LEG, stops={"trailing_stop_percent": "5"})
    desk.cross("62000")
    assert wants(desk.account) == wants(replace(desk.account, seq=desk.account.seq))
    assert desk.group.stop.best_price == D("62000")


def test_the_tightest_of_all_stops_holds() -> None:
    stops = {"stop_loss_percent": "2", "trailing_stop_percent": "5"}
    desk = held(ladder=ONE_LEG, stops=stops)
    assert stop(desk) == D("58800")
    desk.cross("63000")
    assert stop(desk) == D("59850")


# --- break-even ---------------------------------------------------------------------------------


def test_at_its_gain_the_stop_moves_to_break_even_with_the_fees() -> None:
    desk = Desk(ladder=ONE_LEG, stops={"break_even_at_percent": "2"})
    desk.enter()
    order = desk.placed(0)
    desk.fill(order, fee="1")
    assert desk.group.stop.price is None
    assert watches(desk)["even"].price == D("61200")
    desk.cross("61200")
    each = 2 / order.quantity
    assert D(60000) + each <= stop(desk) < D(60000) + each + D("0.01")
    assert "even" not in watches(desk)


def test_a_further_entry_has_break_even_wait_for_the_gain_of_the_new_average() -> None:
    desk = held(2, stops={"break_even_at_percent": "2", "stop_loss_percent": "5"})
    desk.cross("61200")
    assert desk.group.stop.even
    desk.fill(desk.placed(2))
    assert not desk.group.stop.even
    assert stop(desk) < D("58000")


# --- time ---------------------------------------------------------------------------------------


def test_a_position_closes_when_its_time_is_over() -> None:
    desk = held(stops={"time_limit_minutes": 10})
    desk.wait(500)
    assert desk.group.status is GroupStatus.PARTIALLY_FILLED
    desk.wait(120)
    assert desk.group.exit_reason is ExitReason.TIME
    assert desk.new_orders()[0].reduce_only


def test_time_does_not_close_while_the_account_is_halted() -> None:
    desk = held(stops={"time_limit_minutes": 1})
    desk.give(Halted("test"))
    desk.wait(120)
    assert desk.group.exit_reason is None
    desk.give(StateCommanded(TradingState.RUNNING, "user"))
    desk.wait(1)
    assert desk.group.exit_reason is ExitReason.TIME


# --- targets that run on ------------------------------------------------------------------------


def test_a_trailing_target_runs_on_and_closes_below_the_top() -> None:
    desk = held(2, tp_mode=TakeProfitMode.AGGREGATE, stops={"trailing_take_profit_percent": "1"})
    target = watches(desk)["agg"].price
    assert desk.cross(str(target + 10))[0].code == "tp_runs"
    assert desk.new_orders() == []
    assert desk.cross("62000")[0].code == "tp_runs"
    assert watches(desk)["agg"].price == D("62000") * D("0.99")
    assert watches(desk)["agg"].direction == "down"
    assert desk.cross("61380")[0].code == "tp_hit"
    assert desk.group.exit_reason is ExitReason.TARGET


def test_each_leg_has_its_target_run_on_by_itself_and_a_fill_sets_it_back() -> None:
    stops = {"trailing_take_profit_percent": "1"}
    desk = Desk(stops=stops)
    desk.enter()
    first, second = desk.new_orders()[:2]
    desk.fill(second)
    desk.fill(first, quantity=D("0.001"))
    assert [one.code for one in desk.cross("60700")] == ["tp_runs", "tp_runs"]
    assert sorted(desk.group.stop.running) == ["0:0", "0:1"]
    desk.fill(first, quantity=D("0.001"))
    assert sorted(desk.group.stop.running) == ["0:1"]
    outcomes = desk.cross("60000")
    assert [one.code for one in outcomes] == ["tp_hit"]
    assert desk.new_orders()[0].quantity == second.quantity


# --- a stop that rests at the venue ---------------------------------------------------------------

RESTS = {"stop_loss_percent": "5"}


def test_a_stop_rests_at_the_venue_where_it_can_be_unless_a_setting_says_otherwise() -> None:
    assert held(stops=RESTS).group.stop.order_id is not None
    assert held(stops=FIVE).group.stop.order_id is None


def resting_stop(desk: Desk) -> PlaceOrder:
    order_id = desk.group.stop.order_id
    assert order_id is not None, "no stop rests"
    return next(c for c in desk.commands if isinstance(c, PlaceOrder) and c.id == order_id)


def test_a_stop_may_rest_at_the_venue_and_is_not_watched_as_well() -> None:
    desk = held(ladder=ONE_LEG, stops=RESTS)
    order = resting_stop(desk)
    assert (order.order_type, order.trigger_price) == (OrderType.STOP, D("57000"))
    assert order.quantity == desk.group.open_quantity
    assert order.reduce_only
    assert "stop" not in watches(desk)
    desk.fill(order, "56990")
    assert desk.group.status is GroupStatus.CLOSED
    assert desk.group.exit_reason is ExitReason.STOP


def test_a_resting_stop_is_replaced_when_it_moves_and_watched_meanwhile() -> None:
    desk = held(2, stops=RESTS)
    (cancel,) = desk.new_cancels()
    assert desk.group.stop.price is not None
    assert "stop" in watches(desk)
    desk.cancelled(cancel.order_id, "0")
    order = resting_stop(desk)
    assert order.trigger_price == desk.group.stop.price
    assert order.quantity == desk.group.open_quantity
    assert "stop" not in watches(desk)


def test_a_target_takes_the_resting_stop_off_its_lots_first() -> None:
    desk = held(2, stops=RESTS)
    desk.cancelled(desk.new_cancels()[0].order_id, "0")
    order = resting_stop(desk)
    assert desk.cross("60000")[0].code == "tp_hit"
    assert [cancel.order_id for cancel in desk.new_cancels()] == [order.id]
    assert desk.new_orders() == []
    desk.cancelled(order.id, "0")
    target, stop_order = desk.new_orders()
    assert target.quantity == desk.group.pyramids[0].legs[1].received
    assert stop_order.order_type is OrderType.STOP
    assert stop_order.quantity == desk.group.pyramids[0].legs[0].received


def test_a_resting_stop_that_began_to_fill_is_left_to_finish_and_the_ladder_is_cancelled() -> None:
    desk = held(stops=RESTS)
    order = resting_stop(desk)
    desk.fill(order, "56990", quantity=D("0.001"))
    assert order.id not in {cancel.order_id for cancel in desk.new_cancels()}
    assert len(desk.new_cancels()) == 4
    assert desk.new_orders() == []
    desk.fill(order, "56980", quantity=order.quantity - D("0.001"))
    assert desk.group.open_quantity == 0


def test_a_stop_the_venue_will_not_have_is_watched_instead() -> None:
    desk = held(ladder=ONE_LEG, stops=RESTS)
    desk.give(OrderRefused(resting_stop(desk).id, "invalid_order", "would trigger at once"))
    assert watches(desk)["stop"].price == D("57000")
    assert desk.cross("57000")[0].code == "stopped"


def test_beside_resting_targets_the_stop_is_watched() -> None:
    desk = held(ladder=ONE_LEG, stops=RESTS, tp_execution="resting")
    assert desk.group.stop.order_id is None
    assert "stop" in watches(desk)
