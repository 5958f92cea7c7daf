"""Life cycles are tables; what is not in the table is a typed error (spec engine §1)."""

from __future__ import annotations

import pytest

from engine.domain.ids import ID_LENGTH, client_order_id, group_id
from engine.domain.words import (
    GROUP_LIFE,
    ORDER_LIFE,
    PYRAMID_LIFE,
    SLOT_HOLDERS,
    GroupStatus,
    IllegalTransition,
    OrderStatus,
    PyramidStatus,
    moved_group,
    moved_order,
    moved_pyramid,
)

G, Q, P = GroupStatus, OrderStatus, PyramidStatus
GROUPS = {
    G.WAITING: {G.LIVE, G.CLOSED, G.FAILED},
    G.LIVE: {G.PARTIALLY_FILLED, G.ACTIVE, G.CLOSING, G.CLOSED, G.FAILED},
    G.PARTIALLY_FILLED: {G.ACTIVE, G.CLOSING, G.CLOSED},
    G.ACTIVE: {G.PARTIALLY_FILLED, G.CLOSING, G.CLOSED},
    G.CLOSING: {G.CLOSED, G.ACTIVE, G.PARTIALLY_FILLED},
    G.CLOSED: set(),
    G.FAILED: {G.LIVE, G.CLOSED},
}
ORDERS = {
    Q.PENDING: {Q.OPEN, Q.PARTIALLY_FILLED, Q.FILLED, Q.CANCELLED, Q.FAILED},
    Q.OPEN: {Q.PARTIALLY_FILLED, Q.FILLED, Q.CANCELLED},
    Q.PARTIALLY_FILLED: {Q.FILLED, Q.CANCELLED},
    Q.CANCELLED: {Q.PARTIALLY_FILLED, Q.FILLED},
    Q.FILLED: set(),
    # beyond the table of the spec: the venue's word on what we called lost
    Q.FAILED: {Q.PARTIALLY_FILLED, Q.FILLED},
}


PYRAMIDS = {
    P.PENDING: {P.SUBMITTED, P.FILLED, P.CANCELLED},
    P.SUBMITTED: {P.FILLED, P.CANCELLED},
    P.FILLED: set(),
    # beyond the table of the spec: a late fill, and what a person has tried again
    P.CANCELLED: {P.PENDING, P.SUBMITTED, P.FILLED},
}


@pytest.mark.parametrize("now", GroupStatus)
@pytest.mark.parametrize("new", GroupStatus)
def test_a_group_may_become_what_its_table_says_and_nothing_else(
    now: GroupStatus, new: GroupStatus
) -> None:
    if new is now or new in GROUPS[now]:
        assert moved_group(now, new) is new
    else:
        with pytest.raises(IllegalTransition):
            moved_group(now, new)
    assert GROUP_LIFE[now] == frozenset(GROUPS[now])


@pytest.mark.parametrize("now", OrderStatus)
@pytest.mark.parametrize("new", OrderStatus)
def test_a_leg_order_may_become_what_its_table_says_and_nothing_else(
    now: OrderStatus, new: OrderStatus
) -> None:
    if new is now or new in ORDERS[now]:
        assert moved_order(now, new) is new
    else:
        with pytest.raises(IllegalTransition):
            moved_order(now, new)
    assert ORDER_LIFE[now] == frozenset(ORDERS[now])


@pytest.mark.parametrize("now", PyramidStatus)
@pytest.mark.parametrize("new", PyramidStatus)
def test_a_pyramid_may_become_what_its_table_says_and_nothing_else(
    now: PyramidStatus, new: PyramidStatus
) -> None:
    if new is now or new in PYRAMIDS[now]:
        assert moved_pyramid(now, new) is new
    else:
        with pytest.raises(IllegalTransition):
            moved_pyramid(now, new)
    assert PYRAMID_LIFE[now] == frozenset(PYRAMIDS[now])


def test_a_group_holds_its_slot_until_it_is_closed_or_has_failed() -> None:
    assert frozenset(GroupStatus) - {G.CLOSED, G.FAILED} == SLOT_HOLDERS


def test_client_order_ids_fit_every_venue_and_never_change() -> None:
    ids = {client_order_id("acc", seq, n) for seq in range(50) for n in range(10)}
    assert len(ids) == 500
    for name in ids:
        assert len(name) == ID_LENGTH
        assert name.isalnum()
        assert name == name.lower()
    assert client_order_id("acc", 7, 1) == "uhk5psyulzy2zjmljco2zvdtvm"
    assert group_id("acc", 7) != group_id("acc", 7, 1)
