"""Time passed: what expires, what is tried again, what may be forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from engine.decide.cancelling import cancel_entries, waits_for_entry
from engine.decide.entitling import aged
from engine.decide.entries import draw_waiting
from engine.decide.exits import begin_exit, remove_queued
from engine.decide.queueing import priced
from engine.decide.turn import Turn
from engine.domain.account import Account, Queued
from engine.domain.changed import replace
from engine.domain.group import Group, Pyramid
from engine.domain.notices import NoticeKind, Outcome
from engine.domain.words import WATCHED, ExitReason, GroupStatus, TradingState
from engine.policy.gate import denied
from engine.policy.protections import unlocked
from foundation import limits


def time_passed(turn: Turn) -> Outcome:
    """Apply everything whose moment has come; nothing at all is a fine answer."""
    priced(turn)
    for waiting in turn.account.queue:
        if waiting.expires_at <= turn.at:
            remove_queued(turn, waiting.id, "expired", _waited_for(turn, waiting))
    aged(turn)
    locks = unlocked(turn.account.locks, turn.at)
    if locks != turn.account.locks:
        turn.account = replace(turn.account, locks=locks)
    for group in list(turn.account.groups.values()):
        if group.status is GroupStatus.WAITING:
            if turn.account.trading is TradingState.RUNNING:
                draw_waiting(turn, group)
        elif _over(turn, group):
            begin_exit(turn, group, ExitReason.TIME)
        elif any(until <= turn.at for _, until in entries_until(turn.account, group)):
            _expire_entries(turn, group)
        elif has_retry_due(turn, group):
            turn.touch(group.id)
        elif forgettable(group) and forget_at(group) <= turn.at:
            groups = {k: g for k, g in turn.account.groups.items() if k != group.id}
            turn.account = replace(turn.account, groups=groups)
    return Outcome("done", "due", "Time passed.")


def _waited_for(turn: Turn, queued: Queued) -> str:
    if not queued.waits_for_price:
        return "It waited too long for a slot."
    signal, seconds = queued.signal, limits.FIRST_PRICE_WAIT_S
    if turn.price(signal.symbol) is None:
        return f"No price of {signal.symbol} came within {seconds} s."
    denial = denied(turn.account, signal, turn.market, turn.at, queued.size_factor)
    why = denial.text if denial is not None else "It came too late."
    return f"It waited {seconds} s for the first price of {signal.symbol}. {why}"


def _over(turn: Turn, group: Group) -> bool:
    """Whether the time is over that the position was given."""
    ends = group.rules.closes_at
    if ends is None or ends > turn.at or turn.account.trading is TradingState.HALTED:
        return False
    return group.status in WATCHED


def entries_until(account: Account, group: Group) -> Iterator[tuple[Pyramid, datetime]]:
    """The pyramids whose open legs have a time by which they must have filled."""
    minutes = group.rules.entry_expiry_minutes
    if minutes is None or group.status not in WATCHED or account.trading is TradingState.HALTED:
        return
    for pyramid in group.pyramids:
        if any(waits_for_entry(group, leg) for leg in pyramid.legs):
            yield pyramid, pyramid.entry_at + timedelta(minutes=minutes)


def _expire_entries(turn: Turn, group: Group) -> None:
    for pyramid, until in list(entries_until(turn.account, group)):
        if until <= turn.at:
            cancel_entries(turn, turn.group(group.id), pyramid.index)
            text = f"The open legs of entry {pyramid.index + 1} waited too long: cancelled."
            data = {"pyramid": str(pyramid.index + 1)}
            turn.tell(NoticeKind.ENTRIES_CANCELLED, text, group, data=data)


def has_retry_due(turn: Turn, group: Group) -> bool:
    if group.exit_retry_at is not None and group.exit_retry_at <= turn.at:
        return True
    return any(leg.retry_at is not None and leg.retry_at <= turn.at for _, leg in group.legs)


def forgettable(group: Group) -> bool:
    """Closed, and none of its orders can be heard of again in the ordinary course."""
    if group.status is not GroupStatus.CLOSED or group.exit_retry_at is not None:
        return False
    return all(order.settled for order in group.orders.values())


def forget_at(group: Group) -> datetime:
    """When a closed group may leave the account's memory; its rows stay for ever."""
    assert group.closed_at is not None, "a closed group knows when it closed"
    return group.closed_at + timedelta(seconds=limits.CLOSED_GROUP_KEPT_S)
