"""Accounting by lot conserves every cent (spec engine §3)."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal as D

from hypothesis import given
from hypothesis import strategies as st

from engine.domain.events import OrderFilled
from engine.domain.leg import Leg
from engine.domain.orders import Allocation
from engine.domain.words import OrderType, Side
from engine.policy.lots import (
    allocate_share,
    allocate_whole,
    book_entry,
    book_exit,
    spread_fill,
    unrealized_usd,
)
from foundation.money import money_context

PRICES = st.decimals("1", "100000", places=2)
PARTS = st.lists(st.integers(1, 1000), min_size=1, max_size=6)
STEP = D("0.001")


def empty_leg() -> Leg:
    return Leg(
        index=0,
        order_type=OrderType.LIMIT,
        price=D(1),
        quantity=D(1000),
        gap_percent=D(0),
        weight_percent=D(100),
        tp_percent=D(1),
        capital_usd=D(1000),
    )


def entry(quantity: D, price: D, fee: D = D(0)) -> OrderFilled:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    return OrderFilled("o", "t", quantity, price, fee, D(0), at)


@given(
    fills=st.lists(st.tuples(st.integers(1, 1000), PRICES), min_size=1, max_size=5),
    exits=PARTS,
    price=PRICES,
    side=st.sampled_from(Side),
)
def test_realised_equals_proceeds_minus_costs_however_it_is_cut(
    fills: list[tuple[int, D]], exits: list[int], price: D, side: Side
) -> None:
    with money_context():
        leg = empty_leg()
        for units, paid in fills:
            leg = book_entry(leg, entry(units * STEP, paid, fee=D("0.01")))
        cost = sum((units * STEP * paid for units, paid in fills), D(0))
        total = leg.received
        before = leg.realized_pnl_usd + unrealized_usd(side, total, leg.open_cost_usd, price)
        for units in exits:
            part = min(units * STEP, leg.open_quantity)
            if part > 0:
                leg = book_exit(leg, side, part, price, D(0))
            open_pnl = unrealized_usd(side, leg.open_quantity, leg.open_cost_usd, price)
            assert leg.realized_pnl_usd + open_pnl == before, "a step conserves the sum"
        if leg.open_quantity:
            leg = book_exit(leg, side, leg.open_quantity, price, D(0))
        fees = D("0.01") * len(fills)
        assert leg.realized_pnl_usd == side.sign * (total * price - cost) - fees
        assert leg.open_cost_usd == 0


def test_unrealised_is_price_less_average_times_quantity_and_mirrored_for_a_short() -> None:
    held, cost = D("0.5"), D(50)  # an average of 100
    assert unrealized_usd(Side.LONG, held, cost, D(110)) == D(5)
    assert unrealized_usd(Side.SHORT, held, cost, D(110)) == D(-5)
    assert unrealized_usd(Side.SHORT, held, cost, D(90)) == D(5)


@given(lots=PARTS, wanted=st.integers(1, 5000))
def test_a_share_is_taken_pro_rata_and_never_more_than_a_lot_holds(
    lots: list[int], wanted: int
) -> None:
    uncovered = [((0, n), units * STEP) for n, units in enumerate(lots)]
    parts = allocate_share(uncovered, wanted * STEP, STEP)
    held = dict(uncovered)
    assert sum((p.quantity for p in parts), D(0)) == min(wanted, sum(lots)) * STEP
    for part in parts:
        assert 0 < part.quantity <= held[(part.pyramid, part.leg)]
    taken = {(part.pyramid, part.leg): part.quantity for part in parts}
    share = D(min(wanted, sum(lots))) / sum(lots)
    for key, amount in uncovered:
        assert abs(taken.get(key, D(0)) - amount * share) <= len(lots) * STEP


def test_dust_is_judged_on_the_sum_never_on_a_lot() -> None:
    dusty = [((0, 0), D("0.0994")), ((0, 1), D("0.0997"))]
    parts = allocate_whole(dusty, STEP)
    assert sum((p.quantity for p in parts), D(0)) == D("0.199")


@given(lots=PARTS, cuts=PARTS)
def test_executions_go_to_the_lots_in_order_and_nothing_is_lost(
    lots: list[int], cuts: list[int]
) -> None:
    parts = tuple(Allocation(0, n, units * STEP) for n, units in enumerate(lots))
    left, given_out = sum(lots), D(0)
    held = {(0, n): units * STEP for n, units in enumerate(lots)}
    for cut in cuts:
        take = min(cut, left)
        left -= take
        if take:
            spread = spread_fill(parts, take * STEP, held)
            parts = spread.allocations
            held = {key: units - spread.taken.get(key, D(0)) for key, units in held.items()}
            given_out += sum(spread.taken.values(), D(0))
            assert spread.beyond == 0
    assert given_out == sum((p.executed for p in parts), D(0))
    assert all(p.executed <= p.quantity for p in parts)
