"""The table of target modes, for both sides: what closes, and beyond which price (spec §3)."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_CEILING, ROUND_FLOOR
from decimal import Decimal as D

import pytest

from engine.decide.wants import wants
from engine.domain.leg import Leg
from engine.domain.words import OrderType, Side, TakeProfitMode
from foundation.money import money_context
from tests.engine.decide.kit import Desk

M = TakeProfitMode
PERCENT = D(2)


def held(side: Side, mode: TakeProfitMode) -> Desk:
    """Two legs of a first entry and one of a second, none at the price it was meant for."""
    desk = Desk(tp_mode=mode, tp_aggregate_percent=PERCENT, total_capital_usd=D(100000))
    desk.enter(side=side)
    for order, paid in zip(desk.new_orders()[:2], ("60010", "59850.50"), strict=True):
        desk.fill(order, paid)
    desk.enter("59000", side=side)
    desk.fill(desk.new_orders()[0], "59003.37")
    return desk


def average(legs: Iterable[Leg]) -> D:
    lots = list(legs)
    return sum((leg.open_cost_usd for leg in lots), D(0)) / sum(leg.open_quantity for leg in lots)


def beyond(side: Side, paid: D, percent: D) -> D:
    """The price ``percent`` in the position's favour, to the tick away from what was paid."""
    exact = paid * (1 + side.sign * percent / 100)
    away = ROUND_CEILING if side is Side.LONG else ROUND_FLOOR
    return exact.quantize(D("0.01"), away)


def expected(desk: Desk) -> dict[str, tuple[D, D]]:
    """By watch: the price of the table, and the quantity it closes."""
    group, side = desk.group, desk.group.side
    legs = [(p.index, leg) for p, leg in group.legs if leg.open_quantity > 0]
    each = {
        f"tp:{group.id}:{index}:{leg.index}": (
            beyond(side, average([leg]), leg.tp_percent),
            leg.open_quantity,
        )
        for index, leg in legs
    }
    whole = {
        f"agg:{group.id}": (
            beyond(side, average(leg for _, leg in legs), PERCENT),
            group.open_quantity,
        )
    }
    if group.tp_mode is M.PER_LEG:
        return each
    if group.tp_mode is M.AGGREGATE:
        return whole
    if group.tp_mode is M.HYBRID:
        return each | whole
    entries = [[leg for index, leg in legs if index == n] for n in (0, 1)]
    return {
        f"pyr:{group.id}:{n}": (
            beyond(side, average(of_it), PERCENT),
            sum((leg.open_quantity for leg in of_it), D(0)),
        )
        for n, of_it in enumerate(entries)
    }


@pytest.mark.parametrize("side", Side)
@pytest.mark.parametrize("mode", TakeProfitMode)
def test_each_mode_closes_what_its_row_says_beyond_what_was_paid(
    mode: TakeProfitMode, side: Side
) -> None:
    desk = held(side, mode)
    with money_context():
        wanted = expected(desk)
    watches = wants(desk.account).watches
    ahead = "up" if side is Side.LONG else "down"
    assert {watch.id: watch.price for watch in watches} == {k: v[0] for k, v in wanted.items()}
    assert {watch.direction for watch in watches} == {ahead}
    first = min(watches, key=lambda watch: watch.price * side.sign)
    short_of_it = first.price - side.sign * D("0.01")
    assert desk.cross(str(short_of_it)) == []
    assert [one.code for one in desk.cross(str(first.price))] == ["tp_hit"]
    (order,) = desk.new_orders()
    assert (order.order_type, order.reduce_only) == (OrderType.MARKET, True)
    assert order.quantity == wanted[first.id][1]


@pytest.mark.parametrize("side", Side)
def test_a_partial_fill_is_covered_at_once_for_the_quantity_received(side: Side) -> None:
    desk = Desk()
    desk.enter(side=side)
    desk.fill(desk.placed(0), "60000", quantity=D("0.002"), fee_in_base="0.00002")
    (watch,) = wants(desk.account).watches
    assert watch.price == (D(60600) if side is Side.LONG else D(59400))
    desk.cross(str(watch.price))
    assert desk.new_orders()[0].quantity == D("0.00198")


def test_average_and_result_move_with_every_fill() -> None:
    desk = Desk()
    desk.enter()
    order = desk.placed(0)
    seen = []
    for price, quantity in (("60000", "0.001"), ("59000", "0.001"), ("58000", "0.00133")):
        desk.fill(order, price, D(quantity), fee="0.1")
        assert desk.group.average_entry is not None
        seen.append((desk.group.average_entry, desk.group.realized_pnl_usd))
    assert [realised for _, realised in seen] == [D("-0.1"), D("-0.2"), D("-0.3")]
    assert seen[0][0] == D(60000)
    assert seen[1][0] == D(59500)
    assert seen[2][0] == (D("60") + D("59") + D("77.14")) / D("0.00333")
