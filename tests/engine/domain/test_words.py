"""Life cycles are tables; what is not in the table is a typed error (spec engine §1)."""

from __future__ import annotations

import pytest

from engine.domain.ids import ID_LENGTH, client_order_id, group_id
from engine.domain.words import (
    GROUP_LIFE,
    ORDER_LIFE,
    GroupStatus,
    IllegalTransition,
    OrderStatus,
    moved_group,
    moved_order,
)


@pytest.mark.parametrize("current", GroupStatus)
@pytest.mark.parametrize("new", GroupStatus)
def test_groups_move_only_along_their_table(current: GroupStatus, new: GroupStatus) -> None:
    if new is current or new in GROUP_LIFE[current]:
        assert moved_group(current, new) is new
    else:
        with pytest.raises(IllegalTransition):
            moved_group(current, new)


@pytest.mark.parametrize("current", OrderStatus)
@pytest.mark.parametrize("new", OrderStatus)
def test_orders_move_only_along_their_table(current: OrderStatus, new: OrderStatus) -> None:
    if new is current or new in ORDER_LIFE[current]:
        assert moved_order(current, new) is new
    else:
        with pytest.raises(IllegalTransition):
            moved_order(current, new)


def test_closed_is_the_end_and_a_cancelled_order_may_still_fill() -> None:
    assert GROUP_LIFE[GroupStatus.CLOSED] == frozenset()
    assert OrderStatus.FILLED in ORDER_LIFE[OrderStatus.CANCELLED]


def test_client_order_ids_fit_every_venue_and_never_change() -> None:
    ids = {client_order_id("acc", seq, n) for seq in range(50) for n in range(10)}
    assert len(ids) == 500
    for name in ids:
        assert len(name) == ID_LENGTH
        assert name.isalnum()
        assert name == name.lower()
    assert client_order_id("acc", 7, 1) == "uhk5psyulzy2zjmljco2zvdtvm"
    assert group_id("acc", 7) != group_id("acc", 7, 1)
