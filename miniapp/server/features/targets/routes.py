"""Switching how an open position takes its profit, after a look at what that changes."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from engine.api.targets import (
    TakeProfitExecution,
    TakeProfitMode,
    TargetsPreview,
    TargetsWish,
)
from engine.api.views import Accepted
from miniapp.server.deps import front, user_id
from miniapp.server.features.common import IdPath, acting_key
from miniapp.server.openapi.layer import Api

api = Api("targets")
ERRORS = {404: "No such position", 409: "Not possible now"}


class TargetsBody(BaseModel):
    """How it should take its profit; what is left out stays as it is."""

    model_config = ConfigDict(extra="forbid")

    tp_mode: TakeProfitMode | None = None
    tp_execution: TakeProfitExecution | None = None
    tp_aggregate_percent: (
        Annotated[Decimal, Field(gt=0, le=1000, max_digits=12, decimal_places=6)] | None
    ) = None

    def wish(self) -> TargetsWish:
        return TargetsWish(self.tp_mode, self.tp_execution, self.tp_aggregate_percent)


@api.route("POST", "/api/v1/groups/{id}/targets/preview", errors=ERRORS)
async def preview_targets(request: web.Request, path: IdPath, body: TargetsBody) -> TargetsPreview:
    """The targets before and after, and resting orders that would be cancelled."""
    return await front(request).targets.preview(user_id(request), path.id, body.wish())


@api.route("POST", "/api/v1/groups/{id}/targets", errors=ERRORS)
async def switch_targets(
    request: web.Request, path: IdPath, body: TargetsBody
) -> TargetsWish | Accepted:
    """Switch an open position's targets."""
    return await front(request).targets.switch(
        user_id(request), path.id, body.wish(), acting_key(request)
    )
