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
    """A symbol as ``BTC-USDT`` or url-encoded ``BTC%2FUSDT``; a perpetual ``BTC-USDT:USDT``."""

    symbol: Annotated[str, Field(pattern=r"^[A-Z0-9]{1,20}[/-][A-Z0-9]{1,10}(:[A-Z0-9]{1,10})?$")]


class CandlesQuery(BaseModel):
    """Bars of ``timeframe`` minutes, the newest last, of the board an account or position names."""

    model_config = ConfigDict(extra="forbid")

    timeframe: int = Field(15, ge=1, le=10_080)
    limit: int = Field(160, ge=1, le=1000)
    board: str = Field("paper", pattern=r"^[a-z0-9]{1,20}(-test)?$")


@api.route("GET", "/api/v1/markets/{symbol}/candles", errors={404: "No such symbol"})
async def list_candles(
    request: web.Request, path: SymbolPath, query: CandlesQuery
) -> Page[CandleView]:
    """Bars of a symbol, oldest first."""
    symbol = path.symbol.replace("-", "/")
    markets = front(request).markets
    return Page(await markets.candles(symbol, query.timeframe, query.limit, query.board))


@api.route("GET", "/api/v1/markets")
async def feed_health(request: web.Request) -> FeedHealth:
    """Where paper's prices come from, how fresh they are, and for which symbols."""
    return await front(request).markets.feed_health()


@api.route("GET", "/api/v1/feeds")
async def list_feeds(request: web.Request) -> Page[FeedHealth]:
    """The same of every board and market: paper's first, then each exchange somebody is at."""
    return Page(await front(request).markets.feeds())
