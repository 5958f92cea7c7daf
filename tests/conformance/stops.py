"""Promises about stops that rest at the venue, beside what else happens to the position."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from engine.domain.commands import PlaceOrder
from engine.domain.words import OrderSide, OrderStatus, OrderType
from engine.venues.port import Accepted, Found
from tests.conformance.case import case, refused
from tests.conformance.stage import EXCHANGE, LINEAR, Stage

D = Decimal


def _stop(stage: Stage, trigger: str, quantity: str = "0.009") -> PlaceOrder:
    return stage.sale("stop", quantity, order_type=OrderType.STOP, trigger_price=D(trigger))


@case("C60", "A stop the price has passed already is refused for good, and never waits.", EXCHANGE)
async def passed(stage: Stage) -> None:
    await stage.place(stage.market_buy("entry"))
    await stage.script.price("57000")
    answer = refused(await stage.place(_stop(stage, "58000")), "invalid_order")
    assert answer.final
    assert await stage.venue.open_orders(stage.account) == ()
    assert isinstance(await stage.place(stage.sale("exit", "0.009")), Accepted)


@case("C61", "A stop left over from a closed position opens nothing when it is reached.", LINEAR)
async def left_over(stage: Stage) -> None:
    await stage.place(stage.market_buy("entry"))
    stop = _stop(stage, "58000", "0.01")
    assert isinstance(await stage.place(stop), Accepted)
    assert isinstance(await stage.place(stage.sale("exit", "0.01")), Accepted)
    await stage.script.price("57900")
    assert await stage.held() == 0
    found = await stage.find(stop)
    assert isinstance(found, Found)
    assert (found.status, found.filled) == (OrderStatus.CANCELLED, D(0))


@case("C62", "A stop is told apart from a target at the same venue, each by its own id.", LINEAR)
async def beside_a_target(stage: Stage) -> None:
    await stage.place(stage.market_buy("entry", "0.02"))
    stop = _stop(stage, "58000", "0.01")
    target = replace(
        stage.order("target", side=OrderSide.SELL, reduce_only=True, priority=0), price=D(61000)
    )
    for order in (stop, target):
        assert isinstance(await stage.place(order), Accepted)
    told = await stage.venue.open_orders(stage.account)
    assert {one.order_id: one.price for one in told} == {stop.id: None, target.id: D(61000)}
    await stage.reports()
    await stage.script.price("61000")
    assert [fill.order_id for fill in await stage.fills()] == [target.id]
    assert await stage.held() == D("0.01")
    found = await stage.find(stop)
    assert isinstance(found, Found)
    assert found.status is OrderStatus.OPEN
