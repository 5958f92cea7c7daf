"""Results: the first screen, and profit over time."""

from __future__ import annotations

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from engine.api.views import HomeView, ProfitView
from foundation import limits
from miniapp.server.deps import front, user_id
from miniapp.server.features.common import Id
from miniapp.server.openapi.layer import Api

api = Api("performance")


class HomeQuery(BaseModel):
    """Whose first screen."""

    model_config = ConfigDict(extra="forbid")

    account: Id


class ProfitQuery(HomeQuery):
    """The last ``days`` days; all without it."""

    days: int | None = Field(None, ge=1, le=limits.PROFIT_DAYS_MAX)


@api.route("GET", "/api/v1/performance", errors={404: "No such account"}, polled=True)
async def home(request: web.Request, query: HomeQuery) -> HomeView:
    """Equity, P&L, pool, queue, engine and feed: the first screen."""
    return await front(request).performance.home(user_id(request), query.account)


@api.route("GET", "/api/v1/performance/profit", errors={404: "No such account"})
async def profit(request: web.Request, query: ProfitQuery) -> ProfitView:
    """What closed positions earned."""
    return await front(request).performance.profit(user_id(request), query.account, query.days)
