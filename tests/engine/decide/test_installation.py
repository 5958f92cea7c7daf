"""Trading state for the installation (spec engine §7): running, paused or halted for everybody."""

from __future__ import annotations

from decimal import Decimal

import pytest

from engine.decide.wants import wants
from engine.domain.commands import CancelOrder
from engine.domain.events import CloseCommanded, InstallationCommanded, OrderLost, StateCommanded
from engine.domain.words import GroupStatus, TradingState
from tests.engine.decide.kit import Desk

RUNNING, PAUSED, HALTED = TradingState.RUNNING, TradingState.PAUSED, TradingState.HALTED


def everywhere(desk: Desk, state: TradingState) -> str:
    return desk.give(InstallationCommanded(state, "admin")).code


def called_off(desk: Desk) -> None:
    """The venue confirms every cancel that was ever asked."""
    for order_id in [order.order_id for order in desk.commands if isinstance(order, CancelOrder)]:
        desk.cancelled(order_id, "0")


def opened() -> Desk:
    """A position that has been filled by its first leg."""
    desk = Desk()
    desk.enter()
    desk.fill(desk.placed(0))
    return desk


@pytest.mark.parametrize("state", [PAUSED, HALTED])
def test_no_account_takes_new_entries_and_the_denial_says_who_stopped_it(
    state: TradingState,
) -> None:
    desk = Desk()
    assert everywhere(desk, state) == "state_changed"
    outcome = desk.enter()
    assert (outcome.status, outcome.code) == ("refused", f"installation_{state}")
    assert outcome.text == f"Trading is {state} for the whole installation: no new entries."
    assert desk.account.state is RUNNING


def test_paused_targets_go_on() -> None:
    desk = opened()
    everywhere(desk, PAUSED)
    assert [outcome.code for outcome in desk.cross("61000")] == ["tp_hit"]
    assert desk.new_orders()[0].reduce_only


def test_paused_exits_go_on() -> None:
    desk = opened()
    everywhere(desk, PAUSED)
    assert desk.exit().code == "closing"
    assert desk.new_orders()[0].reduce_only


def test_halted_sends_nothing_new() -> None:
    desk = opened()
    everywhere(desk, HALTED)
    assert desk.new_orders() == []
    assert wants(desk.account).watches == ()
    assert desk.exit().code == "installation_halted"
    assert desk.new_orders() == []


def test_halted_does_what_a_person_orders() -> None:
    desk = opened()
    everywhere(desk, HALTED)
    assert desk.give(CloseCommanded(desk.group.id, Decimal(1), "user")).code == "closing"
    assert desk.new_orders()[0].reduce_only


def test_halted_closings_already_ordered_go_on() -> None:
    desk = opened()
    desk.exit()
    closing = desk.new_orders()[0]
    everywhere(desk, HALTED)
    desk.give(OrderLost(closing.id))
    again = desk.new_orders()[0]
    assert again.reduce_only
    called_off(desk)
    desk.fill(again, "60100")
    assert desk.group.status is GroupStatus.CLOSED


def test_the_stricter_of_both_states_holds() -> None:
    desk = Desk()
    everywhere(desk, PAUSED)
    desk.give(StateCommanded(HALTED, "user"))
    assert desk.account.trading is HALTED
    everywhere(desk, RUNNING)
    assert desk.account.trading is HALTED
    desk.give(StateCommanded(RUNNING, "user"))
    assert desk.account.trading is RUNNING
    everywhere(desk, HALTED)
    desk.give(StateCommanded(PAUSED, "user"))
    assert desk.account.trading is HALTED


def test_a_person_who_resumes_is_told_that_the_installation_is_paused() -> None:
    desk = Desk()
    desk.give(StateCommanded(PAUSED, "user"))
    everywhere(desk, PAUSED)
    outcome = desk.give(StateCommanded(RUNNING, "user"))
    assert outcome.text.endswith("Trading is paused for the whole installation, though.")
    assert desk.enter().code == "installation_paused"


def test_watches_that_slept_through_a_halt_are_armed_anew() -> None:
    desk = opened()
    before = {watch.id: watch.armed_seq for watch in wants(desk.account).watches}
    everywhere(desk, HALTED)
    everywhere(desk, RUNNING)
    after = {watch.id: watch.armed_seq for watch in wants(desk.account).watches}
    assert after.keys() == before.keys()
    assert all(after[name] > before[name] for name in before)


def test_waiting_signals_are_promoted_once_it_runs_again() -> None:
    desk = Desk(max_open_groups=1)
    desk.enter()
    desk.enter(timeframe=60)
    everywhere(desk, PAUSED)
    desk.give(desk.closing(desk.group.id))
    called_off(desk)
    assert len(desk.account.queue) == 1
    everywhere(desk, RUNNING)
    assert desk.account.queue == ()
    assert "promoted" in desk.told


def test_the_same_state_again_changes_nothing() -> None:
    desk = Desk()
    everywhere(desk, PAUSED)
    told = len(desk.told)
    assert everywhere(desk, PAUSED) == "unchanged"
    assert len(desk.told) == told
