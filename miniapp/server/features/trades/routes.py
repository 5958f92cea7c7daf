"""Results in full: trades of the past, sums by period, equity over time."""

from __future__ import annotations

from typing import Annotated, Literal

from aiohttp import web
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from engine.api.trade_views import (
    EquityPoint,
    PeriodView,
    TradeDetail,
    TradeResult,
    TradeView,
)
from engine.api.trades import TradeQuery
from engine.api.views import Page
from foundation import limits
from miniapp.server.deps import front, user_id
from miniapp.server.features.common import Cursor, Id, IdPath
from miniapp.server.openapi.layer import Api

api = Api("trades")
NO_ACCOUNT = {404: "No such account"}
Symbol = Annotated[str, Field(pattern=r"^[A-Z0-9]{1,20}[/-][A-Z0-9]{1,10}(:[A-Z0-9]{1,10})?$")]
Word = Annotated[str, Field(pattern=r"^[a-z0-9_.:\-]{1,64}$")]


class ResultsQuery(BaseModel):
    """Which trades; what is left out is not asked for."""

    model_config = ConfigDict(extra="forbid")

    account: Id | None = None
    symbol: Symbol | None = None
    timeframe: int | None = Field(None, ge=1, le=limits.CANDLE_TIMEFRAME_MAX_MIN)
    side: Literal["long", "short"] | None = None
    status: TradeResult | None = None
    source: Word | None = None
    exit_reason: Word | None = None
    since: AwareDatetime | None = None
    until: AwareDatetime | None = None


class TradesQuery(ResultsQuery):
    """A page of them."""

    limit: int = Field(limits.PAGE_DEFAULT, ge=1, le=limits.PAGE_MAX)
    cursor: Cursor = None


class PeriodsQuery(ResultsQuery):
    """Summed by day, week or month."""

    by: Literal["day", "week", "month"] = "day"


class EquityQuery(BaseModel):
    """Whose equity, over how many days."""

    model_config = ConfigDict(extra="forbid")

    account: Id
    days: int = Field(30, ge=1, le=limits.PROFIT_DAYS_MAX)


def _query(given: ResultsQuery) -> TradeQuery:
    return TradeQuery(
        account_id=given.account,
        symbol=given.symbol.replace("-", "/") if given.symbol else None,
        timeframe=given.timeframe,
        side=given.side,
        status=given.status,
        source=given.source,
        exit_reason=given.exit_reason,
        since=given.since,
        until=given.until,
    )


@api.route("GET", "/api/v1/trades", errors=NO_ACCOUNT, polled=True)
async def list_trades(request: web.Request, query: TradesQuery) -> Page[TradeView]:
    """Trades with how they went, last closed first."""
    return await front(request).trades.list(
        user_id(request), _query(query), query.limit, query.cursor
    )


@api.route("GET", "/api/v1/trades/{id}", errors={404: "No such trade"})
async def get_trade(request: web.Request, path: IdPath) -> TradeDetail:
    """One trade with its orders and executions."""
    return await front(request).trades.get(user_id(request), path.id)


@api.route("GET", "/api/v1/performance/periods", errors=NO_ACCOUNT)
async def list_periods(request: web.Request, query: PeriodsQuery) -> Page[PeriodView]:
    """Results by day, week or month, latest first."""
    return Page(await front(request).trades.periods(user_id(request), _query(query), query.by))


@api.route("GET", "/api/v1/performance/equity", errors=NO_ACCOUNT)
async def list_equity(request: web.Request, query: EquityQuery) -> Page[EquityPoint]:
    """Equity over time, oldest first."""
    return Page(await front(request).trades.equity(user_id(request), query.account, query.days))
