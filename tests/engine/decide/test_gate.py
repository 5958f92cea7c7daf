"""The pre-trade gate (spec engine §7): denials as data and a sentence; exits are never gated."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from engine.domain.events import (
    CredentialsChanged,
    QueueCommanded,
    StateCommanded,
)
from engine.domain.notices import Outcome
from engine.domain.protection import EntryLock, Funds, Guard
from engine.domain.words import Intent, TradingState
from foundation import limits
from tests.engine.decide.kit import Desk, instrument

D = Decimal
ETH = "ETH/USDT"


def desk_with(**settings: Any) -> Desk:
    desk = Desk(**settings)
    desk.prices[ETH] = D(3000)
    desk.instruments[ETH] = instrument(ETH)
    return desk


def gated(**gate: Any) -> Desk:
    return desk_with(protection={"gate": gate})


def refused(outcome: Outcome, code: str) -> str:
    assert (outcome.status, outcome.code) == ("refused", code)
    return outcome.text


def test_a_default_account_in_quiet_takes_its_entries() -> None:
    assert desk_with().enter().code == "opened"


@pytest.mark.parametrize("state", [TradingState.PAUSED, TradingState.HALTED])
def test_a_paused_or_halted_account_takes_no_new_entries(state: TradingState) -> None:
    desk = desk_with()
    desk.give(StateCommanded(state, "user"))
    text = refused(desk.enter(), f"account_{state}")
    assert text == f"The account is {state}: it takes no new entries."


def test_denials_are_data_code_and_numbers_and_a_sentence() -> None:
    desk = gated(max_exposure_usd="1500")
    desk.enter()
    outcome = desk.enter(symbol=ETH, raw_symbol="ETHUSDT", price="3000")
    text = refused(outcome, "exposure")
    assert text.startswith("1000.00 USD more would bind ")
    assert outcome.data["limit_usd"] == "1500"
    assert D(999) < D(outcome.data["bound_usd"]) <= D(1000)
    assert desk.last.notices[-1].data["limit_usd"] == "1500"


def test_max_groups_per_symbol_counts_every_timeframe_and_lets_pyramids_pass() -> None:
    desk = gated(max_groups_per_symbol=1)
    desk.enter()
    assert desk.enter().code == "pyramid_added"
    text = refused(desk.enter(timeframe=60), "symbol_groups")
    assert text == "BTC/USDT has 1 of 1 open positions already."


def test_one_symbol_binds_no_more_than_its_share_of_the_capital() -> None:
    desk = gated(max_symbol_exposure_percent="15")
    desk.enter()
    outcome = desk.enter(timeframe=60)
    text = refused(outcome, "symbol_exposure")
    assert "over 1500.00 USD (15 % of the capital)" in text
    assert desk.enter(symbol=ETH, raw_symbol="ETHUSDT", price="3000").code == "opened"


def test_a_days_realised_loss_stops_entries_until_midnight_utc() -> None:
    desk = gated(max_daily_loss_usd="50")
    lost = Guard(realized_usd=D(-50), day=desk.now.date(), realized_today_usd=D(-50))
    desk.account = replace(desk.account, guard=lost)
    outcome = desk.enter()
    text = refused(outcome, "daily_loss")
    assert text.startswith("50.00 USD were lost today (UTC)")
    assert outcome.data == outcome.data | {"loss_usd": "50", "limit_usd": "50"}
    desk.now += timedelta(hours=12)
    assert desk.enter().code == "opened"


def test_an_entry_over_the_free_money_at_the_venue_is_refused_with_the_numbers() -> None:
    desk = desk_with()
    desk.account = replace(desk.account, funds=Funds(D(1500), D(10000), desk.now))
    assert desk.enter().code == "opened"
    outcome = desk.enter(symbol=ETH, raw_symbol="ETHUSDT", price="3000")
    text = refused(outcome, "insufficient_funds")
    assert text.startswith("The entry needs 1000.00 USD and 50")
    assert outcome.data["needed_usd"] == "1000"


def test_money_in_another_coin_pays_for_no_entry() -> None:
    desk = desk_with()
    coins = {"USDT": D(500), "USDC": D(9500)}
    desk.account = replace(desk.account, funds=Funds(D(10000), D(10000), desk.now, coins))
    text = refused(desk.enter(), "insufficient_funds")
    assert text == "The entry needs 1000.00 USD and 500.00 USDT are free at paper."
    coins = {"USDC": D(500)}
    desk.account = replace(desk.account, funds=Funds(D(10000), D(10000), desk.now, coins))
    assert desk.enter().code == "opened", "of USDT nothing is told but the total"


def test_an_old_word_on_free_money_denies_nothing() -> None:
    desk = desk_with()
    desk.account = replace(desk.account, funds=Funds(D(0), D(0), desk.now))
    desk.now += timedelta(seconds=limits.FUNDS_FRESH_S)
    assert desk.enter().code == "opened"


def test_a_suspended_instrument_takes_no_entries() -> None:
    desk = desk_with()
    desk.instruments["BTC/USDT"] = instrument(tradable=False)
    assert "suspended or delisted" in refused(desk.enter(), "not_tradable")


def test_market_hours_a_market_that_is_closed_for_now_takes_no_new_entries() -> None:
    desk = desk_with()
    desk.instruments["BTC/USDT"] = instrument(market_open=False)
    text = refused(desk.enter(), "market_closed")
    assert text == "paper has closed the market of BTC/USDT for now: entries wait."


def test_market_hours_what_waits_enters_when_the_market_opens() -> None:
    desk = desk_with(max_open_groups=1)
    desk.enter()
    assert desk.enter(symbol=ETH, raw_symbol="ETHUSDT", price="3000").code == "queued"
    desk.instruments[ETH] = instrument(ETH, market_open=False)
    desk.exit()
    for command in desk.new_cancels():
        desk.cancelled(command.order_id, "0")
    assert (desk.account.slots_free, len(desk.account.queue)) == (1, 1)
    desk.instruments[ETH] = instrument(ETH)
    desk.wait(60)
    assert desk.account.queue == ()
    assert desk.group.symbol == ETH


def test_a_silent_feed_blocks_entries_but_never_exits() -> None:
    desk = desk_with()
    desk.enter()
    desk.fill(desk.new_orders()[0])
    desk.silent_s = limits.FEED_STALE_S + 1
    outcome = desk.enter()
    assert refused(outcome, "stale_price") == (
        "The last price of BTC/USDT is 16 s old; entries wait for the feed."
    )
    assert outcome.data["age_s"] == "16"
    assert desk.exit().code == "closing"


def test_a_silent_feed_blocks_nothing_when_that_is_switched_off() -> None:
    desk = gated(require_fresh_price=False)
    desk.silent_s = 3600
    assert desk.enter().code == "opened"


def test_a_locked_symbol_takes_no_entries_until_its_time_is_over() -> None:
    desk = desk_with()
    until = desk.now + timedelta(minutes=5)
    lock = EntryLock("cooldown", "BTC/USDT", until, "BTC/USDT takes no entries for a while.")
    desk.account = replace(desk.account, locks=(lock,))
    outcome = desk.enter()
    assert refused(outcome, "entries_locked") == lock.text
    assert outcome.data["lock"] == "cooldown"
    assert desk.enter(symbol=ETH, raw_symbol="ETHUSDT", price="3000").code == "opened"
    desk.wait(300)
    assert desk.account.locks == ()
    assert desk.enter().code == "opened"


def test_failed_keys_deny_entries_before_anything_else_does() -> None:
    desk = desk_with()
    desk.give(CredentialsChanged("key revoked"))
    assert "key revoked" in refused(desk.enter(), "credentials_failed")


def test_a_denied_signal_in_the_queue_waits_and_is_not_dropped() -> None:
    desk = gated(max_daily_loss_usd="50")
    desk.account = replace(
        desk.account, settings=desk.account.settings.model_copy(update={"max_open_groups": 1})
    )
    desk.enter()
    assert desk.enter(symbol=ETH, raw_symbol="ETHUSDT", price="3000").code == "queued"
    lost = Guard(realized_usd=D(-50), day=desk.now.date(), realized_today_usd=D(-50))
    desk.account = replace(desk.account, guard=lost)
    desk.exit()
    for command in desk.new_cancels():
        desk.cancelled(command.order_id, "0")
    [waiting] = desk.account.queue
    assert desk.account.slots_free == 1
    by_hand = desk.give(QueueCommanded(waiting.id, "promote", "user"))
    assert refused(by_hand, "daily_loss")
    desk.now += timedelta(hours=12)
    desk.wait(5)
    assert desk.account.queue == ()
    assert desk.group.symbol == ETH


def test_a_signal_that_has_to_wait_anyway_waits_for_money_as_well() -> None:
    desk = desk_with(max_open_groups=1)
    desk.enter()
    desk.account = replace(desk.account, funds=Funds(D(0), D(10000), desk.now))
    assert desk.enter(symbol=ETH, raw_symbol="ETHUSDT", price="3000").code == "queued"


def test_a_reverse_exits_even_when_the_entry_after_it_is_denied() -> None:
    desk = desk_with()
    desk.enter()
    desk.fill(desk.new_orders()[0])
    desk.silent_s = 60
    signal = desk.signal(Intent.REVERSE, side=desk.group.side.opposite, entry_price=D(60000))
    outcome = desk.take(signal)
    assert (outcome.status, outcome.code) == ("done", "closing")
    assert outcome.data["entry_code"] == "stale_price"
    assert "closing the position" in outcome.text
    assert "entries wait for the feed" in outcome.text
    assert desk.group.status == "closing"


def test_a_reverse_that_finds_nothing_to_leave_and_whose_entry_is_denied_is_refused() -> None:
    desk = desk_with()
    desk.silent_s = 60
    signal = desk.signal(Intent.REVERSE, entry_price=D(60000))
    outcome = desk.take(signal)
    assert (outcome.status, outcome.code) == ("refused", "stale_price")
