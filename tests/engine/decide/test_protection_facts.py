"""Locks after closings, keys that fail, and the venue's own word on money and holdings (§7, §9)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from engine.domain.events import (
    CloseAllCommanded,
    CredentialsChanged,
    Difference,
    HeldPosition,
    Reconciled,
    StateCommanded,
)
from engine.domain.notices import Notice, NoticeKind
from engine.domain.protection import Funds
from engine.domain.words import GroupStatus, Side, TradingState
from engine.store.projections import severity
from tests.engine.decide.kit import Desk, instrument

D = Decimal
ETH = "ETH/USDT"
ONE_LEG = [{"gap_percent": "0", "weight_percent": "100", "tp_percent": "50"}]


def holding(**settings: Any) -> Desk:
    """One BTC position of 10 at 100, all of its orders done."""
    desk = Desk("100", **({"ladder": ONE_LEG} | settings))
    desk.instruments["BTC/USDT"] = instrument(step=D("0.001"))
    desk.prices[ETH] = D(100)
    desk.instruments[ETH] = instrument(ETH, step=D("0.001"))
    desk.enter("100")
    desk.fill(desk.placed())
    assert desk.group.open_quantity == 10
    return desk


def told(desk: Desk, kind: NoticeKind) -> list[Notice]:
    return [notice for notice in desk.last.notices if notice.kind is kind]


def reconcile(desk: Desk, held: str, *differences: Difference, at_start: bool = False) -> None:
    """The venue was asked a second ago."""
    desk.now += timedelta(seconds=1)
    fact = Reconciled(
        positions=(HeldPosition("BTC/USDT", D(held)),),
        funds=Funds(D(5000), D(10000), desk.now),
        differences=differences,
        at_start=at_start,
    )
    desk.give(fact)


# --- protections ----------------------------------------------------------------------------------


def test_a_closing_is_remembered_and_locks_its_pair_before_the_slot_is_given_away() -> None:
    rules = [
        {"kind": "cooldown", "stop_minutes": 30},
        {"kind": "stop_loss_guard", "lookback_minutes": 60, "max_losses": 1, "stop_minutes": 10},
    ]
    desk = holding(max_open_groups=1, total_capital_usd="1000", protection={"locks": rules})
    desk.enter("100", timeframe=60)
    assert len(desk.account.queue) == 1
    desk.close()
    desk.fill(desk.placed(), "99")
    [result] = desk.account.results
    assert (result.symbol, result.pnl_usd, result.reason) == ("BTC/USDT", D(-10), "manual")
    assert [n.symbol for n in told(desk, NoticeKind.ENTRIES_LOCKED)] == ["BTC/USDT", None]
    assert len(desk.account.queue) == 1
    assert desk.enter("100", symbol=ETH).code == "entries_locked"
    desk.wait(600)
    assert [lock.kind for lock in desk.account.locks] == ["cooldown"]
    assert desk.enter("100", symbol=ETH).code == "opened"


def test_without_protections_nothing_is_remembered() -> None:
    desk = holding()
    desk.close()
    desk.fill(desk.placed(), "99")
    assert desk.account.results == ()
    assert desk.account.locks == ()


# --- credentials ----------------------------------------------------------------------------------


def test_failed_keys_pause_the_account_at_once_and_say_so() -> None:
    desk = holding()
    outcome = desk.give(CredentialsChanged("invalid api key"))
    assert outcome.code == "credentials_failed"
    assert desk.account.state is TradingState.PAUSED
    [notice] = told(desk, NoticeKind.CREDENTIALS)
    assert notice.data == {"failed": "invalid api key"}
    assert "nothing is sent before new keys" in notice.reason
    assert desk.group.status is GroupStatus.ACTIVE
    assert desk.give(CredentialsChanged("invalid api key")).code == "unchanged"


def test_a_venue_that_refuses_an_order_for_its_keys_pauses_the_account() -> None:
    desk = Desk()
    desk.enter()
    first = desk.new_orders()[0]
    desk.refuse(first, "authentication_failed", "invalid api key")
    assert desk.account.credentials_failed == "invalid api key"
    assert desk.account.state is TradingState.PAUSED
    assert desk.new_orders() == []
    assert desk.group.status is GroupStatus.LIVE


def test_what_waits_is_tried_again_only_after_new_keys() -> None:
    desk = holding()
    desk.give(CredentialsChanged("revoked"))
    desk.close()
    desk.wait(3600)
    assert desk.new_orders() == []
    assert desk.group.status is GroupStatus.CLOSING
    desk.give(CredentialsChanged(None))
    [order] = desk.new_orders()
    assert (order.reduce_only, order.quantity) == (True, 10)
    assert desk.account.state is TradingState.PAUSED


def test_an_account_without_keys_cannot_be_resumed() -> None:
    desk = holding()
    desk.give(CredentialsChanged("revoked"))
    outcome = desk.give(StateCommanded(TradingState.RUNNING, "user"))
    assert (outcome.status, outcome.code) == ("refused", "credentials_failed")
    desk.give(CredentialsChanged(None))
    assert desk.give(StateCommanded(TradingState.RUNNING, "user")).code == "state_changed"


# --- funds and emergency --------------------------------------------------------------------------


def test_insufficient_funds_fail_the_order_and_end_the_entries_of_that_group() -> None:
    desk = holding()
    desk.enter("100")
    desk.refuse(desk.placed(), "insufficient_funds", "not enough USDT")
    assert desk.group.no_more_entries
    [notice] = told(desk, NoticeKind.ORDER_FAILED)
    assert (notice.data["code"], severity(notice)) == ("insufficient_funds", "critical")
    assert desk.enter("100").code == "group_takes_no_entries"


def test_an_emergency_close_reports_what_could_not_be_closed_and_keeps_trying() -> None:
    desk = holding()
    desk.enter("100", symbol=ETH)
    desk.fill(desk.placed())
    del desk.instruments[ETH]
    outcome = desk.give(CloseAllCommanded("user"))
    assert outcome.data["groups"] == "2"
    assert outcome.data["stuck"] == ETH
    assert outcome.text.endswith("ETH/USDT cannot be closed right now and is tried again.")
    desk.instruments[ETH] = instrument(ETH, step=D("0.001"))
    desk.wait(5)
    [order] = desk.new_orders()
    assert order.symbol == ETH
    desk.refuse(order, text="market closed")
    [notice] = told(desk, NoticeKind.ORDER_FAILED)
    assert notice.reason == "ETH/USDT could not be closed yet and is tried again: market closed"
    desk.wait(2)
    assert [again.symbol for again in desk.new_orders()] == [ETH]
    assert desk.account.state is TradingState.PAUSED


def test_an_emergency_close_says_in_which_state_the_account_stays() -> None:
    desk = holding()
    assert desk.give(CloseAllCommanded("user")).text.endswith("the account stays paused.")
    desk.give(StateCommanded(TradingState.HALTED, "user"))
    assert desk.give(CloseAllCommanded("user")).text.endswith("the account stays halted.")


# --- reconciliation -------------------------------------------------------------------------------


def test_differences_are_reported_in_one_sentence() -> None:
    desk = holding()
    found = [
        Difference("fill", "BTC/USDT", "bought 1 at 100"),
        Difference("fill", "BTC/USDT", "bought 2 at 100"),
        Difference("order_gone", "BTC/USDT", "order x works no more"),
        Difference("foreign_order", ETH, "a limit order that is not ours"),
    ]
    reconcile(desk, "10", *found, at_start=True)
    [notice] = told(desk, NoticeKind.RECONCILED)
    assert notice.reason == "2 fills while away, 1 order gone, 1 foreign order left alone."
    assert notice.data["fill"] == "2"
    assert "ETH/USDT: a limit order that is not ours" in notice.data["details"]


def test_nothing_is_said_when_nothing_differs() -> None:
    desk = holding()
    reconcile(desk, "10", at_start=True)
    assert desk.last.notices == ()
    assert desk.last.outcome.text == "Nothing differs."
    assert desk.account.funds is not None


def test_more_at_the_venue_than_ours_is_no_difference() -> None:
    desk = holding()
    reconcile(desk, "25")
    assert desk.account.short_at_venue == {}
    assert desk.last.notices == ()


def test_less_at_the_venue_is_shown_as_external_and_caps_what_we_sell() -> None:
    desk = holding()
    reconcile(desk, "4")
    [notice] = told(desk, NoticeKind.EXTERNAL_TRADE)
    assert notice.data == {"missing": "6"}
    assert desk.last.commands == ()
    reconcile(desk, "4")
    assert told(desk, NoticeKind.EXTERNAL_TRADE) == []
    desk.close()
    [order] = desk.new_orders()
    assert order.quantity == 4
    desk.fill(order, "110")
    assert desk.group.status is GroupStatus.CLOSED
    assert desk.group.realized_pnl_usd == 40
    assert desk.account.short_at_venue == {}
    desk.give(StateCommanded(TradingState.PAUSED, "user"))
    assert desk.new_orders() == []


def test_what_is_wholly_gone_is_let_go_at_cost_once_an_exit_is_asked_for() -> None:
    desk = holding()
    reconcile(desk, "0")
    assert desk.group.status is GroupStatus.ACTIVE
    desk.close()
    assert desk.new_orders() == []
    assert desk.group.status is GroupStatus.CLOSED
    assert desk.group.realized_pnl_usd == 0


def test_two_groups_of_a_symbol_never_sell_more_together_than_there_is() -> None:
    desk = holding()
    desk.enter("100", timeframe=60)
    desk.fill(desk.placed())
    reconcile(desk, "15")
    for group in list(desk.account.groups.values()):
        desk.give(desk.closing(group.id))
    sold = [order.quantity for order in desk.reducers()]
    assert sold == [10, 5]


def test_an_order_at_work_explains_what_is_missing() -> None:
    desk = holding()
    desk.close("0.5")
    reconcile(desk, "5")
    assert desk.account.short_at_venue == {}
    assert told(desk, NoticeKind.EXTERNAL_TRADE) == []


def test_a_manual_trade_is_detected_though_a_stop_rests_for_all_of_it() -> None:
    desk = holding(stops={"stop_loss_percent": "10"})
    [stop] = desk.reducers()
    desk.accept(stop)
    assert stop.quantity == 10
    reconcile(desk, "4")
    [notice] = told(desk, NoticeKind.EXTERNAL_TRADE)
    assert notice.data == {"missing": "6"}
    reconcile(desk, "0")
    desk.close()
    desk.cancelled(stop.id, "0")
    assert desk.group.status is GroupStatus.CLOSED
    assert desk.reducers() == [stop]


def test_a_group_that_changed_after_the_venue_was_asked_is_not_compared() -> None:
    desk = holding()
    asked = desk.now - timedelta(seconds=5)
    fact = Reconciled(
        positions=(HeldPosition("BTC/USDT", D(0)),), funds=Funds(D(0), D(10000), asked)
    )
    desk.give(fact)
    assert desk.account.short_at_venue == {}


def test_a_shortage_that_is_over_is_forgotten() -> None:
    desk = holding()
    reconcile(desk, "4")
    reconcile(desk, "10")
    assert desk.account.short_at_venue == {}
    desk.close()
    assert desk.placed().quantity == 10


def test_a_short_position_is_compared_in_its_own_direction() -> None:
    desk = holding()
    [group] = desk.account.groups.values()
    short = replace(group, side=group.side.opposite)
    desk.account = replace(desk.account, groups={group.id: short})
    reconcile(desk, "-10")
    assert desk.account.short_at_venue == {}
    reconcile(desk, "10")
    assert desk.account.short_at_venue == {"BTC/USDT": D(10)}


def test_what_failed_on_the_other_side_does_not_turn_a_position_round() -> None:
    """A short was let go as if it were gone, and stayed open at the venue: a long had failed."""
    desk = Desk("100", ladder=ONE_LEG)
    desk.instruments["BTC/USDT"] = instrument(step=D("0.001"))
    desk.enter("100")
    desk.refuse(desk.placed())
    assert desk.group.status is GroupStatus.FAILED
    desk.enter("100", side=Side.SHORT)
    desk.fill(desk.placed())
    reconcile(desk, "-10")
    assert desk.account.short_at_venue == {}
    desk.close()
    assert desk.placed().quantity == 10
    desk.fill(desk.placed(), "100")
    reconcile(desk, "0")
    assert desk.account.short_at_venue == {}


def test_what_filled_late_on_the_other_side_is_no_trade_by_hand() -> None:
    """The venue nets it with the position: what it holds less is ours, and is closed elsewhere."""
    desk = Desk("100", ladder=ONE_LEG)
    desk.instruments["BTC/USDT"] = instrument(step=D("0.001"))
    desk.enter("100")
    called_off = desk.placed()
    desk.exit()
    desk.cancelled(called_off.id, "0")
    assert desk.group.status is GroupStatus.CLOSED
    desk.enter("100", side=Side.SHORT)
    desk.fill(desk.placed())
    desk.fill(called_off, quantity=D(4))
    assert desk.placed().reduce_only
    reconcile(desk, "-6")
    assert desk.account.short_at_venue == {}
    assert told(desk, NoticeKind.EXTERNAL_TRADE) == []
    desk.fill(desk.placed(), "100")
    reconcile(desk, "-10")
    assert desk.account.short_at_venue == {}
