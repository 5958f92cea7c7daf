"""Protections (spec engine §7): stackable locks with look-back and stop duration."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from engine.domain.account import Account
from engine.domain.choices.protection import Cooldown, LowProfitPairs, StopLossGuard
from engine.domain.protection import EntryLock, Result
from engine.domain.settings import AccountSettings
from engine.domain.words import ExitReason, Side
from engine.policy.protections import locks_after, remembered, unlocked, with_lock
from foundation import limits

D = Decimal
NOON = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)


def closed(pnl: str, minutes_ago: int = 0, symbol: str = "BTC/USDT") -> Result:
    at = NOON - timedelta(minutes=minutes_ago)
    return Result("g", symbol, Side.LONG, at, D(pnl), ExitReason.STOP)


def locked(rule: Any, *results: Result) -> tuple[EntryLock, ...]:
    return locks_after([rule], results, results[-1])


def test_a_cooldown_locks_the_pair_after_any_close() -> None:
    [lock] = locked(Cooldown(stop_minutes=30), closed("5"))
    assert lock == EntryLock(
        "cooldown",
        "BTC/USDT",
        NOON + timedelta(minutes=30),
        "BTC/USDT takes no entries until 2026-01-05 12:30 UTC: cooldown of 30 minutes after a "
        "close.",
    )


def test_the_stop_loss_guard_locks_all_after_too_many_losing_exits_within_the_look_back() -> None:
    rule = StopLossGuard(lookback_minutes=60, max_losses=2, stop_minutes=120)
    assert locked(rule, closed("-1", 61), closed("-1")) == ()
    assert locked(rule, closed("-1", 60), closed("5", 5, "ETH/USDT"), closed("1")) == ()
    [lock] = locked(rule, closed("-1", 60, "ETH/USDT"), closed("-1"))
    assert (lock.symbol, lock.until) == (None, NOON + timedelta(minutes=120))
    assert lock.text == (
        "The account takes no entries until 2026-01-05 14:00 UTC: 2 losing exits within 60 minutes."
    )


def test_the_stop_loss_guard_may_count_and_lock_per_symbol() -> None:
    rule = StopLossGuard(lookback_minutes=60, max_losses=2, stop_minutes=10, only_symbol=True)
    assert locked(rule, closed("-1", 5, "ETH/USDT"), closed("-1")) == ()
    [lock] = locked(rule, closed("-1", 5), closed("-1"))
    assert lock.symbol == "BTC/USDT"


def test_a_low_profit_pair_is_locked_once_it_had_its_chances() -> None:
    rule = LowProfitPairs(
        lookback_minutes=600, min_trades=2, required_profit_usd=D(10), stop_minutes=60
    )
    assert locked(rule, closed("1")) == ()
    assert locked(rule, closed("9", 10), closed("1")) == ()
    [lock] = locked(rule, closed("9", 10), closed("-50", 5, "ETH/USDT"), closed("0.5"))
    assert lock.text.endswith("2 trades brought 9.5 USD, under 10 USD.")


def test_protections_stack() -> None:
    rules = [
        Cooldown(stop_minutes=5),
        Cooldown(stop_minutes=30),
        StopLossGuard(lookback_minutes=60, max_losses=1, stop_minutes=10),
    ]
    result = closed("-1")
    locks: tuple[EntryLock, ...] = ()
    for lock in locks_after(rules, (result,), result):
        locks = with_lock(locks, lock)
    assert [(lock.kind, lock.until - NOON) for lock in locks] == [
        ("cooldown", timedelta(minutes=30)),
        ("stop_loss_guard", timedelta(minutes=10)),
    ]


def test_locks_end_and_a_longer_one_takes_the_place_of_a_shorter_one() -> None:
    short = EntryLock("cooldown", "BTC/USDT", NOON, "short")
    longer = EntryLock("cooldown", "BTC/USDT", NOON + timedelta(minutes=1), "longer")
    other = EntryLock("cooldown", "ETH/USDT", NOON + timedelta(minutes=2), "other")
    assert with_lock((short, other), longer) == (other, longer)
    held = (longer,)
    assert with_lock(held, short) is held
    assert unlocked((short, longer, other), NOON) == (longer, other)


def account(*locks: dict[str, object], results: tuple[Result, ...] = ()) -> Account:
    settings = AccountSettings.model_validate({"protection": {"locks": locks}})
    return Account("a", "paper", settings, results=results)


def test_results_are_kept_as_long_as_the_longest_look_back() -> None:
    rules = [
        {"kind": "stop_loss_guard", "lookback_minutes": 30, "max_losses": 1, "stop_minutes": 1},
        {"kind": "low_profit", "lookback_minutes": 60, "min_trades": 1, "stop_minutes": 1},
    ]
    old, recent, new = closed("1", 61), closed("1", 60), closed("1")
    assert remembered(account(*rules, results=(old, recent)), [new], NOON) == (recent, new)


def test_results_are_bounded_whatever_the_look_back() -> None:
    rule = {"kind": "low_profit", "lookback_minutes": 9999, "min_trades": 1, "stop_minutes": 1}
    many = tuple(closed("1") for _ in range(limits.RESULTS_KEPT))
    kept = remembered(account(rule, results=many), [closed("2")], NOON)
    assert len(kept) == limits.RESULTS_KEPT
    assert kept[-1].pnl_usd == D(2)


def test_nothing_is_kept_for_protections_that_do_not_look_back() -> None:
    assert remembered(account(), [closed("1")], NOON) == ()
    assert remembered(account({"kind": "cooldown", "stop_minutes": 5}), [closed("1")], NOON) == ()
