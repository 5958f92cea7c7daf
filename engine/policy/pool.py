"""The execution pool: whether a signal takes a slot, adds a pyramid, waits or is refused."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Literal

from engine.domain.account import Account
from engine.domain.group import Group
from engine.domain.leg import ZERO, Leg, LegPlan
from engine.domain.record import record
from engine.domain.signal import Signal
from engine.domain.words import GroupStatus, OrderStatus, Side
from engine.policy.states import stopped
from foundation.money import plain

HUNDRED = Decimal(100)


@record(frozen=True, slots=True)
class Admission:
    """What an entry may do now, with a stable code and one sentence that says why.

    ``over`` when it passes the pool limit: by a person's order, or a continuation that may.
    """

    place: Literal["slot", "pyramid", "queue", "refused"]
    code: str
    text: str
    group: Group | None = None
    over: bool = False


def find_group(account: Account, signal: Signal, side: Side) -> Group | None:
    """The group holding a slot for the signal's symbol and timeframe on ``side``."""
    for group in account.groups.values():
        identity = (group.symbol, group.timeframe, group.side)
        if group.holds_slot and identity == (signal.symbol, signal.timeframe, side):
            return group
    return None


def opposite_group(account: Account, symbol: str, side: Side) -> Group | None:
    """A group that holds a slot on the other side of the symbol, in any timeframe."""
    for group in account.groups.values():
        if group.symbol == symbol and group.side is side.opposite and group.holds_slot:
            return group
    return None


def admit(account: Account, signal: Signal) -> Admission:
    """Where an entry signal would go, were it decided now."""
    closed = stopped(account)
    if closed:
        return Admission("refused", *closed)
    group = find_group(account, signal, signal.side)
    if group and group.status is not GroupStatus.CLOSING:
        return _pyramid(account, group)
    if group:
        text = f"{signal.symbol} is just closing; the signal waits until it is flat."
        return Admission("queue", "group_closing", text, group)
    blocking = opposite_group(account, signal.symbol, signal.side)
    if blocking:
        return _opposite(account, signal, blocking)
    taken, limit = account.slots_taken, account.settings.max_open_groups
    if account.slots_free == 0:
        return _full(account)
    return Admission("slot", "slot_free", f"Takes slot {taken + 1} of {limit}.")


def forced(place: Admission) -> Admission:
    """The admission when a person forces the entry in: only the pool limit gives way."""
    if place.code != "pool_full":
        return place
    text = "Forced in over the limit of the pool."
    kind: Literal["slot", "pyramid"] = "pyramid" if place.group else "slot"
    return Admission(kind, "forced", text, place.group, over=True)


def drift_percent(reference: Decimal, now: Decimal) -> Decimal:
    """How far the market is from a price, in % of that price, without sign."""
    return abs(now - reference) / reference * HUNDRED


def _full(account: Account, group: Group | None = None) -> Admission:
    if account.pool_free:
        most = None if account.entitlement is None else account.entitlement.limits.max_open_groups
        text = f"Your plan allows no more than {most} open at once; the signal waits."
        return Admission("queue", "plan_groups", text, group)
    limit = account.settings.max_open_groups
    all_slots = "The only slot is" if limit == 1 else f"All {limit} slots are"
    return Admission("queue", "pool_full", f"{all_slots} taken; the signal waits.", group)


def _opposite(account: Account, signal: Signal, blocking: Group) -> Admission:
    """It waits for the other side, or is refused; one that leaves already is always waited for."""
    leaving = blocking.status is GroupStatus.CLOSING
    if account.settings.orders.opposite_side == "refuse" and not leaving:
        text = f"A {blocking.side} position on {signal.symbol} is open; the other side is refused."
        return Admission("refused", "opposite_side", text, blocking)
    text = f"A {blocking.side} position on {signal.symbol} is open; the signal waits for it."
    return Admission("queue", "opposite_side", text, blocking)


def _pyramid(account: Account, group: Group) -> Admission:
    count = len(group.pyramids)
    if count >= group.max_pyramids:
        text = f"{group.symbol} already has {count} of {group.max_pyramids} entries."
        return Admission("refused", "pyramid_limit", text, group)
    if group.status is GroupStatus.WAITING or group.no_more_entries:
        text = f"{group.symbol} takes no further entries now ({group.status})."
        return Admission("refused", "group_takes_no_entries", text, group)
    text = f"Entry {count + 1} of {group.max_pyramids} into the open position."
    queue = account.settings.queue
    over = not queue.same_pair_timeframe and account.pool_free == 0
    if over and not queue.continuation_bypasses:
        return _full(account, group)
    return Admission("pyramid", "continuation", text, group, over)


def committed_usd(account: Account, symbol: str | None = None) -> Decimal:
    """Capital bound by all groups (of one symbol): open lots at cost, entries that may still fill.

    An entry that is being cancelled may fill until the venue says it is cancelled, and what it
    then counts more than we have booked is still to come.
    """
    groups = (g for g in account.groups.values() if symbol is None or g.symbol == symbol)
    return sum((_committed(group) for group in groups), ZERO)


def _committed(group: Group) -> Decimal:
    if not group.holds_slot:
        return ZERO
    ordered = sum(
        (
            left * group.pyramids[order.pyramid].legs[order.leg].price
            for order in group.entry_orders
            if order.pyramid is not None and order.leg is not None and (left := order.remaining)
        ),
        ZERO,
    )
    planned = sum(
        (
            (leg.quantity - leg.filled_quantity) * leg.price
            for _, leg in group.legs
            if leg.order_id is None and leg.status is OrderStatus.PENDING
        ),
        ZERO,
    )
    return group.invested_usd + ordered + planned


def over_capital(account: Account, legs: Iterable[LegPlan | Leg]) -> str | None:
    """The sentence with the numbers when a ladder would commit more than the capital."""
    bound, more = committed_usd(account), sum((leg.capital_usd for leg in legs), ZERO)
    total = account.settings.total_capital_usd
    if bound + more <= total:
        return None
    return (
        f"{more:.2f} USD more would commit {bound + more:.2f} USD of "
        f"{plain(total)} USD capital; raise total_capital_usd or close something first."
    )
