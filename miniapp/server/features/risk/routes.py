"""The risk engine: the plan before it runs, its history, run now, block and skip."""

from __future__ import annotations

from typing import Literal

from aiohttp import web
from pydantic import BaseModel, ConfigDict

from engine.api.risk_views import RiskActionView, RiskView
from engine.api.views import Accepted, Page
from miniapp.server.deps import front, user_id
from miniapp.server.features.common import Id, IdPath, PageQuery, acting_key
from miniapp.server.openapi.layer import Api

api = Api("risk")
NO_ACCOUNT = {404: "No such account"}


class RiskQuery(BaseModel):
    """Whose risk engine."""

    model_config = ConfigDict(extra="forbid")

    account: Id


class ActionsQuery(PageQuery):
    """Whose risk engine, and which page of what it did."""

    account: Id
    repeats: bool = False


class RunBody(BaseModel):
    """Whose losers are to be reviewed now."""

    model_config = ConfigDict(extra="forbid")

    account: Id


class MarkBody(BaseModel):
    """What the risk engine is to do with a position."""

    model_config = ConfigDict(extra="forbid")

    action: Literal["block", "unblock", "skip_once"]


@api.route("GET", "/api/v1/risk", errors=NO_ACCOUNT, polled=True)
async def get_risk(request: web.Request, query: RiskQuery) -> RiskView:
    """What a review would do now: loser, winners, figures, and why each position is what it is."""
    return await front(request).risk.show(user_id(request), query.account)


@api.route("GET", "/api/v1/risk/actions", errors=NO_ACCOUNT)
async def list_risk_actions(request: web.Request, query: ActionsQuery) -> Page[RiskActionView]:
    """Reviews that found a loser and everything that was done, newest first.

    With ``repeats`` also those that found what the review before had found.
    """
    return await front(request).risk.history(
        user_id(request), query.account, query.limit, query.cursor, repeats=query.repeats
    )


@api.route(
    "POST",
    "/api/v1/risk/run",
    errors={**NO_ACCOUNT, 409: "Halted, switched off, or a plan runs"},
)
async def run_risk(request: web.Request, body: RunBody) -> RiskView | Accepted:
    """Review the losers now, whatever the interval."""
    return await front(request).risk.run_now(user_id(request), body.account, acting_key(request))


@api.route(
    "POST", "/api/v1/groups/{id}/risk", errors={404: "No such position", 409: "It is closed"}
)
async def mark_risk(request: web.Request, path: IdPath, body: MarkBody) -> RiskView | Accepted:
    """Block or unblock a position for the risk engine, or have it skipped once."""
    return await front(request).risk.mark(
        user_id(request), path.id, body.action, acting_key(request)
    )
