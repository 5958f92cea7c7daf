"""The waiting queue: who waits, why in this order, promote, force in and remove."""

from __future__ import annotations

from aiohttp import web

from engine.api.queue_views import QueueView
from engine.api.views import Accepted, Page
from miniapp.server.deps import front, user_id
from miniapp.server.features.common import AccountQuery, IdPath, PageQuery, acting_key
from miniapp.server.openapi.layer import Api

api = Api("queue")
ERRORS = {404: "No such waiting signal", 409: "Not possible now"}


class QueueQuery(AccountQuery, PageQuery):
    """The queue is short: it comes whole, and the page fields are accepted for likeness."""


@api.route("GET", "/api/v1/queue", errors={404: "No such account"}, polled=True)
async def list_queue(request: web.Request, query: QueueQuery) -> Page[QueueView]:
    """Signals that wait for a slot, in rank order."""
    return Page(await front(request).queue.list(user_id(request), query.account))


@api.route("POST", "/api/v1/queue/{id}/promote", errors=ERRORS)
async def promote_queued(request: web.Request, path: IdPath) -> Page[QueueView] | Accepted:
    """Give a waiting signal a free slot now."""
    done = await front(request).queue.promote(user_id(request), path.id, acting_key(request))
    return done if isinstance(done, Accepted) else Page(done)


@api.route("POST", "/api/v1/queue/{id}/force", errors=ERRORS)
async def force_queued(request: web.Request, path: IdPath) -> Page[QueueView] | Accepted:
    """Let a waiting signal in although all slots are taken; ask the person to confirm first."""
    done = await front(request).queue.force_add(user_id(request), path.id, acting_key(request))
    return done if isinstance(done, Accepted) else Page(done)


@api.route("DELETE", "/api/v1/queue/{id}", errors=ERRORS)
async def remove_queued(request: web.Request, path: IdPath) -> Page[QueueView] | Accepted:
    """Take a waiting signal out of the queue."""
    done = await front(request).queue.remove(user_id(request), path.id, acting_key(request))
    return done if isinstance(done, Accepted) else Page(done)
