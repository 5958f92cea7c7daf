"""An account at an exchange follows that exchange's prices, whatever paper's are."""

from __future__ import annotations

from decimal import Decimal

import pytest

from engine.api.accounts import Accounts
from engine.api.keys import NewSeat
from engine.api.views import AccountView
from engine.domain.words import MarketKind
from engine.market.quotes import QuoteWriter
from engine.market.ticks import PAPER, Tick
from engine.offers.market import MarketView
from engine.store import load
from engine.venues.registry import PAPER_INSTRUMENTS
from foundation.bus import Bus
from foundation.db import Database
from foundation.people.people import People
from tests.support.clock import FakeClock
from tests.support.feed import QuietFeed
from tests.support.keys import make_keys

BTC = "BTC/USDT"


class Book:
    async def instruments(self) -> object:
        return PAPER_INSTRUMENTS


async def price(database: Database, clock: FakeClock, board: str, price: str) -> None:
    writer = QuoteWriter(database, clock, board)
    writer.note(Tick(BTC, Decimal(price), clock.now()))
    await writer.flush()
    await writer.beat(QuietFeed(BTC), {"": clock.now()}, 0)


@pytest.mark.parametrize(("test_net", "board"), [(False, "binance"), (True, "binance-test")])
async def test_it_is_opened_beside_simulated_prices_and_never_sees_them(
    database: Database, clock: FakeClock, *, test_net: bool, board: str
) -> None:
    bus = Bus(database)
    ada = await People(database, clock).ensure(1, "Ada", None, None)
    accounts = Accounts(database, clock, bus)
    paper = await accounts.ensure_paper(ada.id)
    await price(database, clock, PAPER, "100")
    made: AccountView = await make_keys(database, clock, bus).open_account(
        ada.id, NewSeat("binance", "linear", test_net, "Perpetuals")
    )
    assert (made.venue, made.market, made.board) == ("binance", "linear", board)
    stored = (await load.load(database, made.id)).account
    assert (stored.board, stored.market) == (board, MarketKind.LINEAR)
    venues = {"paper": Book(), "binance": Book()}
    view = MarketView(database, venues, clock)  # type: ignore[arg-type]  # all it asks of venues
    wanted = [(paper.id, BTC), (made.id, BTC)]
    # no price at all rather than another board's
    assert await view.prices(wanted) == {(paper.id, BTC): 100}
    assert (await view.market(stored, [BTC])).quotes == {}
    await price(database, clock, board, "65000")
    assert await view.prices(wanted) == {(paper.id, BTC): 100, (made.id, BTC): 65000}
    assert (await view.market(stored, [BTC])).price(BTC) == 65000
