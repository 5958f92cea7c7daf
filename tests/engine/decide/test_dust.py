"""What no order could sell keeps no group from closing (spec engine §3; found by simulation)."""

from __future__ import annotations

from decimal import Decimal

from engine.domain.settings import LegSettings
from engine.domain.words import GroupStatus
from tests.engine.decide.kit import Desk, instrument

ONE_LEG = (LegSettings(gap_percent=Decimal(0), weight_percent=Decimal(100), tp_percent=Decimal(1)),)


def coarse_desk() -> Desk:
    """A symbol whose step is worth 3 USD while the venue wants at least 5."""
    desk = Desk(price="3000", total_capital_usd=Decimal(500), ladder=ONE_LEG)
    desk.instruments["BTC/USDT"] = instrument(step=Decimal("0.001"), min_quantity=Decimal("0.001"))
    return desk


def test_a_rest_whose_sellable_part_is_under_the_minimum_is_dust() -> None:
    desk = coarse_desk()
    desk.enter("3000")
    entry = desk.placed()
    desk.accept(entry)
    desk.fill(entry, quantity=Decimal("0.012"))
    desk.close()
    # what filled while it was being cancelled leaves 1.987 steps: 5.96 USD held, 3 USD sellable
    desk.fill(desk.placed(), price="3000", quantity=Decimal("0.012"))
    desk.fill(entry, quantity=Decimal("0.002"), fee_in_base="0.000013")
    desk.cancelled(entry.id, filled="0.014")
    assert desk.group.open_quantity == Decimal("0.001987")
    assert desk.group.status is GroupStatus.CLOSED


def test_dust_is_judged_by_its_cost_while_no_price_is_known() -> None:
    desk = coarse_desk()
    desk.enter("3000")
    entry = desk.placed()
    desk.accept(entry)
    desk.fill(entry, quantity=Decimal("0.012"))
    desk.close()
    desk.fill(desk.placed(), price="3000", quantity=Decimal("0.011"))
    desk.cancelled(desk.placed().id, filled="0.011")
    desk.prices.clear()
    desk.cancelled(entry.id, filled="0.012")
    assert desk.new_orders() == []
    assert desk.group.status is GroupStatus.CLOSED


def test_an_exit_larger_than_one_order_may_be_leaves_in_several() -> None:
    desk = Desk()
    desk.enter()
    for order in desk.new_orders()[:3]:
        desk.fill(order)
    desk.instruments["BTC/USDT"] = instrument(max_quantity=Decimal("0.004"))
    held = desk.group.open_quantity
    desk.exit()
    sizes = [order.quantity for order in desk.new_orders()]
    assert sum(sizes) == held
    assert max(sizes) == Decimal("0.004")
    for order in desk.new_orders():
        desk.fill(order, "60000")
    assert desk.group.open_quantity == 0
