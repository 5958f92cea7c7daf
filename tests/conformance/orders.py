"""Promises about rules, orders, and reading what became of them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from engine.domain.words import OrderSide, OrderStatus, OrderType
from engine.venues.port import (
    Absent,
    Accepted,
    Cancelled,
    Ended,
    FeePriced,
    Fill,
    Found,
    FundingTaken,
)
from foundation import limits
from foundation.errors import Unavailable
from tests.conformance.case import case, refused
from tests.conformance.stage import EXCHANGE, LINEAR, SPOT, STREAM, Stage
from tests.support.until import until

D = Decimal


# --- rules ---------------------------------------------------------------------------------------


@case("C01", "The rules of the symbol are told: tick, step, smallest order.")
async def rules(stage: Stage) -> None:
    told = (await stage.venue.instruments())[stage.symbol]
    assert told.tradable
    assert (told.base, told.quote) == ("BTC", "USDT")
    assert told.tick > 0
    assert told.step > 0
    assert told.min_notional > 0
    assert told.max_leverage >= 1


@case("C02", "A price off the tick is refused for good.")
async def off_tick(stage: Stage) -> None:
    tick = (await stage.venue.instruments())[stage.symbol].tick
    answer = await stage.place(stage.order("one", price=D(50000) + tick / 2))
    assert refused(answer, "invalid_order").final


@case("C03", "A quantity off the step, or under the smallest, is refused for good.")
async def off_step(stage: Stage) -> None:
    step = (await stage.venue.instruments())[stage.symbol].step
    for name, quantity in (("one", D("0.01") + step / 2), ("two", D(0))):
        answer = await stage.place(stage.order(name, quantity=quantity))
        assert refused(answer, "invalid_order").final


@case("C04", "An order under the smallest worth is refused for good, with the numbers.")
async def under_minimum(stage: Stage) -> None:
    told = (await stage.venue.instruments())[stage.symbol]
    # where the smallest step is worth more than the minimum, only a lower price breaks it
    price = min(D(50000), told.min_notional / told.step / 2 // told.tick * told.tick)
    answer = await stage.place(stage.order("one", quantity=told.step, price=price))
    assert refused(answer, "invalid_order").final
    assert stage.symbol in answer.text


@case("C05", "A symbol that is not listed is refused for good.")
async def unlisted(stage: Stage) -> None:
    answer = await stage.place(stage.order("one", symbol="NOPE/USDT"))
    assert refused(answer, "symbol_not_tradable").final


@case("C06", "A symbol whose trading was halted takes no entries, and says so.", EXCHANGE)
async def halted(stage: Stage) -> None:
    stage.script.close_symbol()
    answer = await stage.place(stage.order("one"))
    refused(answer, "symbol_not_tradable")
    assert stage.reopen is not None
    again = stage.reopen()
    answer = await again.place(stage.account, stage.order("two"), stage.clock.now())
    refused(answer, "symbol_not_tradable")


# --- placing and filling -------------------------------------------------------------------------


@case("C07", "A limit the market has not reached waits, and is found by our own id.")
async def rests(stage: Stage) -> None:
    one = stage.order("one")
    answer = await stage.place(one)
    assert isinstance(answer, Accepted)
    found = await stage.find(one)
    assert found == Found(OrderStatus.OPEN, answer.venue_order_id, D(0))
    assert await stage.reports() == []


@case("C08", "It fills at its price when the market comes, and the fill carries our id.")
async def fills(stage: Stage) -> None:
    one = stage.order("one")
    await stage.place(one)
    await stage.script.price("49990")
    [fill] = await stage.fills()
    assert (fill.order_id, fill.quantity, fill.price) == (one.id, D("0.01"), D(50000))
    found = await stage.find(one)
    assert isinstance(found, Found)
    assert (found.status, found.filled) == (OrderStatus.FILLED, D("0.01"))


@case("C09", "A market order fills at once; its fee is told in dollars.")
async def market(stage: Stage) -> None:
    answer = await stage.place(stage.market_buy("one"))
    assert isinstance(answer, Accepted)
    [fill] = await stage.fills()
    assert abs(fill.price - 60000) < 60
    assert D("0.2") < fill.fee_usd < D("0.7")
    assert fill.fee_converted
    assert stage.wakes[0] >= 1


@case("C10", "What was held before and after is told by the venue, fees taken off.")
async def positions(stage: Stage) -> None:
    assert await stage.held() == 0
    await stage.place(stage.market_buy("one"))
    [fill] = await stage.fills()
    assert await stage.held() == fill.quantity - fill.fee_in_base


@case("C11", "A limit that may not wait fills what it can and ends; the end tells the count.")
async def immediate(stage: Stage) -> None:
    never = stage.ioc("never", "59000")
    assert isinstance(await stage.place(never), Accepted)
    assert await stage.reports() == [Ended(never.id, D(0))]
    at_once = stage.ioc("now", "60100")
    await stage.place(at_once)
    assert [one.order_id for one in await stage.fills()] == [at_once.id]
    found = await stage.find(never)
    assert isinstance(found, Found)
    assert found.status is OrderStatus.CANCELLED


@case("C12", "A market order the book cannot fill ends with the part it got.", EXCHANGE)
async def thin(stage: Stage) -> None:
    stage.script.depth("0.004")
    one = stage.market_buy("one")
    assert isinstance(await stage.place(one), Accepted)
    told = await stage.reports()
    [fill] = [report for report in told if isinstance(report, Fill)]
    assert fill.quantity == D("0.004")
    assert Ended(one.id, D("0.004")) in told


@case("C13", "A partly filled order tells its count, and the rest fills later.", EXCHANGE)
async def partial(stage: Stage) -> None:
    one = stage.order("one")
    await stage.place(one)
    stage.script.depth("0.003")
    await stage.script.price("49990")
    found = await stage.find(one)
    assert isinstance(found, Found)
    assert (found.status, found.filled) == (OrderStatus.PARTIALLY_FILLED, D("0.003"))
    stage.script.depth("1")
    await stage.script.price("49980")
    assert [fill.quantity for fill in await stage.fills()] == [D("0.003"), D("0.007")]


@case("C14", "A stop sleeps until the market reaches it, then closes at market.")
async def stop(stage: Stage) -> None:
    await stage.place(stage.market_buy("entry"))
    await stage.reports()
    guard = stage.sale(
        "stop", "0.009", order_type=OrderType.STOP, trigger_price=D(58000), reduce_only=True
    )
    assert isinstance(await stage.place(guard), Accepted)
    found = await stage.find(guard)
    assert isinstance(found, Found)
    assert found.status is OrderStatus.OPEN
    assert [one.order_id for one in await stage.venue.open_orders(stage.account)] == [guard.id]
    await stage.script.price("57990")
    [fill] = await stage.fills()
    assert (fill.order_id, fill.quantity) == (guard.id, D("0.009"))
    found = await stage.find(guard)
    assert isinstance(found, Found)
    assert (found.status, found.filled) == (OrderStatus.FILLED, D("0.009"))


@case("C15", "A sleeping stop can be cancelled.")
async def stop_cancelled(stage: Stage) -> None:
    await stage.place(stage.market_buy("entry"))
    guard = stage.sale("stop", "0.009", order_type=OrderType.STOP, trigger_price=D(58000))
    await stage.place(guard)
    assert await stage.cancel(guard) == Cancelled(D(0))
    assert await stage.cancel(guard) == Cancelled(D(0))
    await stage.script.price("57990")
    assert [one.order_id for one in await stage.fills()] == [stage.market_buy("entry").id]


@case("C16", "An order that reduces may only reduce; with nothing to reduce it is refused.")
async def reduces(stage: Stage) -> None:
    if SPOT in stage.features:
        answer = await stage.place(stage.sale("one", "0.01"))
        refused(answer, "insufficient_funds")
        return
    refused(await stage.place(stage.sale("one", "0.01")), "would_not_reduce")
    await stage.place(stage.market_buy("two"))
    assert isinstance(await stage.place(stage.sale("three", "0.01")), Accepted)
    assert await stage.held() == 0


@case("C17", "Without the money for it an order is refused for good.", EXCHANGE)
async def poor(stage: Stage) -> None:
    answer = await stage.place(stage.order("one", quantity=D("3")))
    assert refused(answer, "insufficient_funds").final


# --- cancelling and asking -----------------------------------------------------------------------


@case("C18", "A cancel is safe to repeat, and tells the final count.")
async def cancels(stage: Stage) -> None:
    one = stage.order("one")
    await stage.place(one)
    assert await stage.cancel(one) == Cancelled(D(0))
    assert await stage.cancel(one) == Cancelled(D(0))
    await stage.script.price("49990")
    assert await stage.fills() == []


@case("C19", "Cancelling a filled order tells that it is filled.")
async def too_late(stage: Stage) -> None:
    one = stage.order("one")
    await stage.place(one)
    await stage.script.price("49990")
    assert await stage.cancel(one) == Cancelled(D("0.01"))


@case("C20", "An order cancelled after a part of it filled keeps that part.", EXCHANGE)
async def cancelled_partial(stage: Stage) -> None:
    one = stage.order("one")
    await stage.place(one)
    stage.script.depth("0.003")
    await stage.script.price("49990")
    assert await stage.cancel(one) == Cancelled(D("0.003"))
    found = await stage.find(one)
    assert isinstance(found, Found)
    assert (found.status, found.filled) == (OrderStatus.CANCELLED, D("0.003"))
    assert [fill.quantity for fill in await stage.fills()] == [D("0.003")]


@case("C21", "Cancelling what was never there is refused as unknown; asking finds it absent.")
async def nothing(stage: Stage) -> None:
    ghost = stage.order("ghost")
    refused(await stage.cancel(ghost), "unknown_order")
    assert await stage.find(ghost) == Absent()


@case("C22", "All open orders are told, ours by our id and those placed by hand beside them.")
async def open_orders(stage: Stage) -> None:
    one = stage.order("one")
    await stage.place(one)
    if EXCHANGE in stage.features:
        stage.script.by_hand()
    told = await stage.venue.open_orders(stage.account)
    [ours] = [order for order in told if order.ours]
    assert (ours.order_id, ours.symbol, ours.side) == (one.id, stage.symbol, OrderSide.BUY)
    assert (ours.quantity, ours.filled, ours.price) == (D("0.01"), D(0), D(50000))
    assert len(told) == (2 if EXCHANGE in stage.features else 1)


@case("C23", "Trades made by hand are no fills of ours, but show in what is held.", EXCHANGE)
async def foreign(stage: Stage) -> None:
    await stage.place(stage.market_buy("one"))
    stage.script.by_hand()
    assert [fill.order_id for fill in await stage.fills()] == [stage.market_buy("one").id]
    assert await stage.held() > D("0.0115")


@case("C24", "The wallet tells what is free and what there is.")
async def wallet(stage: Stage) -> None:
    before = await stage.venue.wallet(stage.account)
    assert before.free_usd == before.wallet_usd > 0
    await stage.place(stage.market_buy("one"))
    after = await stage.venue.wallet(stage.account)
    assert after.free_usd < before.free_usd
    assert after.assets


# --- executions ----------------------------------------------------------------------------------


@case("C25", "Executions are read on from a cursor: none is skipped, none told anew.")
async def cursor(stage: Stage) -> None:
    seen: list[str] = []
    for n in range(3):
        await stage.place(stage.market_buy(f"order {n}"))
        seen += [fill.trade_id for fill in await stage.fills()]
    assert len(seen) == len(set(seen)) == 3
    assert await stage.fills() == []
    stage.cursor = ""
    assert [fill.trade_id for fill in await stage.fills()] == seen


@case("C26", "After a restart reading goes on where it stood.", EXCHANGE)
async def restart(stage: Stage) -> None:
    await stage.place(stage.market_buy("one"))
    assert len(await stage.fills()) == 1
    resting = stage.order("two")
    await stage.place(resting)
    assert stage.reopen is not None
    stage.venue = stage.reopen()
    await stage.script.price("49990")
    assert [fill.order_id for fill in await stage.fills()] == [resting.id]


@case("C27", "Reading that fails is unavailable, and skips nothing.", EXCHANGE)
async def read_again(stage: Stage) -> None:
    await stage.place(stage.market_buy("one"))
    stage.script.break_reads()
    with pytest.raises(Unavailable):
        await stage.reports()
    assert len(await stage.fills()) == 1


@case("C28", "A fee in a third asset is converted once, at the venue's own rate.", SPOT)
async def third_asset(stage: Stage) -> None:
    stage.script.fee_in_third_asset(rate_known=True)
    await stage.place(stage.market_buy("one"))
    [fill] = await stage.fills()
    assert fill.fee_in_base == 0
    assert D("0.4") < fill.fee_usd < D("0.7")


@case("C29", "A fee without a rate is marked, and its worth follows when there is one.", SPOT)
async def fee_later(stage: Stage) -> None:
    stage.script.fee_in_third_asset(rate_known=False)
    await stage.place(stage.market_buy("one"))
    [fill] = await stage.fills()
    assert (fill.fee_usd, fill.fee_converted) == (D(0), False)
    stage.script.tell_rate()
    stage.clock.advance(limits.VENUE_RATE_S)
    [priced] = [one for one in await stage.reports() if isinstance(one, FeePriced)]
    assert (priced.order_id, priced.trade_id) == (fill.order_id, fill.trade_id)
    assert D("0.4") < priced.fee_usd < D("0.7")
    stage.clock.advance(limits.VENUE_RATE_S)
    assert await stage.reports() == []


@case("C30", "Funding is told once, in dollars.", LINEAR)
async def funding(stage: Stage) -> None:
    await stage.place(stage.market_buy("one"))
    await stage.reports()
    stage.script.fund("-0.12")
    stage.clock.advance(limits.VENUE_FUNDING_S)
    [paid] = [one for one in await stage.reports() if isinstance(one, FundingTaken)]
    assert (paid.symbol, paid.amount_usd) == (stage.symbol, D("-0.12"))
    stage.clock.advance(limits.VENUE_FUNDING_S)
    assert await stage.reports() == []


@case("C31", "An order the venue took off by itself is told as ended.", EXCHANGE, STREAM)
async def ended(stage: Stage) -> None:
    one = stage.order("one")
    await stage.place(one)
    await stage.reports()
    await until(lambda: stage.script.streams() == 1)
    stage.script.end(one.id)
    told: list[object] = []

    async def heard() -> bool:
        told.extend(await stage.reports())
        return bool(told)

    await until(heard)
    assert told == [Ended(one.id, D(0))]
