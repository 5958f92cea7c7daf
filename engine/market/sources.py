"""The exchanges live prices come from: their public REST, and the manners of their streams.

Spot and perpetuals are sources of their own, on the main and on the test net: other addresses,
other books, the same words. An address from the settings takes the place of either net's.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final, Protocol
from urllib.parse import urlsplit

import aiohttp

from engine.domain.words import MarketKind
from engine.market.candle import Candle
from foundation import limits
from foundation.errors import Unavailable
from foundation.money import parse_decimal

_PAGE: Final = 1_000
_BINANCE_HOMES: Final[Mapping[tuple[MarketKind, bool], tuple[str, str]]] = {
    (MarketKind.SPOT, False): ("https://api.binance.com", "wss://stream.binance.com:9443"),
    (MarketKind.SPOT, True): (
        "https://testnet.binance.vision",
        "wss://stream.testnet.binance.vision",
    ),
    (MarketKind.LINEAR, False): ("https://fapi.binance.com", "wss://fstream.binance.com"),
    (MarketKind.LINEAR, True): ("https://demo-fapi.binance.com", "wss://fstream.binancefuture.com"),
}
"""Where it answers and where it streams, by market and whether that is the test net."""
_BINANCE_TOPICS: Final = 150
"""Topics of one subscription: its text stays under 4 KiB, and few messages a second are allowed."""
_BYBIT_TOPICS: Final = 10
"""Topics one subscription may name on spot."""


class Source(Protocol):
    """One exchange's public prices. ``symbols`` map its spelling to ours."""

    @property
    def name(self) -> str: ...

    def spelling(self, symbol: str) -> str:
        """How it writes one of our symbols."""
        ...

    async def prices(self, http: Http, symbols: Mapping[str, str]) -> list[Price]:
        """Last prices of these symbols, as far as it lists them."""
        ...

    async def bars(self, http: Http, spelling: str, minutes: int, until: datetime) -> list[Candle]:
        """Up to a page of bars before ``until``, oldest first."""
        ...

    @property
    def stream(self) -> str:
        """Address of its stream of prices."""
        ...

    @property
    def ping(self) -> Mapping[str, Any] | None:
        """What it wants to hear now and then; None when the protocol's own ping is enough."""
        ...

    def subscriptions(self, spellings: Sequence[str]) -> list[Mapping[str, Any]]:
        """What to say after connecting."""
        ...

    def heard(self, message: Any, symbols: Mapping[str, str]) -> list[Price | Still]:
        """Prices in a message of the stream; Unavailable when it refuses to tell any."""
        ...


@dataclass(frozen=True, slots=True)
class Price:
    symbol: str
    price: Decimal
    bid: Decimal | None = None
    ask: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Still:
    """A sign of life of a symbol whose price is what it was."""

    symbol: str


class Http:
    """GET of JSON and streams with bounds; whatever goes wrong with a GET is Unavailable."""

    def __init__(self) -> None:
        self._session: aiohttp.ClientSession | None = None

    @property
    def session(self) -> aiohttp.ClientSession:
        if self._session is None:
            timeout = aiohttp.ClientTimeout(total=limits.LIVE_REQUEST_TIMEOUT_S)
            self._session = aiohttp.ClientSession(timeout=timeout, trust_env=True)
        return self._session

    async def get(self, url: str, **query: str) -> Any:
        try:
            async with self.session.get(url, params=query) as answer:
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
    ping = None

    def __init__(
        self, address: str | None, market: MarketKind = MarketKind.SPOT, *, test_net: bool = False
    ) -> None:
        self._spot = market is MarketKind.SPOT
        own, self._stream = _BINANCE_HOMES[market, test_net]
        self._address = (address or own).rstrip("/")
        if not _at_home(self._address, own):
            self._stream = _websocket(self._address)
        self._path = "/api/v3" if self._spot else "/fapi/v1"
        self._listed: tuple[str, ...] = ()
        self._asked = 0

    def spelling(self, symbol: str) -> str:
        return _joined(symbol)

    async def prices(self, http: Http, symbols: Mapping[str, str]) -> list[Price]:
        url = f"{self._address}{self._path}/ticker/price"
        # one unlisted symbol fails the whole request, so the first one asks for everything;
        # futures know one symbol or all of them
        query = {}
        if self._listed and self._spot and self._asked == len(symbols):
            query["symbols"] = json.dumps(self._listed, separators=(",", ":"))
        try:
            rows = await http.get(url, **query)
        except Unavailable:
            self._asked = 0  # perhaps one of them is listed no more: find out which
            raise
        found = [
            Price(symbols[row["symbol"]], parse_decimal(row["price"]))
            for row in _rows(rows)
            if row.get("symbol") in symbols
        ]
        if not query:
            self._asked = len(symbols)
            named = {one.symbol for one in found}
            self._listed = tuple(s for s, ours in symbols.items() if ours in named)
        return found

    async def bars(self, http: Http, spelling: str, minutes: int, until: datetime) -> list[Candle]:
        rows = await http.get(
            f"{self._address}{self._path}/klines",
            symbol=spelling,
            interval="1m" if minutes == 1 else "1h",
            endTime=str(_milliseconds(until) - 1),
            limit=str(_PAGE),
        )
        return [_candle(row, minutes) for row in rows]

    @property
    def stream(self) -> str:
        return f"{self._stream}/ws"

    def subscriptions(self, spellings: Sequence[str]) -> list[Mapping[str, Any]]:
        """Every trade: the last price as it changes, not a summary of the second."""
        topics = [f"{spelling.lower()}@aggTrade" for spelling in spellings]
        return [
            {"method": "SUBSCRIBE", "params": topics[at : at + _BINANCE_TOPICS], "id": at}
            for at in range(0, len(topics), _BINANCE_TOPICS)
        ]

    def heard(self, message: Any, symbols: Mapping[str, str]) -> list[Price | Still]:
        if "error" in message:
            raise Unavailable(f"binance's stream refuses: {message['error']}")
        if message.get("e") != "aggTrade" or message["s"] not in symbols:
            return []
        return [Price(symbols[message["s"]], parse_decimal(message["p"]))]


class Bybit:
    """https://bybit-exchange.github.io/docs/v5/market/tickers"""

    name = "bybit"
    ping: Mapping[str, Any] | None = {"op": "ping"}

    def __init__(
        self, address: str | None, market: MarketKind = MarketKind.SPOT, *, test_net: bool = False
    ) -> None:
        own = "https://api-testnet.bybit.com" if test_net else "https://api.bybit.com"
        self._address = (address or own).rstrip("/")
        self._category = market.value

    def spelling(self, symbol: str) -> str:
        """Perpetuals settled in USDC are written without it: ``BTCPERP``."""
        base, _, settled = symbol.partition("/")
        return f"{base}PERP" if settled == "USDC:USDC" else _joined(symbol)

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
            if row.get("symbol") in symbols and row["lastPrice"]  # none before the first trade
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
        url = f"{self._address}/v5/market/{what}"
        answer = await http.get(url, category=self._category, **query)
        if answer.get("retCode") != "0":
            raise Unavailable(f"bybit answers {answer.get('retCode')}: {answer.get('retMsg')}")
        return answer["result"]["list"]

    @property
    def stream(self) -> str:
        beside = _websocket(self._address).replace("//api.", "//stream.")
        beside = beside.replace("//api-", "//stream-")
        return f"{beside}/v5/public/{self._category}"

    def subscriptions(self, spellings: Sequence[str]) -> list[Mapping[str, Any]]:
        topics = [f"tickers.{spelling}" for spelling in spellings]
        return [
            {"op": "subscribe", "args": topics[at : at + _BYBIT_TOPICS]}
            for at in range(0, len(topics), _BYBIT_TOPICS)
        ]

    def heard(self, message: Any, symbols: Mapping[str, str]) -> list[Price | Still]:
        if message.get("success") is False:
            raise Unavailable(f"bybit's stream refuses: {message.get('ret_msg')}")
        if not str(message.get("topic", "")).startswith("tickers."):
            return []
        row = message["data"]
        ours = symbols.get(row["symbol"])
        if ours is None:
            return []
        # contracts tell a snapshot first, then only what changed of it, often all but the price
        if "lastPrice" not in row:
            return [Still(ours)]
        return [Price(ours, parse_decimal(row["lastPrice"]))]


def _joined(symbol: str) -> str:
    """``BTC/USDT`` and ``BTC/USDT:USDT`` are both ``BTCUSDT``, in other books."""
    return symbol.partition(":")[0].replace("/", "")


def _at_home(address: str, own: str) -> bool:
    """Whether an address is the exchange's own, so that its own stream belongs to it."""
    host = urlsplit(address).hostname or ""
    return address == own or host.endswith(".binance.com")


def _websocket(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme.replace('http', 'ws')}://{parts.netloc}"


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
