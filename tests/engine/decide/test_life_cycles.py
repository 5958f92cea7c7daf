"""The tables of life cycles as the core walks them, step by step (spec engine §1)."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal as D
from enum import StrEnum
from typing import Any, TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.domain.changed import replace
from engine.domain.events import OrderLost, OrderRefused, StateCommanded
from engine.domain.group import Group
from engine.domain.notices import Outcome
from engine.domain.words import (
    GROUP_LIFE,
    ORDER_LIFE,
    PYRAMID_LIFE,
    ExitReason,
    GroupStatus,
    IllegalTransition,
    PyramidStatus,
    Side,
    TakeProfitMode,
    TradingState,
)
from tests.engine.decide.kit import Desk, instrument
from tests.engine.decide.test_properties import heal, play

ONE_LEG = [{"gap_percent": "0", "weight_percent": "100", "tp_percent": "1"}]
G, P = GroupStatus, PyramidStatus


S = TypeVar("S", bound=StrEnum)


def reachable(life: Mapping[S, frozenset[S]], start: S) -> set[S]:
    """Every status that one step, which may make several moves, can lead to."""
    found, left = {start}, [start]
    while left:
        new = [after for after in life[left.pop()] if after not in found]
        found.update(new)
        left += new
    return found


class WatchedDesk(Desk):
    """A desk that looks at every status before and after each step."""

    def give(self, fact: Any) -> Outcome:
        before = self.account.groups
        outcome = super().give(fact)
        for group_id, group in self.account.groups.items():
            if group_id in before:
                self._judge(before[group_id], group)
        return outcome

    def _judge(self, was: Group, now: Group) -> None:
        assert now.status in reachable(GROUP_LIFE, was.status)
        for order_id, order in was.orders.items():
            assert now.orders[order_id].status in reachable(ORDER_LIFE, order.status)
        for old, new in zip(was.pyramids, now.pyramids, strict=False):
            assert new.status in reachable(PYRAMID_LIFE, old.status)
            for leg, after in zip(old.legs, new.legs, strict=True):
                assert after.status in reachable(ORDER_LIFE, leg.status)


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10**9), mode=st.sampled_from(TakeProfitMode))
def test_whatever_happens_no_status_moves_but_by_its_table(seed: int, mode: TakeProfitMode) -> None:
    desk, venue = play(seed, mode, WatchedDesk)
    heal(desk, venue)


def test_a_step_that_would_move_a_status_against_its_table_raises_and_changes_nothing() -> None:
    desk = Desk()
    desk.enter()
    done = replace(desk.group.pyramids[0], status=P.FILLED)
    torn = replace(desk.group, pyramids=(done,))
    desk.account = before = replace(desk.account, groups={torn.id: torn})
    with pytest.raises(IllegalTransition, match="pyramid: filled -> submitted"):
        desk.fill(desk.placed(0))
    assert desk.account is before


def settle_cancels(desk: Desk) -> None:
    for cancel in desk.new_cancels():
        desk.cancelled(cancel.order_id, "0")


def test_a_group_is_live_then_partially_filled_then_active_and_a_pyramid_begins_again() -> None:
    desk = Desk(total_capital_usd=D(100000))
    desk.enter()
    assert desk.group.status is G.LIVE
    first, *others = desk.new_orders()
    desk.fill(first, quantity=D("0.001"))
    assert desk.group.status is G.PARTIALLY_FILLED
    for order in (first, *others):
        rest = order.quantity - desk.group.orders[order.id].filled_quantity
        desk.fill(order, quantity=rest)
    assert desk.group.status is G.ACTIVE
    desk.enter("59000")
    assert desk.group.status is G.PARTIALLY_FILLED, "a new pyramid's legs work"
    desk.exit()
    assert desk.group.status is G.CLOSING
    settle_cancels(desk)
    assert desk.group.status is G.CLOSING, "the exit order is out"
    desk.fill(desk.reducers()[-1], "60000")
    assert desk.group.status is G.CLOSED
    assert desk.group.open_quantity == 0
    assert desk.account.slots_taken == 0


def test_a_waiting_group_is_closed_by_an_exit_and_gives_its_slot_back() -> None:
    desk = Desk()
    desk.instruments.clear()
    assert desk.enter().code == "waiting"
    assert desk.exit().code == "closing"
    assert desk.group.status is G.CLOSED
    assert desk.group.exit_reason is ExitReason.EXIT_SIGNAL
    assert desk.account.slots_taken == 0
    assert desk.commands == []


def test_a_waiting_group_whose_ladder_cannot_be_drawn_fails() -> None:
    desk = Desk()
    desk.instruments.clear()
    desk.enter()
    desk.instruments["BTC/USDT"] = instrument(min_notional=D(100000))
    desk.wait(60)
    assert desk.group.status is G.FAILED
    assert desk.last.notices[-1].data["code"] == "under_min_notional"


def test_a_pyramid_whose_orders_were_lost_stays_submitted() -> None:
    desk = Desk(ladder=ONE_LEG)
    desk.enter()
    desk.give(StateCommanded(TradingState.PAUSED, "user"))
    desk.give(OrderLost(desk.placed(0).id))
    assert desk.group.pyramids[0].legs[0].order_id is None
    assert desk.group.pyramids[0].status is P.SUBMITTED


def test_a_pyramid_is_pending_until_its_first_order_leaves() -> None:
    desk = Desk()
    desk.instruments.clear()
    desk.enter()
    assert desk.group.pyramids[0].status is P.PENDING


def test_a_cancelled_pyramid_whose_leg_fills_late_is_filled_and_closed() -> None:
    desk = Desk(ladder=ONE_LEG)
    desk.enter()
    order = desk.placed(0)
    desk.close()
    desk.cancelled(order.id, "0")
    assert desk.group.pyramids[0].status is P.CANCELLED
    desk.fill(order)
    assert desk.group.pyramids[0].status is P.FILLED
    assert desk.new_orders()[0].reduce_only


def test_at_most_five_entries_the_first_included() -> None:
    desk = Desk(total_capital_usd=D(100000))
    for n in range(5):
        assert desk.enter().status == "done"
        assert [p.index for p in desk.group.pyramids] == list(range(n + 1))
    sixth = desk.enter()
    assert (sixth.code, len(desk.group.pyramids)) == ("pyramid_limit", 5)
    assert sixth.text == "BTC/USDT already has 5 of 5 entries."


def test_another_timeframe_or_symbol_is_another_group_and_takes_a_slot() -> None:
    desk = Desk()
    desk.prices["ETH/USDT"], desk.instruments["ETH/USDT"] = D(3000), instrument("ETH/USDT")
    desk.enter()
    desk.enter(timeframe=60)
    desk.enter("3000", symbol="ETH/USDT")
    assert len(desk.account.groups) == desk.account.slots_taken == 3


def test_two_sides_of_a_symbol_are_never_open_together_whatever_the_timeframe() -> None:
    desk = Desk()
    desk.enter(side=Side.SHORT)
    for timeframe in (15, 60):
        assert desk.enter(timeframe=timeframe).data["code"] == "opposite_side"
    assert {group.side for group in desk.account.groups.values()} == {Side.SHORT}


def test_a_part_to_close_leaves_the_group_open_and_its_slot_taken() -> None:
    desk = Desk()
    desk.enter()
    desk.fill(desk.placed(0))
    desk.close("0.5")
    assert desk.group.status is G.PARTIALLY_FILLED
    desk.fill(desk.reducers()[-1], "60000")
    assert desk.group.status is G.PARTIALLY_FILLED
    assert desk.account.slots_taken == 1


def test_an_entry_that_was_refused_fills_after_all_and_the_venues_word_stands() -> None:
    desk = Desk(ladder=ONE_LEG)
    desk.enter()
    order = desk.placed(0)
    desk.give(OrderRefused(order.id, "filter", "no"))
    assert desk.group.status is G.FAILED
    desk.fill(order, quantity=D("0.001"))
    assert desk.group.orders[order.id].status == "partially_filled"
    assert desk.new_orders()[0].reduce_only, "a failed group holds no slot: what it got is closed"
