"""Into the queue and out of it: waiting in line, replacing, overflow, and leaving with a reason."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from decimal import Decimal
from itertools import islice
from typing import Final

from engine.decide.turn import Turn
from engine.domain.account import Account, Queued
from engine.domain.changed import replace
from engine.domain.notices import NoticeKind, Outcome
from engine.domain.signal import Signal
from engine.policy.pool import Admission, admit
from engine.policy.rank import identity, loss_percent, ranked
from foundation import limits
from foundation.money import plain

FIRST_PRICE: Final = timedelta(seconds=limits.FIRST_PRICE_WAIT_S)
"""So long an entry that could be taken waits for the first price of its symbol."""


def wait(
    turn: Turn,
    signal: Signal,
    factor: Decimal,
    place: Admission,
    at_most: timedelta | None = None,
) -> Outcome | None:
    """Have an entry wait in the queue, in the place of an older one of its identity.

    One that waits for the first price of its symbol waits ``at_most`` so long, unless it takes the
    place of one that waits for a slot. When the queue overflows, the one that ranks last is out;
    None when that is this one.
    """
    account = turn.account
    older = next((q for q in account.queue if identity(q.signal) == identity(signal)), None)
    unpriced = at_most is not None and (older is None or older.waits_for_price)
    expires = turn.at + (at_most if at_most is not None and unpriced else _expiry(account))
    newer = Queued(signal, turn.at, expires, 0, factor, unpriced)
    if older is not None:
        count = older.replacement_count + 1
        newer = replace(newer, queued_at=older.queued_at, replacement_count=count)
        line = tuple(newer if queued is older else queued for queued in account.queue)
    else:
        line = (*account.queue, newer)
    order = list(ranked(account, turn.market, line))
    if older is None and len(order) > account.settings.queue_limit:
        last = order.pop()
        if last is newer:
            return None
        line = tuple(queued for queued in line if queued is not last)
        _overflow(turn, last)
    _stand(turn, line, order)
    rank = next(n for n, queued in enumerate(order, start=1) if queued is newer)
    if older is not None:
        return _replaced(turn, older, newer, rank)
    return _queued(turn, newer, place, rank)


def _expiry(account: Account) -> timedelta:
    return timedelta(minutes=account.settings.queue_expiry_minutes)


def priced(turn: Turn) -> None:
    """Have entries wait for a slot like any other, when their price came and the slot was lost."""
    account = turn.account
    queue = tuple([_priced(turn, queued) for queued in account.queue])
    if any(now is not was for now, was in zip(queue, account.queue, strict=True)):
        turn.account = replace(account, queue=queue)


def _priced(turn: Turn, queued: Queued) -> Queued:
    if not queued.waits_for_price or turn.price(queued.signal.symbol) is None:
        return queued
    if admit(turn.account, queued.signal).place != "queue":
        return queued
    expires = queued.queued_at + _expiry(turn.account)
    return replace(queued, waits_for_price=False, expires_at=expires)


def keep_ranks(turn: Turn, before: Account) -> None:
    """Rank the queue anew when who waits has changed, or when it was looked at to serve it.

    What a look that led to nothing found is not kept: time would write it every few seconds.
    """
    account = turn.account
    queue = account.queue
    if not queue or queue is turn.standing:
        return
    if queue is before.queue and (account is before or turn.order is None):
        return
    _stand(turn, queue, turn.order or ranked(account, turn.market, queue))


def _stand(turn: Turn, queue: tuple[Queued, ...], order: Iterable[Queued]) -> None:
    """Take over this queue, the first in line with their ranks and with what they have lost so far.

    Whoever stands further back has none: else all would be written whenever one comes or goes.
    """
    names = {queued.signal.id for queued in queue}
    line = filter(names.__contains__, (queued.signal.id for queued in order))
    first = islice(line, limits.QUEUE_STANDING_KEPT)
    ranks = {name: rank for rank, name in enumerate(first, start=1)}
    turn.standing = tuple([_stands(turn, queued, ranks) for queued in queue])
    turn.account = replace(turn.account, queue=turn.standing)


def _stands(turn: Turn, queued: Queued, ranks: Mapping[str, int]) -> Queued:
    rank = ranks.get(queued.signal.id)
    if rank is None:
        return queued if queued.rank is None else queued.standing(None, None)
    return queued.standing(rank, loss_percent(queued.signal, turn.price(queued.signal.symbol)))


def leave(turn: Turn, queued: Queued, status: str, why: str, code: str = "") -> None:
    """Take a signal out of the queue and say why; ``code`` where the reason has one."""
    line = tuple(other for other in turn.account.queue if other is not queued)
    turn.account = replace(turn.account, queue=line)
    told_gone(turn, queued, status, why, code)


def told_gone(turn: Turn, queued: Queued, status: str, why: str, code: str = "") -> None:
    """Tell that a signal left the queue."""
    data = {"signal_id": queued.id, "status": status}
    if code:
        data["code"] = code
    turn.tell(NoticeKind.DEQUEUED, why, symbol=queued.signal.symbol, data=data)


def queue_full(turn: Turn) -> str:
    """The sentence for an entry that finds the queue full and ranks last."""
    limit = turn.account.settings.queue_limit
    if limit == 0:
        return "All slots are taken and nothing may wait (queue_limit is 0)."
    return f"All slots are taken and the queue is full ({limit} signals wait)."


def _overflow(turn: Turn, last: Queued) -> None:
    limit = turn.account.settings.queue_limit
    text = f"The queue is full ({limit} signals wait) and this one ranked last."
    told_gone(turn, last, "cancelled", text, "queue_full")


def _replaced(turn: Turn, older: Queued, newer: Queued, rank: int) -> Outcome:
    signal = newer.signal
    text = f"Took the place of the older {signal.symbol} signal in the queue."
    data = {"signal_id": signal.id, "replaced": older.id, **_standing(turn, signal, rank)}
    turn.tell(NoticeKind.REPLACED, text, symbol=signal.symbol, data=data)
    return Outcome("done", "replaced", text, signal.id, data)


def _queued(turn: Turn, newer: Queued, place: Admission, rank: int) -> Outcome:
    signal = newer.signal
    data = {"signal_id": signal.id, "code": place.code, **_standing(turn, signal, rank)}
    text = f"{place.text} It is number {rank} in the queue."
    turn.tell(NoticeKind.QUEUED, text, symbol=signal.symbol, data=data)
    return Outcome("done", "queued", text, signal.id, data)


def _standing(turn: Turn, signal: Signal, rank: int) -> dict[str, str]:
    data = {"rank": str(rank), "of": str(len(turn.account.queue))}
    loss = loss_percent(signal, turn.price(signal.symbol))
    if loss is not None:
        data["loss_percent"] = plain(loss)
    return data
