"""Capital stays bound by whatever may still fill (spec engine §2; found by the simulation)."""

from __future__ import annotations

from decimal import Decimal

from engine.domain.settings import LegSettings
from engine.policy.pool import committed_usd
from tests.engine.decide.kit import Desk

LADDER = (
    LegSettings(gap_percent=Decimal(0), weight_percent=Decimal(50), tp_percent=Decimal(1)),
    LegSettings(gap_percent=Decimal(-1), weight_percent=Decimal(50), tp_percent=Decimal(1)),
)


def test_an_entry_binds_capital_until_the_venue_says_it_is_cancelled() -> None:
    desk = Desk(ladder=LADDER)
    desk.enter("60000")
    first, second = desk.placed(-2), desk.placed(-1)
    for order in (first, second):
        desk.accept(order)
    bound = committed_usd(desk.account)
    desk.close()
    assert committed_usd(desk.account) == bound
    desk.cancelled(first.id, filled="0")
    assert 0 < committed_usd(desk.account) < bound
    desk.cancelled(second.id, filled="0")
    assert committed_usd(desk.account) == 0


def test_a_fill_the_venue_counted_binds_capital_before_it_is_booked() -> None:
    desk = Desk(ladder=LADDER)
    desk.enter("60000")
    first, second = desk.placed(-2), desk.placed(-1)
    desk.accept(first)
    desk.cancelled(second.id, filled="0")
    bound = committed_usd(desk.account)
    desk.close()
    desk.cancelled(first.id, filled=str(first.quantity))
    assert committed_usd(desk.account) == bound
