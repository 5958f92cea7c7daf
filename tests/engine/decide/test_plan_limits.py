"""Limits of the plan (spec engine §7): they arrive as LimitsChanged, expire, and leave a grace."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from engine.decide.wants import wants
from engine.domain.entitlement import PlanLimits, PlanStage
from engine.domain.events import Due, LimitsChanged, QueueCommanded
from engine.domain.notices import Outcome
from tests.engine.decide.kit import START, Desk, instrument

ETH = {"symbol": "ETH/USDT", "raw_symbol": "ETHUSDT", "price": "3000"}
ENDS = START + timedelta(days=1)


def limited(days: float | None = None, grace_hours: int = 0, **most: Any) -> Desk:
    desk = Desk()
    desk.prices["ETH/USDT"] = Decimal(3000)
    desk.instruments["ETH/USDT"] = instrument("ETH/USDT")
    until = None if days is None else START + timedelta(days=days)
    desk.give(LimitsChanged(PlanLimits(**most), until, grace_hours))
    return desk


def refused(outcome: Outcome, code: str) -> str:
    assert (outcome.status, outcome.code) == ("refused", code)
    return outcome.text


def test_without_a_plan_nothing_is_limited() -> None:
    desk = limited(max_open_groups=0)
    assert desk.enter().code == "queued"
    desk.give(LimitsChanged(None))
    assert desk.account.entitlement is None
    assert desk.enter(**ETH).code == "opened"


def test_more_positions_than_the_plan_allows_wait_for_a_slot() -> None:
    desk = limited(max_open_groups=1)
    desk.enter()
    outcome = desk.enter(**ETH)
    assert outcome.code == "queued"
    assert outcome.text.startswith("Your plan allows no more than 1 open at once")
    assert desk.account.slots_free == 0
    desk.give(desk.closing(desk.group.id))
    for cancel in desk.new_cancels():
        desk.cancelled(cancel.order_id, "0")
    assert [g.symbol for g in desk.account.groups.values() if g.holds_slot] == ["ETH/USDT"]


def test_nobody_forces_an_entry_in_over_the_plan() -> None:
    desk = limited(max_open_groups=1)
    desk.enter()
    desk.enter(**ETH)
    waiting = desk.account.queue[0].id
    outcome = desk.give(QueueCommanded(waiting, "force_add", "user"))
    text = refused(outcome, "plan_groups")
    assert text == "1 of 1 positions that your plan allows are open."
    assert outcome.data == {"count": "1", "limit": "1"}


def test_pyramids_over_the_plan_are_refused_with_the_numbers() -> None:
    desk = limited(max_pyramids=1)
    desk.enter()
    text = refused(desk.enter(), "plan_pyramids")
    assert text == "BTC/USDT has 1 of 1 entries that your plan allows."


def test_another_symbol_than_the_plan_allows_is_refused_with_the_numbers() -> None:
    desk = limited(max_symbols=1)
    desk.enter()
    assert desk.enter(timeframe=60).code == "opened"
    text = refused(desk.enter(**ETH), "plan_symbols")
    assert text == "1 of 1 symbols that your plan allows have open positions."


def test_exposure_over_the_plan_is_refused_with_the_numbers() -> None:
    desk = limited(max_exposure_usd=Decimal(1500))
    desk.enter()
    outcome = desk.enter(**ETH)
    text = refused(outcome, "plan_exposure")
    assert text.endswith("your plan allows 1500.00 USD.")
    assert outcome.data["limit_usd"] == "1500"


def test_a_venue_that_the_plan_does_not_include_is_refused() -> None:
    desk = limited(venues=("binance",))
    text = refused(desk.enter(), "plan_venue")
    assert text == "Your plan does not include trading at paper (included: binance)."


def test_after_its_end_the_plan_leaves_a_grace_and_then_no_new_entries() -> None:
    desk = limited(days=1, grace_hours=48)
    desk.enter()
    desk.fill(desk.placed(0))
    desk.now = ENDS
    assert desk.enter(**ETH).code == "opened"
    desk.now = ENDS + timedelta(hours=48)
    text = refused(desk.enter(timeframe=60), "plan_over")
    assert text.startswith("Your plan ended on 2026-01-06 12:00 UTC: no new entries.")


def test_after_its_end_positions_are_still_managed_and_exits_still_run() -> None:
    desk = limited(days=1)
    desk.enter()
    desk.fill(desk.placed(0))
    desk.now = ENDS
    desk.give(Due())
    assert [outcome.code for outcome in desk.cross("61000")] == ["tp_hit"]
    assert desk.exit().code == "closing"


def test_the_end_of_a_plan_and_of_its_grace_are_told_when_they_come() -> None:
    desk = limited(days=1, grace_hours=2)
    assert wants(desk.account).next_due == ENDS
    desk.now = ENDS
    desk.give(Due())
    assert desk.account.entitlement
    assert desk.account.entitlement.stage is PlanStage.GRACE
    assert desk.last.notices[0].reason == (
        "Your plan ended on 2026-01-06 12:00 UTC; entries go on until 2026-01-06 14:00 UTC."
    )
    assert wants(desk.account).next_due == ENDS + timedelta(hours=2)
    desk.now = ENDS + timedelta(hours=2)
    desk.give(Due())
    assert desk.account.entitlement
    assert desk.account.entitlement.stage is PlanStage.OVER
    assert wants(desk.account).next_due is None


def test_a_renewed_plan_takes_entries_again() -> None:
    desk = limited(days=1)
    desk.now = ENDS
    refused(desk.enter(), "plan_over")
    desk.give(LimitsChanged(PlanLimits(), ENDS + timedelta(days=30)))
    assert desk.enter().code == "opened"


def test_the_same_limits_again_change_nothing() -> None:
    desk = limited(max_open_groups=3)
    told = len(desk.told)
    outcome = desk.give(LimitsChanged(PlanLimits(max_open_groups=3)))
    assert outcome.code == "unchanged"
    assert len(desk.told) == told
