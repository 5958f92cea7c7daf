"""``wants``: what an account waits for, derived from it alone, so a restart loses nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Literal

from engine.decide.crossings import aggregate_watch_id, leg_watch_id
from engine.decide.guard import guarded
from engine.decide.time import forget_at, forgettable
from engine.domain.account import Account
from engine.domain.group import Group
from engine.domain.watch import Wants, Watch
from engine.domain.words import WATCHED, GroupStatus, Side, TakeProfitMode, TradingState
from foundation import limits


def wants(account: Account) -> Wants:
    """The price watches to arm and the next moment something is due (None: nothing is)."""
    watches: list[Watch] = []
    if account.state is not TradingState.HALTED:
        for group in account.groups.values():
            watches.extend(_watches(group))
    moments = [moment for moment in _moments(account) if moment is not None]
    if guarded(account) and account.last_at is not None:
        moments.append(account.last_at + timedelta(seconds=limits.GUARD_REVIEW_S))
    return Wants(tuple(watches), min(moments, default=None))


def look_again(account: Account, at: datetime) -> datetime:
    """When to look again after time came ``at`` and changed nothing.

    What is due and could not be done is tried soon; a review of equity has its own pace.
    """
    moments = [moment for moment in _moments(account) if moment is not None]
    again = [moment for moment in moments if moment > at]
    if len(again) < len(moments) or not moments:
        again.append(at + timedelta(seconds=limits.DUE_RETRY_S))
    if guarded(account):
        again.append(at + timedelta(seconds=limits.GUARD_REVIEW_S))
    return min(again)


def _watches(group: Group) -> Iterator[Watch]:
    if group.status not in WATCHED:
        return
    direction: Literal["up", "down"] = "up" if group.side is Side.LONG else "down"
    if group.tp_mode is TakeProfitMode.AGGREGATE:
        if group.tp_price is not None and not group.tp_hit and group.open_quantity > 0:
            watch_id = aggregate_watch_id(group)
            yield Watch(watch_id, group.symbol, direction, group.tp_price, group.armed_seq)
        return
    for pyramid, leg in group.legs:
        if leg.tp_price is not None and not leg.tp_hit and leg.open_quantity > 0:
            watch_id = leg_watch_id(group, pyramid.index, leg.index)
            yield Watch(watch_id, group.symbol, direction, leg.tp_price, leg.armed_seq)


def _moments(account: Account) -> Iterator[datetime | None]:
    yield from (lock.until for lock in account.locks)
    for waiting in account.queue:
        yield waiting.expires_at
    running = account.state is TradingState.RUNNING
    for group in account.groups.values():
        yield group.exit_retry_at
        if running and group.status is GroupStatus.WAITING:
            yield group.updated_at + timedelta(seconds=limits.WAITING_RECHECK_S)
        if forgettable(group):
            yield forget_at(group)
        if running:
            yield from (leg.retry_at for _, leg in group.legs)
