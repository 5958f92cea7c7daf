"""Assertions on what a step touched. They cover our own arithmetic; the venue never asserts."""

from __future__ import annotations

from engine.decide.cover import covered
from engine.decide.turn import Turn
from engine.domain.account import Account
from engine.domain.group import Group
from engine.domain.leg import ZERO


def check(before: Account, turn: Turn) -> None:
    """Raise AssertionError when a step broke an invariant of the books."""
    for group_id in turn.touched:
        group = turn.account.groups.get(group_id)
        if group is not None and group is not before.groups.get(group_id):
            _books(group)
    taken = turn.account.slots_taken
    grew = taken > before.slots_taken
    assert not grew or taken <= turn.account.settings.max_open_groups, "the pool is over its limit"


def _books(group: Group) -> None:
    for _, leg in group.legs:
        assert ZERO <= leg.closed <= leg.received <= leg.filled_quantity, "a lot is out of balance"
        assert leg.filled_quantity <= leg.quantity, "a leg filled beyond its quantity"
    taken = covered(group)
    for pyramid, leg in group.legs:
        live = taken.get((pyramid.index, leg.index), ZERO)
        assert live <= leg.open_quantity, "live reducers exceed the open lot"
