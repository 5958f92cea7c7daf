"""The drawdown guard (spec engine §7), and what was realised today and in total."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from engine.decide.wants import look_again, wants
from engine.domain.events import (
    Due,
    Reconciled,
    SettingsChanged,
    StateCommanded,
)
from engine.domain.notices import NoticeKind
from engine.domain.protection import Funds, GuardStage
from engine.domain.settings import AccountSettings
from engine.domain.words import ExitReason, GroupStatus, MarketKind, Side, TradingState
from engine.store.projections import severity
from foundation import limits
from tests.engine.decide.kit import Desk, instrument

D = Decimal
ONE_LEG = [{"gap_percent": "0", "weight_percent": "100", "tp_percent": "50"}]


def invested(**settings: Any) -> Desk:
    """All of a capital of 10,000 USD in one position at 100."""
    values = {"ladder": ONE_LEG, "max_open_groups": 1, "total_capital_usd": "10000"}
    desk = Desk("100", **(values | settings))
    desk.instruments["BTC/USDT"] = instrument(tick=D("0.01"), step=D("0.001"))
    desk.enter("100")
    desk.fill(desk.placed())
    return desk


def fall(desk: Desk, price: str) -> None:
    desk.prices["BTC/USDT"] = D(price)
    desk.wait(limits.GUARD_REVIEW_S)


def triggered(desk: Desk) -> list[str]:
    return [
        notice.data["stage"] for notice in desk.last.notices if notice.kind == "guard_triggered"
    ]


def linear() -> Desk:
    """A perpetuals account with 10,000 USD in its wallet and all of it in one position."""
    desk = Desk("100", ladder=ONE_LEG, max_open_groups=1)
    desk.instruments["BTC/USDT"] = instrument(step=D("0.001"))
    desk.account = replace(
        desk.account,
        market=MarketKind.LINEAR,
        funds=Funds(D(20000), D(10000), desk.now),
    )
    desk.enter("100")
    desk.fill(desk.placed())
    return desk


def test_spot_equity_is_total_capital_and_realised_and_unrealised_of_our_groups() -> None:
    desk = invested()
    assert desk.account.guard.equity_usd == D(10000)
    desk.fill(desk_reducer(desk, "110"), "110", fee="11")
    assert desk.account.guard.realized_usd == D(989)
    assert desk.account.guard.equity_usd == D(10989)
    assert desk.account.guard.peak_usd == D(10989)


def desk_reducer(desk: Desk, price: str) -> Any:
    desk.prices["BTC/USDT"] = D(price)
    desk.close()
    return desk.placed()


def test_futures_equity_is_wallet_and_unrealised() -> None:
    desk = linear()
    assert desk.account.guard.equity_usd == D(10000)
    desk.prices["BTC/USDT"] = D("95")
    desk.give(Reconciled(funds=Funds(D(0), D(9990), desk.now)))
    assert desk.account.guard.equity_usd == D(9490)


def test_what_was_realised_since_the_wallet_was_told_is_no_drawdown() -> None:
    desk = linear()
    desk.give(Reconciled(funds=Funds(D(0), D(10000), desk.now)))
    desk.prices["BTC/USDT"] = D("130")
    desk.wait(limits.GUARD_REVIEW_S)
    assert desk.account.guard.peak_usd == D(13000)
    desk.close()
    desk.fill(desk.placed(), "130")
    guard = desk.account.guard
    assert (guard.equity_usd, guard.stage) == (D(13000), GuardStage.CALM)
    desk.give(Reconciled(funds=Funds(D(0), D(10000), desk.now)))
    assert desk.account.guard.equity_usd == D(13000)
    desk.wait(5)
    desk.give(Reconciled(funds=Funds(D(0), D(12990), desk.now)))
    assert desk.account.guard.equity_usd == D(12990)


def test_a_review_that_finds_nothing_writes_nothing() -> None:
    desk = invested()
    account = desk.account
    fall(desk, "99.5")
    assert desk.account is account


def test_new_entries_stop_at_half_of_the_limit_until_a_person_resumes() -> None:
    desk = invested()
    fall(desk, "90")
    assert triggered(desk) == ["soft"]
    assert desk.account.state is TradingState.PAUSED
    assert desk.account.guard.stage is GuardStage.SOFT
    outcome = desk.enter("90")
    assert outcome.code == "account_paused"
    assert outcome.data["guard"] == "soft"
    assert outcome.text == "The drawdown guard has paused the account: it takes no new entries."
    assert desk.group.status is GroupStatus.ACTIVE


def test_it_warns_once_at_75_percent_of_the_limit() -> None:
    desk = invested(protection={"drawdown": {"soft_drawdown_percent": "20"}})
    fall(desk, "85")
    assert triggered(desk) == ["warned"]
    assert desk.account.state is TradingState.RUNNING
    fall(desk, "84")
    assert triggered(desk) == []
    fall(desk, "101")
    fall(desk, "85.5")
    assert triggered(desk) == ["warned"]


def test_it_warns_after_entries_stopped_as_well() -> None:
    desk = invested()
    fall(desk, "89")
    fall(desk, "85")
    assert triggered(desk) == ["warned"]
    assert desk.account.guard.stage is GuardStage.SOFT


def test_at_the_limit_it_closes_all_groups_halts_and_alerts() -> None:
    desk = invested()
    fall(desk, "80")
    assert triggered(desk) == ["hard"]
    notice = next(n for n in desk.last.notices if n.kind == "guard_triggered")
    assert notice.reason == (
        "Equity is 8000.00 USD, 20.00 % below its peak of 10000.00 USD: the limit of 20 % is "
        "reached, all positions are closed."
    )
    assert notice.data == {
        "stage": "hard",
        "equity_usd": "8000",
        "peak_usd": "10000",
        "drawdown_percent": "20.00",
        "limit_percent": "20",
    }
    [order] = desk.new_orders()
    assert order.reduce_only
    assert desk.account.state is TradingState.HALTED
    desk.fill(order, "80")
    assert desk.group.status is GroupStatus.CLOSED
    assert desk.group.exit_reason is ExitReason.GUARD


def test_a_closing_of_the_guard_that_the_venue_refuses_is_tried_again_while_halted() -> None:
    desk = invested()
    fall(desk, "80")
    desk.refuse(desk.placed())
    desk.wait(2)
    [again] = desk.new_orders()
    assert again.reduce_only


def test_only_a_person_resumes_and_resuming_resets_the_peak() -> None:
    desk = invested()
    fall(desk, "80")
    desk.fill(desk.placed(), "80")
    fall(desk, "200")
    assert desk.account.state is TradingState.HALTED
    desk.give(StateCommanded(TradingState.RUNNING, "user"))
    guard = desk.account.guard
    assert (guard.stage, guard.peak_usd) == (GuardStage.CALM, D(8000))
    assert desk.account.state is TradingState.RUNNING
    desk.give(Due())
    assert desk.account.state is TradingState.RUNNING


def test_resuming_an_account_the_guard_has_not_stopped_keeps_the_peak() -> None:
    desk = invested()
    fall(desk, "95")
    desk.give(StateCommanded(TradingState.PAUSED, "user"))
    desk.give(StateCommanded(TradingState.RUNNING, "user"))
    assert desk.account.guard.peak_usd == D(10000)


def test_a_paused_account_is_guarded_as_well() -> None:
    desk = invested()
    desk.give(StateCommanded(TradingState.PAUSED, "user"))
    fall(desk, "79")
    assert desk.account.state is TradingState.HALTED


def test_deposits_and_withdrawals_move_the_peak() -> None:
    desk = linear()
    desk.give(Reconciled(funds=Funds(D(0), D(15000), desk.now), moved_usd=D(5000)))
    assert desk.account.guard.peak_usd == D(15000)
    desk.give(Reconciled(funds=Funds(D(0), D(8000), desk.now), moved_usd=D(-7000)))
    guard = desk.account.guard
    assert (guard.peak_usd, guard.stage) == (D(8000), GuardStage.CALM)
    assert guard.moved_usd == D(-2000)


def test_on_spot_a_deposit_is_no_gain_and_no_loss() -> None:
    desk = invested()
    desk.give(Reconciled(moved_usd=D(5000)))
    assert desk.account.guard.peak_usd == D(10000)
    assert desk.account.guard.stage is GuardStage.CALM


def test_another_capital_in_the_settings_is_no_drawdown() -> None:
    desk = invested()
    smaller = desk.account.settings.model_copy(update={"total_capital_usd": D(7000)})
    desk.give(SettingsChanged(2, smaller))
    fall(desk, "99")
    guard = desk.account.guard
    assert (guard.peak_usd, guard.stage) == (D(7000), GuardStage.CALM)


def test_equity_under_min_equity_usd_closes_all() -> None:
    desk = invested(protection={"drawdown": {"min_equity_usd": "9500"}})
    fall(desk, "94.9")
    assert triggered(desk) == ["hard"]
    assert "under min_equity_usd 9500" in (desk.account.halt_reason or "")


def test_an_equity_jump_over_5_percent_between_syncs_alerts_and_does_nothing() -> None:
    desk = linear()
    desk.give(Reconciled(funds=Funds(D(0), D(10600), desk.now)))
    [notice] = [n for n in desk.last.notices if n.kind == "equity_jumped"]
    assert notice.data == {
        "before_usd": "10000",
        "equity_usd": "10600",
        "percent": "6.00",
        "moved_usd": "0",
    }
    assert desk.last.commands == ()
    assert desk.account.state is TradingState.RUNNING
    desk.give(Reconciled(funds=Funds(D(0), D(20600), desk.now), moved_usd=D(10000)))
    assert "equity_jumped" not in [n.kind for n in desk.last.notices]


def test_a_jump_of_5_percent_is_none_and_a_fall_counts_as_well() -> None:
    desk = linear()
    desk.give(Reconciled(funds=Funds(D(0), D(10500), desk.now)))
    assert "equity_jumped" not in [n.kind for n in desk.last.notices]
    desk.give(Reconciled(funds=Funds(D(0), D(9900), desk.now)))
    [notice] = [n for n in desk.last.notices if n.kind == "equity_jumped"]
    assert notice.data["percent"] == "-5.71"


def test_a_short_that_rises_is_a_drawdown() -> None:
    desk = Desk("100", ladder=ONE_LEG, max_open_groups=1)
    desk.instruments["BTC/USDT"] = instrument(step=D("0.001"))
    desk.enter("100", side=Side.SHORT)
    desk.fill(desk.placed())
    fall(desk, "90")
    assert desk.account.guard.peak_usd == D(11000)
    fall(desk, "112")
    assert triggered(desk) == ["hard"]


def test_what_the_guard_did_is_told_loudly() -> None:
    desk = invested()
    fall(desk, "80")
    loud = [n.kind for n in desk.last.notices if severity(n) == "critical"]
    assert NoticeKind.GUARD_TRIGGERED in loud
    assert NoticeKind.ENGINE_STATE in loud


def test_a_silent_feed_triggers_nothing() -> None:
    desk = invested()
    desk.silent_s = limits.FEED_STALE_S + 1
    account = desk.account
    fall(desk, "10")
    assert desk.account is account


def test_a_guard_that_is_switched_off_does_nothing() -> None:
    desk = invested(protection={"drawdown": {"enabled": False}})
    fall(desk, "10")
    assert desk.account.state is TradingState.RUNNING
    assert wants(desk.account).next_due is None


def test_equity_is_looked_at_while_something_is_open_and_no_more() -> None:
    desk = invested()
    every = timedelta(seconds=limits.GUARD_REVIEW_S)
    assert wants(desk.account).next_due == desk.now + every
    assert look_again(desk.account, desk.now) == desk.now + every
    desk.fill(desk_reducer(desk, "100"), "100")
    assert wants(desk.account).next_due == desk.now + timedelta(seconds=limits.CLOSED_GROUP_KEPT_S)


def test_time_keeps_a_new_peak_that_is_worth_keeping() -> None:
    desk = invested()
    fall(desk, "100.05")
    assert desk.account.guard.peak_usd == D(10000)
    fall(desk, "100.2")
    assert desk.account.guard.peak_usd == D(10020)


def test_realised_today_and_in_total_are_kept_on_every_fill() -> None:
    desk = invested()
    desk.enter("100")
    order = desk_reducer(desk, "101")
    half = order.quantity / 2
    desk.fill(order, "101", half, fee="1")
    today = desk.now.date()
    guard = desk.account.guard
    assert (guard.realized_usd, guard.realized_today_usd, guard.day) == (D(49), D(49), today)
    desk.now += timedelta(days=1)
    desk.fill(order, "99", half)
    guard = desk.account.guard
    assert (guard.realized_usd, guard.realized_today_usd) == (D(-1), D(-50))
    assert guard.day == today + timedelta(days=1)


def test_limits_of_the_guard_come_from_the_settings_in_force() -> None:
    desk = invested()
    tighter = AccountSettings.model_validate(
        desk.account.settings.model_dump()
        | {"protection": {"drawdown": {"max_drawdown_percent": "4", "soft_drawdown_percent": "2"}}}
    )
    desk.give(SettingsChanged(2, tighter))
    fall(desk, "95")
    assert desk.account.state is TradingState.HALTED
