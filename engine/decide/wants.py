"""``wants``: what an account waits for, derived from it alone, so a restart loses nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from engine.decide import risk
from engine.decide.guard import guarded
from engine.decide.time import entries_until, forget_at, forgettable
from engine.decide.watches import watches_of
from engine.domain.account import Account
from engine.domain.rules import NO_RULES
from engine.domain.watch import Wants, Watch
from engine.domain.words import WATCHED, GroupStatus, TradingState
from foundation import limits


def wants(account: Account) -> Wants:
    """The price watches to arm and the next moment something is due (None: nothing is)."""
    watches: list[Watch] = []
    if account.trading is not TradingState.HALTED:
        for group in account.groups.values():
            watches.extend(watches_of(group))
    return Wants(tuple(watches), _next(account, ranking=True))


def due_besides_ranking(account: Account) -> datetime | None:
    """The next moment that is more than ranking the queue anew."""
    return _next(account, ranking=False)


def _next(account: Account, *, ranking: bool) -> datetime | None:
    moments = [moment for moment in _moments(account, ranking=ranking) if moment is not None]
    if guarded(account) and account.last_at is not None:
        moments.append(account.last_at + timedelta(seconds=limits.GUARD_REVIEW_S))
    return min(moments, default=None)


def next_moment(account: Account) -> datetime | None:
    """The next moment that is more than a review of equity."""
    moments = [moment for moment in _moments(account) if moment is not None]
    return min(moments, default=None)


def look_again(account: Account, at: datetime) -> datetime:
    """When to look again after time came ``at`` and changed nothing.

    What is due and could not be done is tried soon; a review of equity has its own pace.
    """
    moments = [moment for moment in _moments(account) if moment is not None]
    again = [moment for moment in moments if moment > at]
    soon = at + timedelta(seconds=limits.DUE_RETRY_S)
    if len(again) < len(moments):
        again.append(soon)
    if guarded(account):
        again.append(at + timedelta(seconds=limits.GUARD_REVIEW_S))
    return min(again, default=soon)


def _moments(account: Account, *, ranking: bool = True) -> Iterator[datetime | None]:
    yield from (lock.until for lock in account.locks)
    yield risk.due_at(account)
    if account.entitlement is not None:
        yield from account.entitlement.untold()
    for waiting in account.queue:
        yield waiting.expires_at
    running = account.trading is TradingState.RUNNING
    looks = account.slots_free or any(queued.waits_for_price for queued in account.queue)
    if ranking and running and account.queue and looks and account.last_at is not None:
        yield account.last_at + timedelta(seconds=limits.QUEUE_LOOK_S)
    for group in account.groups.values():
        yield group.exit_retry_at
        awake = group.status in WATCHED and account.trading is not TradingState.HALTED
        if awake and group.rules is not NO_RULES:
            yield group.rules.closes_at
            yield from (until for _, until in entries_until(account, group))
        if running and group.status is GroupStatus.WAITING:
            yield group.updated_at + timedelta(seconds=limits.WAITING_RECHECK_S)
        if forgettable(group):
            yield forget_at(group)
        if running:
            yield from (leg.retry_at for _, leg in group.legs)
