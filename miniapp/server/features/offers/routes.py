"""Offers: what waits for a decision, the decision, and taking it back."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema

from engine.api.views import OfferView, Page
from miniapp.server.deps import front, origin, user_id
from miniapp.server.features.common import AccountQuery, IdPath, PageQuery
from miniapp.server.openapi.layer import Api

api = Api("offers")
SizeFactor = Annotated[
    Decimal,
    Field(gt=0, le=1, max_digits=5, decimal_places=4),
    WithJsonSchema({"type": "string", "pattern": r"^(1|1\.0{1,4}|0\.[0-9]{1,4})$"}),
]
DECIDED = {
    403: "Not allowed",
    404: "No such offer",
    409: "Already decided, by whom and when",
    410: "Expired",
}


class OffersQuery(AccountQuery, PageQuery):
    """Offers in one state, or all."""

    status: Literal["pending", "approved", "rejected", "expired", "withdrawn"] | None = None


class DecisionBody(BaseModel):
    """A decision on the offer as it was seen: ``version`` must still be its version."""

    model_config = ConfigDict(extra="forbid")

    decision: Literal["approve", "reject"]
    version: int = Field(ge=1, le=2_000_000_000, strict=True)
    size_factor: SizeFactor | None = None


@api.route("GET", "/api/v1/offers", errors={404: "No such account"}, polled=True)
async def list_offers(request: web.Request, query: OffersQuery) -> Page[OfferView]:
    """Offers of one account, or of all the person's, newest first."""
    return await front(request).offers.list(
        user_id(request), query.status, query.limit, query.cursor, query.account
    )


@api.route("GET", "/api/v1/offers/{id}", errors={404: "No such offer"}, polled=True)
async def get_offer(request: web.Request, path: IdPath) -> OfferView:
    """One offer."""
    return await front(request).offers.get(user_id(request), path.id)


@api.route("POST", "/api/v1/offers/{id}/decision", errors=DECIDED)
async def decide_offer(request: web.Request, path: IdPath, body: DecisionBody) -> OfferView:
    """Approve or reject; the first decision wins everywhere."""
    return await front(request).offers.decide(
        user_id(request),
        path.id,
        body.decision,
        body.version,
        "app",
        body.size_factor,
        origin(request),
    )


@api.route("POST", "/api/v1/offers/{id}/undo", errors=DECIDED)
async def undo_offer(request: web.Request, path: IdPath) -> OfferView:
    """Take an approval back while its undo window is open."""
    return await front(request).offers.undo(user_id(request), path.id, "app", origin(request))
