"""Promises about several accounts at one venue: they share the way there, and nothing else."""

from __future__ import annotations

from decimal import Decimal

from engine.venues.port import Absent, Accepted, Fill, Found
from tests.conformance.case import case
from tests.conformance.stage import Stage

D = Decimal


async def _two(stage: Stage) -> tuple[str, str]:
    assert stage.open_second is not None
    return stage.account, await stage.open_second()


@case("C58", "Two accounts share no order, fill, holding or money; ids may be the same.")
async def apart(stage: Stage) -> None:
    one, other = await _two(stage)
    money = (await stage.venue.wallet(other)).free_usd
    bought, resting = stage.market_buy("bought"), stage.order("resting")
    for order in (bought, resting):
        assert isinstance(await stage.place(order), Accepted)
    assert await stage.venue.open_orders(other) == ()
    assert await stage.venue.positions(other) == ()
    assert (await stage.venue.wallet(other)).free_usd == money
    assert await stage.venue.find(other, resting.id, stage.symbol) == Absent()
    again = await stage.venue.place(other, resting, stage.clock.now())
    assert isinstance(again, Accepted)
    assert isinstance(await stage.venue.find(other, resting.id, stage.symbol), Found)
    assert [fill.order_id for fill in await stage.fills()] == [bought.id]
    told, _ = await stage.venue.fills(other, "")
    assert [report for report in told if isinstance(report, Fill)] == []
    assert len(await stage.venue.open_orders(one)) == 1


@case("C59", "A cancel takes off the account's own order only.")
async def own_cancels(stage: Stage) -> None:
    _, other = await _two(stage)
    order = stage.order("one")
    await stage.place(order)
    assert isinstance(await stage.venue.place(other, order, stage.clock.now()), Accepted)
    await stage.cancel(order)
    found = await stage.venue.find(other, order.id, stage.symbol)
    assert isinstance(found, Found)
    assert found.status == "open"
    assert await stage.venue.open_orders(stage.account) == ()
