"""No account at an exchange while prices are made up: no real order may follow those."""

from __future__ import annotations

import pytest
from sqlalchemy import insert

from engine.api.keys import NewSeat
from engine.market.tables import feed_state
from foundation.bus import Bus
from foundation.db import Database
from foundation.errors import Conflict
from foundation.people.people import People
from tests.support.clock import FakeClock
from tests.support.keys import make_keys

SEAT = NewSeat("binance", "spot", False, "Spot")


async def _feed(database: Database, name: str, live: bool) -> None:
    row = {"id": 1, "feed": name, "live": live, "symbols": ["BTC/USDT"], "ticks_refused": 0}
    async with database.begin() as connection:
        await connection.execute(insert(feed_state).values(row))


@pytest.mark.parametrize(("name", "live"), [("simulated", False), ("replay", False)])
async def test_an_exchange_account_needs_real_prices(
    database: Database, clock: FakeClock, name: str, live: bool
) -> None:
    ada = await People(database, clock).ensure(1, "Ada", None, None)
    await _feed(database, name, live)
    with pytest.raises(Conflict) as refused:
        await make_keys(database, clock, Bus(database)).open_account(ada.id, SEAT)
    assert refused.value.code == "market_not_live"
    assert "MARKET_FEED=live" in refused.value.text


async def test_with_live_prices_it_is_opened(database: Database, clock: FakeClock) -> None:
    ada = await People(database, clock).ensure(1, "Ada", None, None)
    await _feed(database, "live", True)
    made = await make_keys(database, clock, Bus(database)).open_account(ada.id, SEAT)
    assert (made.venue, made.market) == ("binance", "spot")
