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
        group, was = turn.account.groups.get(group_id), before.groups.get(group_id)
        if group is not None and group is not was:
            _books(group)
            _cover(group, was)
    full = turn.account.slots_taken > turn.account.settings.max_open_groups
    assert not full or _slots_took(before, turn) <= turn.over_limit, "the pool is over its limit"


def _slots_took(before: Account, turn: Turn) -> int:
    """How many slots the step took; what it freed meanwhile does not count against that."""
    each_entry = not turn.account.settings.queue.same_pair_timeframe
    took = 0
    for group_id in turn.touched:
        now, was = turn.account.groups.get(group_id), before.groups.get(group_id)
        took += max(_slots(now, each_entry) - _slots(was, each_entry), 0)
    return took


def _slots(group: Group | None, each_entry: bool) -> int:
    if group is None or not group.holds_slot:
        return 0
    return max(len(group.pyramids), 1) if each_entry else 1


def _books(group: Group) -> None:
    for _, leg in group.legs:
        assert ZERO <= leg.closed <= leg.received <= leg.filled_quantity, "a lot is out of balance"
        assert leg.filled_quantity <= leg.quantity, "a leg filled beyond its quantity"
        assert ZERO <= leg.closed_cost_usd <= leg.cost_usd, "more cost was matched than there was"
        assert leg.open_quantity or not leg.open_cost_usd, "an empty lot has a cost left"
    stop = group.stop
    assert stop.price is None or stop.price > 0, "a stop stands at nothing"
    assert group.reduce_quantity >= ZERO, "a reduce wants less than nothing"


def _cover(group: Group, was: Group | None) -> None:
    """No new reducer has live reducers close more than is held. What the venue does is a fact."""
    known = was.orders if was is not None else {}
    new = [order for order in group.reducers if order.id not in known]
    taken = covered(group) if new else {}
    for order in new:
        parts = sum((part.quantity for part in order.allocations), ZERO)
        assert parts == order.quantity, "a reducer is not what its lots are"
        for part in order.allocations:
            lot = group.pyramids[part.pyramid].legs[part.leg]
            live = taken.get((part.pyramid, part.leg), ZERO)
            assert live <= lot.open_quantity, "live reducers exceed the open lot"
