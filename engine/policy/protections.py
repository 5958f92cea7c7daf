"""Protections: locks on entries that recent results bring about. They are stackable."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from engine.domain.account import Account
from engine.domain.choices.protection import Cooldown, LowProfitPairs, Protection, StopLossGuard
from engine.domain.leg import ZERO
from engine.domain.protection import EntryLock, Result
from foundation import limits
from foundation.money import plain, usd


def look_back(protections: Iterable[Protection]) -> timedelta:
    """How far the longest of them looks back; a cooldown looks at the last closing only."""
    minutes = [0 if isinstance(one, Cooldown) else one.lookback_minutes for one in protections]
    return timedelta(minutes=max(minutes, default=0))


def remembered(account: Account, new: Iterable[Result], at: datetime) -> tuple[Result, ...]:
    """Recent results with the new ones, oldest first, as far back as any protection looks."""
    back = look_back(account.settings.protection.locks)
    if not back:
        return ()
    since = at - back
    kept = [one for one in (*account.results, *new) if one.closed_at >= since]
    return tuple(kept[-limits.RESULTS_KEPT :])


def unlocked(locks: Iterable[EntryLock], at: datetime) -> tuple[EntryLock, ...]:
    """The locks that still hold."""
    return tuple(lock for lock in locks if lock.until > at)


def locks_after(
    protections: Iterable[Protection], results: tuple[Result, ...], closed: Result
) -> tuple[EntryLock, ...]:
    """The locks one closing brings about, given all results kept, its own included."""
    return tuple(_locks(protections, results, closed))


def _locks(
    protections: Iterable[Protection], results: tuple[Result, ...], closed: Result
) -> Iterator[EntryLock]:
    for one in protections:
        match one:
            case Cooldown():
                why = f"cooldown of {one.stop_minutes} minutes after a close"
                yield _lock(one, closed, closed.symbol, why)
            case StopLossGuard():
                yield from _after_losses(one, results, closed)
            case LowProfitPairs():
                yield from _after_low_profit(one, results, closed)


def _after_losses(
    guard: StopLossGuard, results: tuple[Result, ...], closed: Result
) -> Iterator[EntryLock]:
    symbol = closed.symbol if guard.only_symbol else None
    losses = [
        one for one in _within(results, guard.lookback_minutes, closed, symbol) if one.pnl_usd < 0
    ]
    if closed.pnl_usd < 0 and len(losses) >= guard.max_losses:
        why = f"{len(losses)} losing exits within {guard.lookback_minutes} minutes"
        yield _lock(guard, closed, symbol, why)


def _after_low_profit(
    bound: LowProfitPairs, results: tuple[Result, ...], closed: Result
) -> Iterator[EntryLock]:
    trades = _within(results, bound.lookback_minutes, closed, closed.symbol)
    profit = sum((one.pnl_usd for one in trades), ZERO)
    if len(trades) >= bound.min_trades and profit < bound.required_profit_usd:
        why = (
            f"{len(trades)} trades brought {plain(usd(profit))} USD, "
            f"under {plain(bound.required_profit_usd)} USD"
        )
        yield _lock(bound, closed, closed.symbol, why)


def _within(
    results: tuple[Result, ...], minutes: int, closed: Result, symbol: str | None
) -> list[Result]:
    since = closed.closed_at - timedelta(minutes=minutes)
    return [r for r in results if r.closed_at >= since and symbol in (None, r.symbol)]


def _lock(one: Protection, closed: Result, symbol: str | None, why: str) -> EntryLock:
    until = closed.closed_at + timedelta(minutes=one.stop_minutes)
    whom = symbol or "The account"
    text = f"{whom} takes no entries until {until:%Y-%m-%d %H:%M} UTC: {why}."
    return EntryLock(one.kind, symbol, until, text)


def with_lock(locks: tuple[EntryLock, ...], new: EntryLock) -> tuple[EntryLock, ...]:
    """The locks with a new one; it takes the place of a shorter one of its kind and symbol."""
    same = [one for one in locks if (one.kind, one.symbol) == (new.kind, new.symbol)]
    if any(one.until >= new.until for one in same):
        return locks
    return (*(one for one in locks if one not in same), new)
