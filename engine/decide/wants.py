"""``wants``: what an account waits for, derived from it alone, so a restart loses nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Literal

from engine.decide.crossings import aggregate_watch_id, leg_watch_id
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
    return Wants(tuple(watches), min(moments, default=None))


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
