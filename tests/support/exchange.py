"""Public prices of Binance and Bybit spot over HTTP and WebSocket on loopback."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import WSMsgType, web
from aiohttp.test_utils import TestServer

MINUTE_MS = 60_000


class PublicPrices:
    """Both exchanges' ticker and kline endpoints; ``fails`` makes every answer a 503.

    Streams are refused unless ``streams``; ``push`` tells a price to whoever subscribed to it.
    """

    def __init__(self) -> None:
        self.prices = {"BTCUSDT": "65000.10", "ETHUSDT": "3200.5", "NOSUCHPAIR": "1"}
        self.fails = False
        self.nonsense = False
        self.streams = False
        self.deaf = False
        """Streams open, and neither subscribe nor tell anything."""
        self.links: dict[web.WebSocketResponse, set[str]] = {}
        self.meanwhile: Callable[[], Awaitable[None]] | None = None
        """What happens while the next answer is on its way."""
        self.opened = 0
        self.pings = 0
        self.asked: Counter[str] = Counter()
        self.categories: Counter[str] = Counter()
        app = web.Application()
        app.router.add_get("/api/v3/ticker/price", self._binance_prices)
        app.router.add_get("/api/v3/klines", self._binance_bars)
        app.router.add_get("/v5/market/tickers", self._bybit_prices)
        app.router.add_get("/v5/market/kline", self._bybit_bars)
        app.router.add_get("/fapi/v1/ticker/price", self._binance_prices)
        app.router.add_get("/fapi/v1/klines", self._binance_bars)
        app.router.add_get("/v5/public/linear", self._stream)
        app.router.add_get("/ws", self._stream)
        app.router.add_get("/v5/public/spot", self._stream)
        self._server = TestServer(app)

    async def __aenter__(self) -> PublicPrices:
        await self._server.start_server()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.hang_up()
        await self._server.close()

    @property
    def url(self) -> str:
        return str(self._server.make_url("")).rstrip("/")

    async def push(self, name: str, price: str) -> None:
        """The price moves, and the streams tell it at once."""
        self.prices[name] = price
        for link, topics in list(self.links.items()):
            if f"{name.lower()}@aggTrade" in topics:
                await link.send_json({"e": "aggTrade", "E": 1, "s": name, "p": price, "q": "1"})
            if f"tickers.{name}" in topics:
                row = {"symbol": name, "lastPrice": price, "highPrice24h": price}
                told = {"topic": f"tickers.{name}", "type": "snapshot", "ts": 1, "data": row}
                await link.send_json(told)

    async def hang_up(self) -> None:
        for link in list(self.links):
            await link.close()

    async def _stream(self, request: web.Request) -> web.StreamResponse:
        if not self.streams:
            return web.Response(status=503)
        link = web.WebSocketResponse()
        await link.prepare(request)
        self.links[link] = set()
        self.opened += 1
        try:
            async for message in link:
                if message.type is WSMsgType.TEXT and not self.deaf:
                    await self._said(link, json.loads(message.data))
        finally:
            self.links.pop(link, None)
        return link

    async def _said(self, link: web.WebSocketResponse, said: dict[str, Any]) -> None:
        if said.get("op") == "ping":
            self.pings += 1
            await link.send_json({"success": True, "ret_msg": "pong", "op": "ping"})
            return
        topics = said.get("params") or said.get("args") or []
        unknown = [one for one in topics if one.removeprefix("tickers.") in {"ADAUSDT"}]
        if "args" in said and (unknown or len(topics) > 10):
            await link.send_json({"success": False, "ret_msg": f"Invalid symbol: {unknown}"})
            return
        self.links[link] |= set(topics)
        await link.send_json({"result": None, "id": 1} if "id" in said else {"success": True})

    async def _pass(self) -> None:
        """Let what was to happen meanwhile happen, and time for it to be heard."""
        meanwhile, self.meanwhile = self.meanwhile, None
        if meanwhile is not None:
            await meanwhile()
            await asyncio.sleep(0.05)

    def _answer(self, request: web.Request, body: Any) -> web.Response:
        self.asked[request.path] += 1
        if "category" in request.query:
            self.categories[request.query["category"]] += 1
        if self.fails:
            return web.Response(status=503)
        if self.nonsense:
            return web.json_response({"something": "else"})
        return web.json_response(body)

    async def _binance_prices(self, request: web.Request) -> web.Response:
        wanted = json.loads(request.query.get("symbols", "null"))
        if wanted is not None and any(one not in self.prices for one in wanted):
            return web.json_response({"code": -1121, "msg": "Invalid symbol."}, status=400)
        names = self.prices if wanted is None else wanted
        rows = [{"symbol": n, "price": self.prices[n]} for n in names]
        await self._pass()
        return self._answer(request, rows)

    async def _binance_bars(self, request: web.Request) -> web.Response:
        rows = self._bars(request, "interval", {"1m": 1, "1h": 60}, "endTime")
        return self._answer(request, [[*row, 0, "0", 1, "0", "0", "0"] for row in rows])

    async def _bybit_prices(self, request: web.Request) -> web.Response:
        rows = [
            {"symbol": n, "lastPrice": p, "bid1Price": p, "ask1Price": p}
            for n, p in self.prices.items()
        ]
        await self._pass()
        body = {"retCode": 0, "retMsg": "OK", "result": {"category": "spot", "list": rows}}
        return self._answer(request, body)

    async def _bybit_bars(self, request: web.Request) -> web.Response:
        rows = self._bars(request, "interval", {"1": 1, "60": 60}, "end")
        newest_first = [[str(cell) for cell in row] for row in reversed(rows)]
        return self._answer(request, {"retCode": 0, "result": {"list": newest_first}})

    def _bars(
        self, request: web.Request, key: str, lengths: dict[str, int], end: str
    ) -> list[list[Any]]:
        length = lengths[request.query[key]] * MINUTE_MS
        last = int(request.query[end]) // length * length
        price = self.prices[request.query["symbol"]]
        return [[last - n * length, price, price, price, price, "2.5"] for n in (2, 1, 0)]
