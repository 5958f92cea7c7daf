"""Live public prices without keys: Binance spot first, Bybit spot when that does not answer.

One light request a second for all symbols together. Plain HTTP, not ccxt: a price needs none of
the markets it would load first, and a feed must start at once.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Final, Protocol

import aiohttp

from engine.market.candle import Candle
from engine.market.ticks import Ear, Tick
from foundation import limits
from foundation.clock import Clock
from foundation.errors import CountersignError, Unavailable
from foundation.log import get_logger
from foundation.money import parse_decimal

_log = get_logger("engine.market.live")

_PAGE: Final = 1_000


class Source(Protocol):
    """One exchange's public REST."""

    @property
    def name(self) -> str: ...

    async def prices(self, http: Http, symbols: Mapping[str, str]) -> list[Price]:
        """Last prices of these symbols (venue's spelling -> ours), as far as it lists them."""
        ...

    async def bars(self, http: Http, spelling: str, minutes: int, until: datetime) -> list[Candle]:
        """Up to a page of bars before ``until``, oldest first."""
        ...


@dataclass(frozen=True, slots=True)
class Price:
    symbol: str
    price: Decimal
    bid: Decimal | None = None
    ask: Decimal | None = None


class Http:
    """GET of JSON with bounds; whatever goes wrong is Unavailable."""

    def __init__(self) -> None:
        self._session: aiohttp.ClientSession | None = None

    async def get(self, url: str, **query: str) -> Any:
        if self._session is None:
            timeout = aiohttp.ClientTimeout(total=limits.LIVE_REQUEST_TIMEOUT_S)
            self._session = aiohttp.ClientSession(timeout=timeout, trust_env=True)
        try:
            async with self._session.get(url, params=query) as answer:
                body = await answer.content.read(limits.LIVE_ANSWER_BYTES_MAX)
                if answer.status != 200:
                    raise Unavailable(f"{url} answers {answer.status}", http_status=answer.status)
            return json.loads(body, parse_float=str, parse_int=str)
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
            raise Unavailable(f"{url}: {type(error).__name__}: {error}") from error

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None


class Binance:
    """https://developers.binance.com/docs/binance-spot-api-docs/rest-api/market-data-endpoints"""

    name = "binance"

    def __init__(self, address: str | None) -> None:
        self._address = (address or "https://api.binance.com").rstrip("/")
        self._listed: tuple[str, ...] = ()

    async def prices(self, http: Http, symbols: Mapping[str, str]) -> list[Price]:
        url = f"{self._address}/api/v3/ticker/price"
        # one unlisted symbol fails the whole request, so the first one asks for everything
        query = {}
        if self._listed:
            query["symbols"] = json.dumps(self._listed, separators=(",", ":"))
        rows = await http.get(url, **query)
        found = [
            Price(symbols[row["symbol"]], parse_decimal(row["price"]))
            for row in _rows(rows)
            if row.get("symbol") in symbols
        ]
        if not self._listed:
            self._listed = tuple(s for s, ours in symbols.items() if ours in _names(found))
        return found

    async def bars(self, http: Http, spelling: str, minutes: int, until: datetime) -> list[Candle]:
        rows = await http.get(
            f"{self._address}/api/v3/klines",
            symbol=spelling,
            interval="1m" if minutes == 1 else "1h",
            endTime=str(_milliseconds(until) - 1),
            limit=str(_PAGE),
        )
        return [_candle(row, minutes) for row in rows]


class Bybit:
    """https://bybit-exchange.github.io/docs/v5/market/tickers"""

    name = "bybit"

    def __init__(self, address: str | None) -> None:
        self._address = (address or "https://api.bybit.com").rstrip("/")

    async def prices(self, http: Http, symbols: Mapping[str, str]) -> list[Price]:
        rows = await self._get(http, "tickers")
        return [
            Price(
                symbols[row["symbol"]],
                parse_decimal(row["lastPrice"]),
                parse_decimal(row["bid1Price"]) if row.get("bid1Price") else None,
                parse_decimal(row["ask1Price"]) if row.get("ask1Price") else None,
            )
            for row in _rows(rows)
            if row.get("symbol") in symbols
        ]

    async def bars(self, http: Http, spelling: str, minutes: int, until: datetime) -> list[Candle]:
        rows = await self._get(
            http,
            "kline",
            symbol=spelling,
            interval=str(minutes),
            end=str(_milliseconds(until) - 1),
            limit=str(_PAGE),
        )
        return [_candle(row, minutes) for row in reversed(rows)]

    async def _get(self, http: Http, what: str, **query: str) -> Any:
        answer = await http.get(f"{self._address}/v5/market/{what}", category="spot", **query)
        if answer.get("retCode") != "0":
            raise Unavailable(f"bybit answers {answer.get('retCode')}: {answer.get('retMsg')}")
        return answer["result"]["list"]


class LiveFeed:
    """Polls one source; after a few failures in a row the next one. Never invents a price."""

    name = "live"
    live = True

    def __init__(self, symbols: Sequence[str], sources: Sequence[Source], clock: Clock) -> None:
        self._wanted = {symbol.replace("/", ""): symbol for symbol in symbols}
        self._sources = tuple(sources)
        self._clock = clock
        self._http = Http()
        self._at = 0
        self._failures = 0
        self._listed: tuple[str, ...] = ()

    @property
    def symbols(self) -> tuple[str, ...]:
        return self._listed

    async def probe(self) -> bool:
        """Whether any source answers now, within a few seconds."""
        for at, source in enumerate(self._sources):
            try:
                async with asyncio.timeout(limits.LIVE_PROBE_TIMEOUT_S):
                    await self._poll(source)
                self._at = at
                return True
            except (TimeoutError, Unavailable) as error:
                _log.info("no live prices", source=source.name, reason=str(error))
        await self.close()
        return False

    async def run(self, ear: Ear) -> None:
        """Poll once a second; wait longer and longer while nobody answers."""
        try:
            while True:
                pause = limits.LIVE_POLL_S
                try:
                    await self._tell(ear, await self._poll(self._sources[self._at]))
                    self._failures = 0
                except Unavailable as error:
                    pause = self._failed(error)
                await self._clock.sleep(pause)
        finally:
            await self.close()

    async def close(self) -> None:
        """Let go of the connection; the feed may be used again afterwards."""
        await self._http.close()

    async def history(self, symbol: str, until: datetime) -> Sequence[Candle]:
        """Real bars as far as the source gives them; none when it does not answer."""
        spelling = symbol.replace("/", "")
        source = self._sources[self._at]
        try:
            minutes = await source.bars(self._http, spelling, 1, until)
            first = minutes[0].at.replace(minute=0) + timedelta(hours=1) if minutes else until
            hours = await source.bars(self._http, spelling, 60, first)
        except (CountersignError, LookupError, TypeError, ValueError, AttributeError) as error:
            _log.warning("no history", symbol=symbol, source=source.name, reason=str(error))
            return ()
        return [*(bar for bar in hours if bar.at < first), *(m for m in minutes if m.at >= first)]

    async def _poll(self, source: Source) -> list[Price]:
        try:
            prices = await source.prices(self._http, self._wanted)
        except (KeyError, TypeError, AttributeError, CountersignError) as error:
            if isinstance(error, Unavailable):
                raise
            raise Unavailable(f"{source.name} sent something else than prices: {error}") from error
        if not prices:
            raise Unavailable(f"{source.name} sent no price of anything we asked for")
        self._listed = tuple(s for s in self._wanted.values() if s in _names(prices))
        return prices

    async def _tell(self, ear: Ear, prices: Sequence[Price]) -> None:
        now = self._clock.now()
        for one in prices:
            await ear.tick(Tick(one.symbol, one.price, now, one.bid, one.ask))
        ear.beat()

    def _failed(self, error: Unavailable) -> float:
        self._failures += 1
        source = self._sources[self._at]
        _log.warning("live prices lost", source=source.name, reason=str(error))
        if self._failures % limits.LIVE_FAILURES_BEFORE_NEXT == 0:
            self._at = (self._at + 1) % len(self._sources)
        return min(limits.LIVE_POLL_S * 2.0 ** min(self._failures, 8), limits.LIVE_BACKOFF_MAX_S)


def _names(prices: Sequence[Price]) -> frozenset[str]:
    return frozenset(one.symbol for one in prices)


def _rows(rows: Any) -> list[dict[str, Any]]:
    if not isinstance(rows, list):
        raise TypeError("expected a list")
    return [row for row in rows if isinstance(row, dict)]


def _candle(row: Sequence[str], minutes: int) -> Candle:
    at = datetime.fromtimestamp(int(row[0]) // 1000, UTC)
    opened, high, low, close, volume = (parse_decimal(text) for text in row[1:6])
    return Candle(at, opened, high, low, close, volume, minutes)


def _milliseconds(at: datetime) -> int:
    return int(at.timestamp()) * 1000
