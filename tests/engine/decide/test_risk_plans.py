"""Timers, reviews and plans of the risk engine (spec engine §6), as they run through the core."""

from __future__ import annotations

from datetime import timedelta

import pytest

from engine.decide.risk import due_at
from engine.decide.wants import wants
from engine.domain.events import CloseCommanded, OrderRefused, SettingsChanged, StateCommanded
from engine.domain.notices import AGAIN, NoticeKind
from engine.domain.offset import PlanStatus
from engine.domain.settings import AccountSettings
from engine.domain.words import ExitReason, GroupStatus, TradingState
from foundation import limits
from tests.engine.decide.kit import D, Desk
from tests.engine.decide.risks import LOSER, SECOND, WINNER, RiskDesk

TWO_LEGS = [
    {"gap_percent": "0", "weight_percent": "50", "tp_percent": "500"},
    {"gap_percent": "-5", "weight_percent": "50", "tp_percent": "500"},
]


def ready(**risk: object) -> RiskDesk:
    """A loser of 100 USD and a winner of 500 USD, and a plan that has just begun."""
    desk = RiskDesk(**risk)
    desk.hold(LOSER)
    desk.hold(WINNER)
    desk.move(ETH="90", SOL="150")
    assert desk.run().code == "risk_started"
    return desk


def stage(desk: RiskDesk) -> PlanStatus:
    return desk.plan.status


def test_winners_close_their_fills_are_confirmed_then_the_loser_closes() -> None:
    desk = ready()
    [winning] = desk.new_orders()
    assert (winning.symbol, winning.quantity, winning.reduce_only) == (WINNER, D(2), True)
    assert stage(desk) is PlanStatus.WINNERS
    assert desk.of(LOSER).status is GroupStatus.ACTIVE
    desk.fill(winning, "150", D(1))
    assert desk.new_orders() == []
    desk.fill(winning, "150", D(1))
    [losing] = desk.new_orders()
    assert (losing.symbol, losing.quantity) == (LOSER, D(10))
    assert stage(desk) is PlanStatus.LOSER
    desk.fill(losing, "90")
    assert stage(desk) is PlanStatus.DONE
    loser, winner = desk.of(LOSER), desk.of(WINNER)
    assert (loser.status, loser.exit_reason) == (GroupStatus.CLOSED, ExitReason.RISK_OFFSET)
    assert loser.realized_pnl_usd + winner.realized_pnl_usd == 0
    [told] = desk.notices(NoticeKind.RISK_ACTION)
    figures = {key: told.data[key] for key in ("action", "required_usd", "expected_usd")}
    assert figures == {"action": "offset_loss", "required_usd": "100", "expected_usd": "100"}
    assert (told.data["realized_usd"], told.data["loser_realized_usd"]) == ("100", "-100")
    assert [row["realized_usd"] for row in desk.winners_told()] == ["100"]


def test_partial_closes_keep_pyramids_legs_and_slot() -> None:
    desk = ready()
    winner = desk.of(WINNER)
    desk.fill_all()
    after = desk.of(WINNER)
    assert (after.status, after.open_quantity) == (GroupStatus.ACTIVE, D(8))
    assert [leg.quantity for _, leg in after.legs] == [leg.quantity for _, leg in winner.legs]
    assert desk.account.slots_taken == 1


def test_a_whole_winner_leaves_and_frees_its_slot() -> None:
    desk = ready(partial_close_enabled=False)
    desk.fill_all()
    assert desk.plan.status is PlanStatus.DONE
    assert desk.of(WINNER).exit_reason is ExitReason.RISK_OFFSET
    assert desk.account.slots_taken == 0


def test_the_loser_closes_whole_when_what_was_realised_covers_it_within_the_tolerance() -> None:
    desk = ready()
    [winning] = desk.new_orders()
    desk.fill(winning, "149")
    assert desk.new_orders()[0].quantity == 10
    assert desk.plan.winners[0].realized_usd == 98
    desk.fill_all()
    [told] = desk.notices(NoticeKind.RISK_ACTION)
    slipped = ("100", "98", "-100")
    assert (
        told.data["expected_usd"], told.data["realized_usd"], told.data["loser_realized_usd"]
    ) == slipped  # fmt: skip


def test_a_cent_under_the_tolerance_closes_only_the_covered_share() -> None:
    desk = ready()
    [winning] = desk.new_orders()
    desk.fill(winning, "148.99")
    assert desk.new_orders()[0].quantity == D("9.798")


def test_else_only_the_covered_share_of_the_loser_closes() -> None:
    desk = ready()
    [winning] = desk.new_orders()
    desk.fill(winning, "130")
    [losing] = desk.new_orders()
    assert losing.quantity == 6
    desk.fill(losing, "90")
    assert (desk.plan.status, desk.plan.loser_fraction) == (PlanStatus.DONE, D("0.6"))
    loser = desk.of(LOSER)
    assert (loser.status, loser.open_quantity) == (GroupStatus.ACTIVE, D(4))
    assert loser.realized_pnl_usd + desk.of(WINNER).realized_pnl_usd == 0


def test_a_loser_that_fell_further_meanwhile_closes_as_far_as_it_is_paid_for() -> None:
    desk = ready()
    desk.move(ETH="80")
    desk.fill(desk.placed(), "150")
    assert desk.new_orders()[0].quantity == 5


def test_a_winner_that_realised_nothing_fails_the_plan_and_the_loser_stays() -> None:
    desk = ready()
    desk.fill(desk.placed(), "90")
    assert desk.new_orders() == []
    assert desk.plan.status is PlanStatus.FAILED
    [told] = desk.notices(NoticeKind.RISK_ACTION)
    assert told.data["action"] == "offset_failed"
    assert told.data["note"] == "-20.00 USD realised cover no part of ETH/USDT"


def test_a_failure_part_way_leaves_the_plan_visible_never_a_silent_half() -> None:
    desk = ready()
    for _ in range(20):
        desk.give(OrderRefused(desk.placed().id, "busy", "busy", final=False, retry_after=1))
        desk.wait(limits.EXIT_RETRY_MAX_S)
        if desk.plan.status is PlanStatus.FAILED:
            break
    assert desk.plan.note == "SOL/USDT did not close in time"
    assert desk.of(WINNER).reduce_quantity == 0
    assert desk.of(LOSER).status is GroupStatus.ACTIVE
    assert due_at(desk.account) is not None


def test_a_refused_part_is_tried_again_and_the_plan_goes_on() -> None:
    desk = ready()
    desk.give(OrderRefused(desk.placed().id, "busy", "busy", final=False, retry_after=1))
    desk.wait(2)
    desk.fill_all()
    assert desk.plan.status is PlanStatus.DONE


def test_a_person_closing_the_loser_ends_the_plan_with_its_reason() -> None:
    desk = ready()
    desk.give(CloseCommanded(desk.of(LOSER).id, D(1), "user"))
    assert (desk.plan.status, desk.plan.note) == (
        PlanStatus.FAILED, "ETH/USDT was closed by something else meanwhile"
    )  # fmt: skip


def test_an_exit_of_a_winner_counts_with_what_it_realised() -> None:
    desk = ready()
    part = desk.placed()
    desk.exit(symbol=WINNER)
    [rest] = desk.new_orders()
    desk.fill(part, "150")
    assert desk.new_orders() == []
    desk.fill(rest, "150")
    assert desk.plan.winners[0].realized_usd == 500
    assert desk.new_orders()[0].symbol == LOSER


def test_a_halt_in_the_middle_lets_winners_finish_and_the_loser_wait_for_a_person() -> None:
    desk = ready()
    desk.give(StateCommanded(TradingState.HALTED, "user"))
    desk.fill(desk.placed(), "150")
    assert desk.new_orders() == []
    assert desk.plan.winners[0].done
    desk.give(StateCommanded(TradingState.RUNNING, "user"))
    assert desk.new_orders()[0].symbol == LOSER


def test_a_halt_that_lasts_fails_the_plan() -> None:
    desk = ready()
    desk.give(StateCommanded(TradingState.HALTED, "user"))
    desk.fill(desk.placed(), "150")
    desk.wait(limits.RISK_PLAN_S)
    assert (desk.plan.status, desk.plan.note) == (PlanStatus.FAILED, "the account is halted")
    assert desk.run().code == "account_halted"


def test_the_loser_waits_for_a_fresh_price_of_its_own() -> None:
    desk = ready()
    price = desk.prices.pop(LOSER)
    desk.fill(desk.placed(), "150")
    assert desk.new_orders() == []
    due = due_at(desk.account)
    assert due is not None
    assert due - desk.now <= timedelta(seconds=limits.RISK_PLAN_LOOK_S)
    desk.prices[LOSER] = price
    desk.wait(5)
    assert desk.new_orders()[0].symbol == LOSER


def test_one_plan_at_a_time() -> None:
    desk = ready()
    assert desk.run().code == "plan_runs"
    plan = desk.plan
    desk.wait(120)
    assert desk.plan.id == plan.id


def test_losers_are_reviewed_every_interval_and_only_while_there_may_be_one() -> None:
    desk = RiskDesk(evaluate_interval_seconds=60)
    assert due_at(desk.account) is None
    desk.hold(LOSER)
    desk.wait(1)
    reviewed = desk.account.reviewed_at
    assert reviewed == desk.now
    assert due_at(desk.account) == desk.now + timedelta(seconds=60)
    due = wants(desk.account).next_due
    assert due is not None
    assert due <= desk.now + timedelta(seconds=60)
    desk.wait(30)
    assert desk.account.reviewed_at == reviewed
    desk.wait(30)
    assert desk.account.reviewed_at == desk.now


def test_losers_are_reviewed_after_fills() -> None:
    desk = RiskDesk()
    desk.hold(LOSER)
    desk.wait(1)
    desk.move(ETH="90", SOL="200")
    desk.hold(WINNER)
    assert desk.account.reviewed_at == desk.now
    desk.hold(SECOND)
    assert desk.plan.loser_symbol == LOSER


def test_every_evaluation_that_found_a_loser_is_a_row_and_told_once_while_nothing_changes() -> None:
    desk = RiskDesk()
    desk.hold(LOSER)
    desk.wait(1)
    desk.move(ETH="90")
    desk.wait(60)
    [told] = desk.notices(NoticeKind.RISK_REVIEWED)
    assert told.reason.startswith("ETH/USDT needs 100.00 USD; the winners give 0.00 USD")
    assert (told.data["code"], told.data["shortfall_usd"]) == ("short_of_profit", "100")
    assert AGAIN not in told.data
    desk.wait(60)
    [same] = desk.notices(NoticeKind.RISK_REVIEWED)
    assert (same.data[AGAIN], same.data["shortfall_usd"]) == ("yes", "100")
    desk.hold(WINNER)
    desk.move(SOL="101")
    desk.wait(60)
    [new] = desk.notices(NoticeKind.RISK_REVIEWED)
    assert AGAIN not in new.data
    desk.move(ETH="100")
    desk.wait(60)
    assert desk.of(LOSER).risk.waits_for == ""


def test_skip_once_is_consumed_by_the_review_that_skips_it() -> None:
    desk = RiskDesk()
    loser = desk.hold(LOSER)
    desk.hold(WINNER)
    desk.risk("skip_once", loser.id)
    assert [n.data["action"] for n in desk.notices(NoticeKind.RISK_ACTION)] == ["manual_skip"]
    desk.wait(60)
    assert desk.of(LOSER).risk.skip_once
    desk.move(ETH="90", SOL="150")
    assert desk.run().code == "risk_no_loser"
    assert not desk.of(LOSER).risk.skip_once
    assert desk.run().code == "risk_started"


def test_marks_are_for_open_positions_only() -> None:
    assert RiskDesk().risk("block", "nothing").code == "not_found"


def test_the_risk_engine_can_be_switched_off() -> None:
    desk = RiskDesk(enabled=False)
    desk.hold(LOSER)
    desk.move(ETH="50")
    assert due_at(desk.account) is None
    assert desk.run().code == "risk_off"


def timed(start: str) -> Desk:
    risk = {"timer_start_condition": start, "require_full_pyramids": False}
    desk = Desk(ladder=TWO_LEGS, max_pyramids=2, risk=risk)
    desk.enter()
    return desk


def test_the_timer_starts_when_all_legs_are_filled_and_runs_as_long_as_set() -> None:
    desk = timed("after_all_dca_filled")
    first, second = desk.new_orders()
    desk.fill(first)
    assert desk.group.risk.timer_started_at is None
    desk.fill(second)
    marks = desk.group.risk
    assert marks.timer_started_at == desk.now
    assert marks.timer_expires_at == desk.now + timedelta(minutes=60)
    assert due_at(desk.account) == marks.timer_expires_at
    desk.enter()
    assert desk.group.risk.timer_started_at is None
    for order in desk.new_orders():
        desk.fill(order)
    assert desk.group.risk.timer_started_at == desk.now


def test_a_leg_that_was_called_off_is_none_to_wait_for() -> None:
    desk = timed("after_all_dca_filled")
    first, second = desk.new_orders()
    desk.fill(first)
    desk.cancelled(second.id, "0")
    assert desk.group.risk.timer_started_at == desk.now


def test_the_timer_may_start_when_all_legs_are_submitted() -> None:
    desk = timed("after_all_dca_submitted")
    assert desk.group.risk.timer_started_at == desk.now


def test_the_timer_may_start_when_all_pyramids_are_received() -> None:
    desk = timed("after_5_pyramids")
    assert desk.group.risk.timer_started_at is None
    desk.enter()
    assert desk.group.risk.timer_started_at == desk.now


def test_what_starts_a_timer_starts_it_before_anything_is_filled() -> None:
    desk = timed("after_all_dca_submitted")
    started = desk.group.risk.timer_started_at
    assert (desk.group.status, started) == (GroupStatus.LIVE, desk.now)
    desk.wait(60)
    desk.fill(desk.placed(0))
    assert desk.group.risk.timer_started_at == started


def test_an_entry_beyond_the_last_restarts_the_timer_whatever_else_denies_it() -> None:
    desk = RiskDesk(reset_timer_on_replacement=True)
    desk.hold(LOSER)
    gate = AccountSettings.model_validate({"protection": {"gate": {"max_exposure_usd": "1"}}})
    tight = desk.account.settings.model_copy(update={"protection": gate.protection})
    desk.give(SettingsChanged(2, tight))
    desk.wait(600)
    assert desk.enter("100", symbol=LOSER).code == "exposure"
    assert desk.of(LOSER).risk.timer_started_at == desk.now


@pytest.mark.parametrize(("on", "restarted"), [(True, True), (False, False)])
def test_an_entry_beyond_the_last_pyramid_starts_the_timer_again_when_set(
    on: bool, restarted: bool
) -> None:
    desk = RiskDesk(reset_timer_on_replacement=on, post_full_wait_minutes=60)
    group = desk.hold(LOSER)
    desk.wait(600)
    assert desk.enter("100", symbol=LOSER).code == "pyramid_limit"
    started = desk.of(LOSER).risk.timer_started_at
    assert started == (desk.now if restarted else group.risk.timer_started_at)


def test_changed_settings_start_timers_of_what_is_open() -> None:
    desk = timed("after_5_pyramids")
    for order in desk.new_orders():
        desk.fill(order)
    assert desk.group.risk.timer_started_at is None
    desk.give(SettingsChanged(2, AccountSettings()))
    assert desk.group.risk.timer_started_at == desk.now


def test_targets_that_rest_at_the_venue_make_way_for_a_plan() -> None:
    desk = RiskDesk()
    values = desk.account.settings.model_dump() | {"tp_execution": "resting"}
    desk.give(SettingsChanged(2, AccountSettings(**values)))
    desk.hold(LOSER)
    desk.hold(WINNER)
    desk.move(ETH="90", SOL="150")
    assert desk.run().code == "risk_started"
    [taken_off] = desk.new_cancels()
    desk.cancelled(taken_off.order_id, "0")
    part = next(order for order in desk.new_orders() if order.quantity == 2)
    desk.fill(part, "150")
    [taken_off] = desk.new_cancels()
    assert taken_off.symbol == LOSER
    desk.cancelled(taken_off.order_id, "0")
    desk.fill_all()
    assert desk.plan.status is PlanStatus.DONE
    assert desk.of(LOSER).exit_reason is ExitReason.RISK_OFFSET
