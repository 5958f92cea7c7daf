"""Which feed: for paper the setting decides, for an exchange there are only its own prices.

A new kind of feed, or an exchange with prices, is one more line in its table.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import Final

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from engine.domain.instrument import Instrument
from engine.domain.words import MarketKind
from engine.market.beside import SpotAndPerpetuals
from engine.market.candles import last_close
from engine.market.live import LiveFeed
from engine.market.quotes import latest
from engine.market.replay import ReplayFeed
from engine.market.simulated import SimulatedFeed
from engine.market.sources import Binance, Bybit, Source
from engine.market.tables import feed_choice
from engine.market.ticks import PAPER, Feed
from foundation.clock import Clock
from foundation.db import Database
from foundation.errors import SettingsError


@dataclass(frozen=True, slots=True)
class Sources:
    """What feeds are made of. ``speed`` in market seconds per second; addresses None = default."""

    database: Database
    clock: Clock
    instruments: Mapping[str, Instrument]
    speed: float = 60
    binance_api_url: str | None = None
    bybit_api_url: str | None = None
    binance_futures_api_url: str | None = None


async def open_feed(setting: str, sources: Sources) -> Feed:
    """The feed of paper accounts for ``MARKET_FEED``.

    Raises SettingsError for an unknown word, InvalidInput for a replay file that cannot be used.
    """
    kind, _, argument = setting.partition(":")
    make = KINDS.get(kind)
    if make is None or (kind != "replay" and argument):
        raise SettingsError(
            f"MARKET_FEED={setting}: use auto, live, simulated or replay:<candle file>",
            field="MARKET_FEED",
        )
    return await make(argument, sources)


async def _auto(_argument: str, sources: Sources) -> Feed:
    """Live prices if they can be reached at the first start, else simulated; then always that."""
    known = await _remembered(sources.database)
    if known is not None:
        return await KINDS[known]("", sources)
    live = _live_feed(sources)
    kind = "live" if await live.probe() else "simulated"
    kind = await _remember(sources, kind)
    return live if kind == "live" else await _simulated("", sources)


async def _live(_argument: str, sources: Sources) -> Feed:
    return _live_feed(sources)


def _live_feed(sources: Sources) -> LiveFeed:
    """Binance's spot prices, or Bybit's while Binance does not answer."""
    told = (Binance(sources.binance_api_url), Bybit(sources.bybit_api_url))
    return LiveFeed(tuple(sources.instruments), told, sources.clock)


def exchange_feed(board: str, sources: Sources) -> SpotAndPerpetuals | None:
    """The public prices of an exchange and net, of nobody else; None when it has none here."""
    name, _, net = board.partition("-")
    make = EXCHANGES.get(name)
    if make is None:
        return None
    names = tuple(sources.instruments)
    usual = {
        MarketKind.SPOT: names,
        MarketKind.LINEAR: tuple(f"{one}:{_USUAL}" for one in names if one.endswith(_USUAL)),
    }
    lines = {"": MarketKind.SPOT} | dict.fromkeys(_SETTLED, MarketKind.LINEAR)
    feeds = {
        line: LiveFeed((), (make(sources, market, net == "test"),), sources.clock, line)
        for line, market in lines.items()
    }
    return SpotAndPerpetuals(feeds, usual)


def _binance(sources: Sources, market: MarketKind, test_net: bool) -> Source:
    spot = market is MarketKind.SPOT
    address = sources.binance_api_url if spot else sources.binance_futures_api_url
    return Binance(address, market, test_net=test_net)


def _bybit(sources: Sources, market: MarketKind, test_net: bool) -> Source:
    return Bybit(sources.bybit_api_url, market, test_net=test_net)


async def _simulated(_argument: str, sources: Sources) -> SimulatedFeed:
    names = tuple(sources.instruments)
    bars = await last_close(sources.database, PAPER, names)
    last: dict[str, Decimal] = {symbol: bar.close for symbol, bar in bars.items()}
    quotes = await latest(sources.database, PAPER, names)
    last.update((symbol, quote.price) for symbol, quote in quotes.items())
    return SimulatedFeed(sources.instruments, sources.clock, last)


async def _replay(argument: str, sources: Sources) -> ReplayFeed:
    if not argument:
        raise SettingsError(
            "MARKET_FEED=replay: needs a file, as in replay:BTCUSDT_1m_2024.csv.gz",
            field="MARKET_FEED",
        )
    return await asyncio.to_thread(
        ReplayFeed.open, Path(argument), sources.instruments, sources.speed, sources.clock
    )


KINDS: Final[Mapping[str, Callable[[str, Sources], Awaitable[Feed]]]] = MappingProxyType(
    {"auto": _auto, "live": _live, "simulated": _simulated, "replay": _replay}
)

#: Exchanges whose public prices accounts there can follow.
EXCHANGES: Final[Mapping[str, Callable[[Sources, MarketKind, bool], Source]]] = MappingProxyType(
    {"binance": _binance, "bybit": _bybit}
)
_SETTLED: Final = ("USDT", "USDC")
"""What the perpetuals settle in whose prices are told: all that adapters list."""
_USUAL: Final = "USDT"
"""What the perpetuals settle in that are told from the start; others when somebody wants them."""


async def _remembered(database: Database) -> str | None:
    async with database.connect() as connection:
        known: str | None = await connection.scalar(select(feed_choice.c.feed))
        return known


async def _remember(sources: Sources, kind: str) -> str:
    """Write the choice down; another process may have been first, and then its choice stands."""
    row = {"id": 1, "feed": kind, "chosen_at": sources.clock.now()}
    async with sources.database.begin() as connection:
        await connection.execute(insert(feed_choice).values(row).on_conflict_do_nothing())
    return await _remembered(sources.database) or kind
