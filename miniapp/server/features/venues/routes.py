"""Venues: whether they answer, how fast, and what holds orders back there."""

from __future__ import annotations

from aiohttp import web

from engine.api.venue_views import VenuesView
from miniapp.server.deps import front
from miniapp.server.openapi.layer import Api

api = Api("venues")


@api.route("GET", "/api/v1/venues", polled=True)
async def list_venues(request: web.Request) -> VenuesView:
    """How each venue does, as the engine last saw it; ages and latency are its measurements."""
    return await front(request).performance.venues()
