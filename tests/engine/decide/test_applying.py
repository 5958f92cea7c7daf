"""Settings and open groups (spec engine §8): hot for new decisions, for open ones when applied."""

from __future__ import annotations

from dataclasses import fields, replace
from decimal import Decimal
from typing import Any

from engine.decide.wants import wants
from engine.domain.events import SettingsApplied, SettingsChanged
from engine.domain.notices import Outcome
from engine.domain.rules import GroupRules
from engine.domain.settings import AccountSettings
from engine.domain.words import GroupStatus, TakeProfitMode
from engine.policy.applying import RULES, changes, with_settings
from tests.engine.decide.kit import Desk

D = Decimal


def opened(**settings: Any) -> Desk:
    desk = Desk(**settings)
    desk.enter()
    for order in desk.new_orders()[:2]:
        desk.fill(order)
    return desk


def change(desk: Desk, **settings: Any) -> None:
    after = AccountSettings.model_validate(desk.account.settings.model_dump() | settings)
    desk.give(SettingsChanged(desk.account.settings_version + 1, after))


def apply(desk: Desk, *group_ids: str) -> Outcome:
    return desk.give(SettingsApplied(group_ids or tuple(desk.account.groups), "user"))


def test_a_change_holds_for_new_decisions_and_open_groups_keep_their_version() -> None:
    desk = opened()
    change(desk, tp_mode="aggregate", stops={"stop_loss_percent": "5"}, max_pyramids=1)
    group = desk.group
    assert (group.settings_version, group.tp_mode) == (1, TakeProfitMode.PER_LEG)
    assert group.stop.price is None
    desk.instruments["ETH/USDT"] = replace(desk.instruments["BTC/USDT"], symbol="ETH/USDT")
    desk.prices["ETH/USDT"] = desk.prices["BTC/USDT"]
    desk.enter(symbol="ETH/USDT")
    assert (desk.group.settings_version, desk.group.tp_mode) == (2, TakeProfitMode.AGGREGATE)


def test_changes_reach_open_groups_through_apply() -> None:
    desk = opened()
    change(desk, tp_mode="aggregate", stops={"stop_loss_percent": "5"})
    outcome = apply(desk)
    assert outcome.text == "Settings version 2 holds for 1 open position now."
    group = desk.group
    assert (group.settings_version, group.tp_mode) == (2, TakeProfitMode.AGGREGATE)
    average = group.average_entry
    assert average is not None
    assert group.stop.price is not None
    assert abs(group.stop.price - average * D("0.95")) < D("0.02")
    kinds = {watch.id.partition(":")[0] for watch in wants(desk.account).watches}
    assert kinds == {"agg"}
    assert group.stop.order_id is not None
    notice = next(n for n in desk.last.notices if n.kind == "settings_changed")
    assert notice.reason == (
        "Settings version 2 holds for it now: tp_mode per_leg → aggregate, "
        "stops.stop_loss_percent off → 5 %, stops.execution monitor → resting."
    )


def test_a_stop_that_the_settings_took_away_is_taken_away() -> None:
    desk = opened(stops={"stop_loss_percent": "5"})
    assert desk.group.stop.price is not None
    change(desk, stops={})
    apply(desk)
    assert desk.group.stop.price is None
    assert {watch.id.partition(":")[0] for watch in wants(desk.account).watches} == {"tp"}


def test_a_stop_that_rested_at_the_venue_is_called_back_when_it_is_to_be_watched() -> None:
    desk = opened(stops={"stop_loss_percent": "5", "execution": "resting"})
    desk.cancelled(desk.group.stop.order_id or "", "0")
    stop = desk.group.stop.order_id
    assert stop is not None
    change(desk, stops={"stop_loss_percent": "4", "execution": "monitor"})
    apply(desk)
    assert stop in [cancel.order_id for cancel in desk.new_cancels()]
    desk.cancelled(stop, "0")
    assert desk.group.status in (GroupStatus.PARTIALLY_FILLED, GroupStatus.ACTIVE)
    assert "stop" in {watch.id.partition(":")[0] for watch in wants(desk.account).watches}


def test_every_rule_a_group_keeps_from_the_settings_can_be_applied() -> None:
    own = {"signal_stop", "signal_target", "capital_usd"}
    first_leg = {"max_slippage_percent", "slippage_reject"}
    assert {one.name for one in fields(GroupRules)} == set(RULES) | own | first_leg


def test_each_entry_keeps_its_ladder() -> None:
    desk = opened()
    before = desk.group.pyramids
    change(desk, ladder=[{"gap_percent": "0", "weight_percent": "100", "tp_percent": "9"}])
    apply(desk)
    assert desk.group.pyramids == before
    assert desk.group.settings_version == 2
    assert desk.last.outcome.data["groups"] == "0"


def test_a_further_entry_has_the_ladder_of_its_own_time_and_the_first_keeps_its_own() -> None:
    desk = opened(total_capital_usd=D(100_000))
    first = desk.group.pyramids[0]
    change(desk, ladder=[{"gap_percent": "0", "weight_percent": "100", "tp_percent": "9"}])
    desk.enter()
    group = desk.group
    assert [len(pyramid.legs) for pyramid in group.pyramids] == [5, 1]
    assert group.pyramids[1].legs[0].tp_percent == 9
    kept = [(leg.price, leg.quantity, leg.tp_percent) for leg in first.legs]
    assert [(one.price, one.quantity, one.tp_percent) for one in group.pyramids[0].legs] == kept
    assert group.settings_version == 1


def test_only_the_named_groups_that_are_open_are_reached() -> None:
    desk = opened()
    first = desk.group.id
    desk.enter(timeframe=60)
    second = desk.group.id
    desk.give(desk.closing(first))
    change(desk, tp_mode="aggregate")
    assert apply(desk, first, second, "nosuchgroup").data["groups"] == "1"
    groups = desk.account.groups
    assert groups[first].status is GroupStatus.CLOSING
    assert groups[first].settings_version == 1
    assert groups[second].settings_version == 2


def test_a_preview_says_what_would_change_and_changes_nothing() -> None:
    desk = opened()
    change(desk, stops={"time_limit_minutes": 60}, max_pyramids=1, tp_aggregate_percent="2")
    after = with_settings(desk.group, desk.account.settings, 2)
    found = {one.path: (one.before, one.after, one.unit) for one in changes(desk.group, after)}
    assert found == {
        "tp_aggregate_percent": ("1", "2", "%"),
        "max_pyramids": ("5", "1", ""),
        "stops.time_limit_minutes": ("off", "closes at 2026-01-05 13:00 UTC", ""),
    }
    assert desk.group.settings_version == 1


def test_a_group_never_has_fewer_entries_allowed_than_it_has() -> None:
    desk = opened()
    desk.enter()
    desk.enter()
    change(desk, max_pyramids=1)
    apply(desk)
    assert desk.group.max_pyramids == 3
