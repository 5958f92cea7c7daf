"""Which feed: the setting in, the feed out. A new kind of feed is one more line in the table."""

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
from engine.market.sources import Binance, Bybit
from engine.market.tables import feed_choice
from engine.market.ticks import Feed
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
    """The feed for ``MARKET_FEED``.

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


def _live_feed(sources: Sources) -> SpotAndPerpetuals:
    """Every pair on spot, and those in USDT as perpetuals too, as far as they are listed."""
    linear = MarketKind.LINEAR
    binance, bybit = sources.binance_api_url, sources.bybit_api_url
    futures = sources.binance_futures_api_url
    names = tuple(sources.instruments)
    contracts = tuple(f"{name}:USDT" for name in names if name.endswith("/USDT"))
    return SpotAndPerpetuals(
        LiveFeed(names, (Binance(binance), Bybit(bybit)), sources.clock),
        LiveFeed(contracts, (Binance(futures, linear), Bybit(bybit, linear)), sources.clock),
        sources.clock,
    )


async def _simulated(_argument: str, sources: Sources) -> SimulatedFeed:
    names = tuple(sources.instruments)
    bars = await last_close(sources.database, names)
    last: dict[str, Decimal] = {symbol: bar.close for symbol, bar in bars.items()}
    quotes = await latest(sources.database, names)
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
