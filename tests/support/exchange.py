"""Public market data of Binance and Bybit spot, as far as prices go, over HTTP on loopback."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer

MINUTE_MS = 60_000


class PublicPrices:
    """Both exchanges' ticker and kline endpoints; ``fails`` makes every answer a 503."""

    def __init__(self) -> None:
        self.prices = {"BTCUSDT": "65000.10", "ETHUSDT": "3200.5", "NOSUCHPAIR": "1"}
        self.fails = False
        self.nonsense = False
        self.asked: Counter[str] = Counter()
        app = web.Application()
        app.router.add_get("/api/v3/ticker/price", self._binance_prices)
        app.router.add_get("/api/v3/klines", self._binance_bars)
        app.router.add_get("/v5/market/tickers", self._bybit_prices)
        app.router.add_get("/v5/market/kline", self._bybit_bars)
        self._server = TestServer(app)

    async def __aenter__(self) -> PublicPrices:
        await self._server.start_server()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._server.close()

    @property
    def url(self) -> str:
        return str(self._server.make_url("")).rstrip("/")

    def _answer(self, request: web.Request, body: Any) -> web.Response:
        self.asked[request.path] += 1
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
        return self._answer(request, [{"symbol": n, "price": self.prices[n]} for n in names])

    async def _binance_bars(self, request: web.Request) -> web.Response:
        rows = self._bars(request, "interval", {"1m": 1, "1h": 60}, "endTime")
        return self._answer(request, [[*row, 0, "0", 1, "0", "0", "0"] for row in rows])

    async def _bybit_prices(self, request: web.Request) -> web.Response:
        rows = [
            {"symbol": n, "lastPrice": p, "bid1Price": p, "ask1Price": p}
            for n, p in self.prices.items()
        ]
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
