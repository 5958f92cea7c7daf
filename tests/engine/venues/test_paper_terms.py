"""What an installation decides of paper: fee, slippage, latency, partial fills; lasting books."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from typing import Any

from engine.domain.words import OrderSide
from engine.venues.paper.match import Terms
from engine.venues.port import Accepted
from engine.venues.registry import paper_terms
from foundation.db import Database
from foundation.log import get_logger
from foundation.nursery import Nursery
from foundation.settings import load_settings
from tests.engine.venues.test_paper import BTC, World, sale
from tests.support.clock import FakeClock
from tests.support.feed import QuietFeed
from tests.support.until import until

D = Decimal
OPENS: Any = {"side": OrderSide.BUY, "reduce_only": False, "priority": 1}


async def opened(database: Database, clock: FakeClock, nursery: Nursery, **env: str) -> World:
    world = World(database, clock, paper_terms(load_settings(env)))
    world.hub.start(nursery, QuietFeed(BTC))
    await world.price(61000)
    return world


async def test_the_market_moves_while_an_order_is_on_its_way(
    database: Database, clock: FakeClock
) -> None:
    nursery = Nursery(get_logger("test"))
    env = {"PAPER_LATENCY_MS": "250", "PAPER_SLIPPAGE_BPS": "0"}
    world = await opened(database, clock, nursery, **env)
    asleep = clock.sleeping

    async def the_market_moves() -> None:
        await until(lambda: clock.sleeping > asleep)
        await world.price(61500)
        clock.advance(0.25)

    answer, _ = await asyncio.gather(world.place(sale("one", **OPENS)), the_market_moves())
    assert isinstance(answer, Accepted)
    assert [fill.price for fill in await world.fills()] == [D(61500)]
    assert world.venue.health().latency_ms == 250
    await nursery.stop()


def test_fees_slippage_latency_and_partial_fills_are_settings_of_the_installation() -> None:
    assert paper_terms(load_settings({})) == Terms()
    given = {
        "PAPER_FEE_BPS": "7.5",
        "PAPER_SLIPPAGE_BPS": "0",
        "PAPER_LATENCY_MS": "80",
        "PAPER_FILL_FRACTION": "0.3",
    }
    assert paper_terms(load_settings(given)) == Terms(D("7.5"), D(0), D("0.3"), 80)


async def test_balances_persist(database: Database, clock: FakeClock) -> None:
    nursery = Nursery(get_logger("test"))
    world = await opened(database, clock, nursery)
    await world.place(sale("one", **OPENS))
    before = await world.venue.wallet("a")
    again = World(world.database, world.clock)
    await again.venue.start()
    assert await again.venue.wallet("a") == before
    assert [one.quantity for one in await again.venue.positions("a")] == [D("0.01")]
    await nursery.stop()
