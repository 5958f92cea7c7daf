"""The market in the tester's hands: read the simulated prices, set one."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any, Final, Protocol

from aiohttp import web

from app.sandbox.page.answers import read_object, read_text
from foundation.errors import Conflict, InvalidInput
from foundation.money import parse_decimal, plain

_SYMBOL_MAX: Final = 40


class MarketControl(Protocol):
    """What moves the simulated market; the wiring brings it."""

    async def prices(self) -> dict[str, str]:
        """The last price of every symbol, as plain decimal text."""
        ...

    async def set_price(self, symbol: str, price: Decimal) -> None:
        """Move one symbol; raises InvalidInput for a symbol that is not simulated."""
        ...


class MarketRoutes:
    """`GET` and `POST /sandbox/market`; `market` is None while prices are not simulated.

    `moved(symbol, price)` is told after a price was set.
    """

    def __init__(self, market: MarketControl | None, moved: Callable[[str, str], None]) -> None:
        self._market = market
        self._moved = moved

    def add_routes(self, app: web.Application) -> None:
        app.router.add_get("/sandbox/market", self._read)
        app.router.add_post("/sandbox/market", self._write)

    async def _read(self, _request: web.Request) -> web.Response:
        prices = await self._market.prices() if self._market is not None else {}
        return web.json_response({"simulated": self._market is not None, "prices": prices})

    async def _write(self, request: web.Request) -> web.Response:
        symbol, price = read_price(await read_object(request))
        if self._market is None:
            raise Conflict(
                "prices come from a real feed now; start with MARKET_FEED=simulated to set them",
                code="market_not_simulated",
            )
        await self._market.set_price(symbol, price)
        told = {"symbol": symbol, "price": plain(price)}
        self._moved(symbol, told["price"])
        return web.json_response(told)


def read_price(body: dict[str, Any]) -> tuple[str, Decimal]:
    """The symbol and price asked for; raises InvalidInput naming the field at fault."""
    symbol = read_text(body, "symbol", _SYMBOL_MAX).upper()
    if "price" not in body:
        raise InvalidInput('price is missing: send it as text, like "64000"', field="price")
    price = parse_decimal(body["price"], "price")
    if price <= 0:
        raise InvalidInput("price must be above zero", field="price")
    return symbol, price
