"""The waiting queue: a slot that is free takes the best ranked signal that may have it.

Ranking is worked out lazily and refusals are remembered per symbol, so a long queue costs little.
"""

from __future__ import annotations

from collections.abc import Set
from itertools import chain
from typing import Literal

from engine.decide.entries import open_or_add
from engine.decide.queueing import leave, told_gone
from engine.decide.turn import Turn
from engine.domain.account import Account, Queued
from engine.domain.changed import replace
from engine.domain.events import QueueCommanded
from engine.domain.group import Group
from engine.domain.notices import NoticeKind, Outcome
from engine.domain.signal import Signal
from engine.domain.words import Side, TradingState
from engine.policy.gate import OF_A_SYMBOL, denied
from engine.policy.pool import admit, drift_percent, find_group, forced
from engine.policy.rank import active_identities, explain, identity, loss_percent, ranked
from foundation.money import plain


def promote(turn: Turn) -> bool:
    """Promote waiting signals in rank order as far as slots reach; whether any was.

    A signal that the gate denies waits on; one whose opposite side is still open is passed over.
    One whose price has drifted, or that can no longer be opened, leaves and the slot goes on.
    """
    account = turn.account
    if not account.queue or account.trading is not TradingState.RUNNING:
        return False
    if account.leaving_until is not None and turn.at <= account.leaving_until:
        return False
    line = _candidates(turn)
    if not line:
        return False
    active = active_identities(account)
    continuing = sum(1 for one in line if identity(one.signal) in active) if active else 0
    may = {queued.signal.id for queued in line}
    order, served = ranked(account, turn.market, account.queue), []
    gone: dict[str, None] = {}
    passed_over: set[str] = set()
    promoted = False
    for rank, queued in enumerate(order, start=1):
        served.append(queued)
        if turn.account.slots_free == 0 and not continuing:
            break
        if queued.signal.id not in may:
            continue
        continuing -= bool(active) and identity(queued.signal) in active
        if queued.signal.symbol in passed_over:
            continue
        fate = _serve(turn, queued, rank)
        if fate == "stop":
            break
        if fate == "denied":
            passed_over.add(queued.signal.symbol)
        elif fate != "waits":
            gone[queued.id] = None
            promoted = promoted or fate == "promoted"
    turn.order = chain(served, order)
    if gone:
        kept = [queued for queued in turn.account.queue if queued.signal.id not in gone]
        turn.account = replace(turn.account, queue=tuple(kept))
    return promoted


def _serve(
    turn: Turn, queued: Queued, rank: int
) -> Literal["waits", "stop", "denied", "gone", "promoted"]:
    """What becomes of the signal whose turn it is; ``stop``: nobody may enter now."""
    place = admit(turn.account, queued.signal)
    if place.place == "queue" or place.code == "opposite_side":
        return "waits"
    denial = denied(turn.account, queued.signal, turn.market, turn.at, queued.size_factor)
    if denial is not None:
        return "denied" if denial.code in OF_A_SYMBOL else "stop"
    if _drifted(turn, queued):
        return "gone"
    if place.place == "refused":
        told_gone(turn, queued, "cancelled", place.text, place.code)
        return "gone"
    outcome = open_or_add(turn, queued.signal, queued.size_factor, place)
    if outcome.status != "done":
        told_gone(turn, queued, "cancelled", outcome.text, outcome.code)
        return "gone"
    _promoted(turn, queued, rank, outcome.object_id or "")
    return "promoted"


def commanded(turn: Turn, fact: QueueCommanded) -> Outcome:
    """A person promotes a signal, takes it out, or forces it in over the pool limit."""
    queued = next((q for q in turn.account.queue if q.id == fact.signal_id), None)
    if queued is None:
        return Outcome("refused", "not_found", "There is no such waiting signal.")
    if fact.action == "remove":
        leave(turn, queued, "cancelled", "Removed by hand.")
        return Outcome("done", "removed", "Removed from the queue.", queued.id)
    if queued.expires_at <= turn.at:
        text = f"It expired at {queued.expires_at:%H:%M} UTC, after it had waited too long."
        return Outcome("refused", "expired", text, queued.id)
    denial = denied(turn.account, queued.signal, turn.market, turn.at, queued.size_factor)
    if denial is not None:
        return Outcome("refused", denial.code, denial.text, queued.id, denial.data)
    place = admit(turn.account, queued.signal)
    if fact.action == "force_add":
        place = forced(place)
    if place.place not in ("slot", "pyramid"):
        return Outcome("refused", place.code, place.text, queued.id)
    outcome = open_or_add(turn, queued.signal, queued.size_factor, place)
    if outcome.status == "done":
        over = " over the limit" if place.over else ""
        leave(turn, queued, "promoted", f"Promoted by hand{over}.")
        _counted(turn, queued, outcome.object_id or "")
    return outcome


def _candidates(turn: Turn) -> list[Queued]:
    """Those the pool would take now, seen from slots and sides alone."""
    account, at = turn.account, turn.at
    held = {group.symbol for group in account.groups.values() if group.holds_slot}
    room, priced = account.slots_free > 0, turn.market.quotes
    active = active_identities(account) if room or _joins(account) else frozenset()
    taken = {(g.symbol, g.side) for g in account.groups.values() if g.holds_slot}
    line = []
    for queued in account.queue:
        signal = queued.signal
        symbol = signal.symbol
        if queued.expires_at <= at or (signal.entry_price is None and symbol not in priced):
            continue
        if symbol not in held:
            if room:
                line.append(queued)
        elif identity(signal) in active or (room and _beside(signal, account, taken)):
            line.append(queued)
    return line


def _beside(signal: Signal, account: Account, taken: Set[tuple[str, Side]]) -> bool:
    """Whether a new group of the signal may stand beside those of its symbol."""
    if (signal.symbol, signal.side.opposite) in taken:
        return False
    return find_group(account, signal, signal.side) is None


def _joins(account: Account) -> bool:
    """Whether another entry of an open position needs no free slot."""
    queue = account.settings.queue
    return queue.same_pair_timeframe or queue.continuation_bypasses


def _drifted(turn: Turn, queued: Queued) -> bool:
    """Have a signal leave whose price is not the one it was taken at any more."""
    signal, price = queued.signal, turn.price(queued.signal.symbol)
    most = turn.account.settings.max_drift_percent
    if signal.entry_price is None or signal.entry_price <= 0 or price is None:
        return False
    drift = drift_percent(signal.entry_price, price)
    if drift <= most:
        return False
    text = (
        f"{signal.symbol} is {drift:.2f} % away from the entry price {plain(signal.entry_price)}, "
        f"more than {plain(most)} %; it is offered anew."
    )
    data = {
        "signal_id": queued.id,
        "entry_price": plain(signal.entry_price),
        "price": plain(price),
        "drift_percent": f"{drift:.2f}",
    }
    turn.tell(NoticeKind.DRIFTED, text, symbol=signal.symbol, data=data)
    told_gone(turn, queued, "cancelled", text, "drifted")
    return True


def _promoted(turn: Turn, queued: Queued, rank: int, group_id: str) -> None:
    told_gone(turn, queued, "promoted", "Promoted from the queue.")
    group = _counted(turn, queued, group_id)
    loss = loss_percent(queued.signal, turn.price(queued.signal.symbol))
    place = (rank, len(turn.account.queue))
    continues = group is not None and len(group.pyramids) > 1
    text = f"Promoted, {explain(queued, place, loss, turn.at, continues=continues)}"
    data = {
        "signal_id": queued.id,
        "rank": str(rank),
        "of": str(place[1]),
        "loss_percent": plain(loss) if loss is not None else "",
    }
    turn.tell(NoticeKind.PROMOTED, text, group, data=data)


def _counted(turn: Turn, queued: Queued, group_id: str) -> Group | None:
    """The group that was opened or joined, with how often its signal was replaced."""
    group = turn.account.groups.get(group_id)
    if group is not None and queued.replacement_count:
        count = group.replacement_count + queued.replacement_count
        turn.put(replace(group, replacement_count=count))
    return turn.account.groups.get(group_id)
