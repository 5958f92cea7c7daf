"""Markets: bars for charts."""

from __future__ import annotations

from typing import Annotated

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from engine.api.views import CandleView, FeedHealth, Page
from miniapp.server.deps import front
from miniapp.server.openapi.layer import Api

api = Api("markets")


class SymbolPath(BaseModel):
    """A symbol as ``BTC-USDT`` or url-encoded ``BTC%2FUSDT``."""

    symbol: Annotated[str, Field(pattern=r"^[A-Z0-9]{1,20}[/-][A-Z0-9]{1,10}$")]


class CandlesQuery(BaseModel):
    """Bars of ``timeframe`` minutes, the newest last."""

    model_config = ConfigDict(extra="forbid")

    timeframe: int = Field(15, ge=1, le=10_080)
    limit: int = Field(160, ge=1, le=1000)


@api.route("GET", "/api/v1/markets/{symbol}/candles", errors={404: "No such symbol"})
async def list_candles(
    request: web.Request, path: SymbolPath, query: CandlesQuery
) -> Page[CandleView]:
    """Bars of a symbol, oldest first."""
    symbol = path.symbol.replace("-", "/")
    return Page(await front(request).markets.candles(symbol, query.timeframe, query.limit))


@api.route("GET", "/api/v1/markets")
async def feed_health(request: web.Request) -> FeedHealth:
    """Where prices come from, how fresh they are, and for which symbols."""
    return await front(request).markets.feed_health()
