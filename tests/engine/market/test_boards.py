"""Boards side by side: paper's prices as they are set, an exchange's its own, and never mixed."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial

import pytest

from engine.domain.words import MarketKind
from engine.market import candles, quotes
from engine.market.boards import Boards
from engine.market.feeds import Sources, exchange_feed
from engine.market.hub import Hub
from engine.market.index import Crossing
from engine.market.ticks import PAPER, Tick
from engine.venues.registry import PAPER_INSTRUMENTS
from foundation import limits
from foundation.db import Database
from foundation.log import get_logger
from foundation.nursery import Nursery
from tests.support.clock import FakeClock
from tests.support.exchange import PublicPrices
from tests.support.feed import QuietFeed
from tests.support.until import until

D = Decimal
BTC = "BTC/USDT"


@dataclass(frozen=True)
class Seat:
    board: str
    market: MarketKind = MarketKind.SPOT


@pytest.fixture
async def nursery() -> AsyncIterator[Nursery]:
    opened = Nursery(get_logger("test"))
    yield opened
    await opened.stop()


@pytest.fixture
async def exchange() -> AsyncIterator[PublicPrices]:
    async with PublicPrices() as served:
        yield served


class Place:
    """Paper's board, quiet unless told, and those of an exchange on loopback."""

    def __init__(
        self, database: Database, clock: FakeClock, nursery: Nursery, exchange: PublicPrices
    ) -> None:
        self.clock = clock
        self.heard: list[str] = []
        self.paper = Hub(database, clock, PAPER)
        sources = Sources(
            database, clock, PAPER_INSTRUMENTS, 60, exchange.url, exchange.url, exchange.url
        )
        self.boards = Boards(
            self.paper,
            partial(Hub, database, clock),
            lambda board: exchange_feed(board, sources),
            nursery,
            clock,
        )
        self.boards.listen(self._crossed)
        self.paper.start(nursery, QuietFeed(BTC))

    async def _crossed(self, tick: Tick, crossings: Sequence[Crossing]) -> None:
        self.heard += [crossing.watch_id for crossing in crossings]

    async def paper_price(self, price: str) -> None:
        await self.paper.tick(Tick(BTC, D(price), self.clock.now()))

    async def told(self, board: str, price: str) -> None:
        """Wait until this is that board's price."""

        def there() -> bool:
            self.clock.advance(limits.LIVE_POLL_S)
            quote = self.boards.quote(board, BTC)
            return quote is not None and quote.price == D(price)

        await until(there)


@pytest.fixture
async def place(
    database: Database, clock: FakeClock, nursery: Nursery, exchange: PublicPrices
) -> Place:
    return Place(database, clock, nursery, exchange)


async def test_live_accounts_never_see_simulated_prices_nor_paper_the_exchanges(
    place: Place, exchange: PublicPrices, database: Database
) -> None:
    await place.paper_price("100")
    place.boards.follow(Seat("binance")).arm("a", "live", BTC, "down", D(61000), 1)
    place.boards.follow(Seat(PAPER)).arm("b", "paper", BTC, "up", D(101), 1)
    await place.told("binance", "65000.10")
    # 100 would have crossed the one, 65000 the other
    assert place.heard == []
    exchange.prices["BTCUSDT"] = "60000"
    await place.told("binance", "60000")
    assert place.heard == ["live"]
    await place.paper_price("102")
    assert place.heard == ["live", "paper"]

    async def written() -> bool:
        place.clock.advance(limits.CANDLES_FLUSH_S)
        found = [await quotes.latest(database, one, [BTC]) for one in (PAPER, "binance")]
        return [one[BTC].price for one in found if one] == [102, 60000]

    await until(written)
    bars = {}

    async def barred() -> bool:
        place.clock.advance(limits.CANDLES_FLUSH_S)
        for board in (PAPER, "binance"):
            bars[board] = await candles.read(database, board, BTC, 1, 100)
        return all(bars.values())

    await until(barred)
    assert max(bar.high for bar in bars[PAPER]) == 102
    assert min(bar.low for bar in bars["binance"]) == 60000


async def test_an_exchanges_board_opens_when_the_first_account_needs_it(
    place: Place, exchange: PublicPrices
) -> None:
    place.boards.follow(Seat(PAPER))
    assert not place.boards.knows("binance")
    for _ in range(3):
        place.clock.advance(limits.LIVE_POLL_S)
        await until(lambda: place.clock.sleeping)
    assert exchange.asked.total() == 0
    index = place.boards.follow(Seat("binance"))
    await place.told("binance", "65000.10")
    assert place.boards.follow(Seat("binance", MarketKind.LINEAR)) is index
    assert place.boards.follow(Seat("binance-test")) is not index
    assert place.boards.follow(Seat("nowhere")) is not index
    assert place.boards.quote("nowhere", BTC) is None


async def test_an_unreachable_exchange_is_stale_and_leaves_paper_alone(
    place: Place, exchange: PublicPrices, database: Database
) -> None:
    exchange.fails = True
    place.boards.follow(Seat("binance"))
    await place.paper_price("100")

    def asked() -> bool:
        place.clock.advance(limits.LIVE_BACKOFF_MAX_S)
        return exchange.asked.total() > 3

    await until(asked)
    await place.paper_price("101")
    paper = place.boards.quote(PAPER, BTC)
    assert paper is not None
    assert (paper.price, paper.price_at) == (D(101), place.clock.now())
    assert place.boards.quote("binance", BTC) is None
    # and it is said so: the heartbeat tells the age of the quietest board
    age = place.boards.age()
    assert age is not None
    assert age > limits.FEED_STALE_S

    async def said() -> bool:
        place.clock.advance(limits.QUOTES_FLUSH_S)
        found = {one.board: one for one in await quotes.states(database)}
        return found.keys() == {PAPER, "binance"} and found["binance"].heartbeat_at is None

    await until(said)
    exchange.fails = False
    await place.told("binance", "65000.10")
