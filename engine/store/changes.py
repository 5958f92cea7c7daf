"""What a turn changed: the objects that are not the same ones as before, and nothing else.

A step returns new objects only for what changed, so identity tells what must be written.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from operator import attrgetter

from engine.domain.account import Account, Queued
from engine.domain.group import Group, Pyramid
from engine.domain.leg import Leg
from engine.domain.orders import Order
from engine.domain.record import record
from engine.store.keeping import kept_changed

#: What of a waiting signal stays while others come and go; the signal is known by its identity.
_waits = attrgetter(
    "queued_at", "expires_at", "replacement_count", "size_factor", "waits_for_price"
)


@record(frozen=True, slots=True)
class GroupChanges:
    """The changed parts of one changed group; legs with the index of their pyramid."""

    group: Group
    pyramids: tuple[Pyramid, ...]
    legs: tuple[tuple[int, Leg], ...]
    orders: tuple[Order, ...]


@record(frozen=True, slots=True)
class Changes:
    """Everything that differs between two states of one account.

    ``reranked`` are waiting signals of which only rank and loss are others; ``queued`` the rest.
    """

    groups: tuple[GroupChanges, ...]
    forgotten: tuple[str, ...]
    queued: tuple[Queued, ...]
    reranked: tuple[Queued, ...]
    left_queue: tuple[str, ...]
    order_of_queue: bool
    settings: bool
    kept: bool


def between(before: Account, after: Account) -> Changes:
    """What to write so that the stored account becomes ``after``."""
    changed = (
        _group_changes(before.groups.get(group.id), group)
        for group in after.groups.values()
        if before.groups.get(group.id) is not group
    )
    old = {queued.id: queued for queued in before.queue}
    new = {queued.id: queued for queued in after.queue}
    reranked, queued = _of_queue(old, new)
    return Changes(
        groups=tuple(changed),
        forgotten=tuple(key for key in before.groups if key not in after.groups),
        queued=queued,
        reranked=reranked,
        left_queue=tuple(key for key in old if key not in new),
        order_of_queue=list(old) != list(new),
        settings=before.settings is not after.settings,
        kept=kept_changed(before, after),
    )


def _of_queue(
    old: Mapping[str, Queued], new: Mapping[str, Queued]
) -> tuple[tuple[Queued, ...], tuple[Queued, ...]]:
    """The waiting signals that stand elsewhere now, and those that are new or say something new."""
    reranked: list[Queued] = []
    changed: list[Queued] = []
    for key, queued in new.items():
        known = old.get(key)
        if known is queued:
            continue
        same = (
            known is not None and known.signal is queued.signal and _waits(known) == _waits(queued)
        )
        (reranked if same else changed).append(queued)
    return tuple(reranked), tuple(changed)


def _group_changes(before: Group | None, after: Group) -> GroupChanges:
    old = {pyramid.index: pyramid for pyramid in before.pyramids} if before else {}
    orders = before.orders if before else {}
    return GroupChanges(
        group=after,
        pyramids=tuple(p for p in after.pyramids if old.get(p.index) is not p),
        legs=tuple(_changed_legs(old, after)),
        orders=tuple(o for o in after.orders.values() if orders.get(o.id) is not o),
    )


def _changed_legs(old: dict[int, Pyramid], after: Group) -> Iterator[tuple[int, Leg]]:
    for pyramid in after.pyramids:
        before = old.get(pyramid.index)
        if before is pyramid:
            continue
        known = {leg.index: leg for leg in before.legs} if before else {}
        for leg in pyramid.legs:
            if known.get(leg.index) is not leg:
                yield pyramid.index, leg
