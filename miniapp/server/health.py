"""Is it alive, is it ready, and what do the numbers say."""

from __future__ import annotations

import asyncio
import hmac
import ipaddress
from collections.abc import Sequence
from dataclasses import asdict
from typing import NamedTuple

from aiohttp import hdrs, web
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from engine.api.installation import STATES
from engine.api.views import EngineHealth, FeedHealth
from engine.api.vitals import EngineVitals
from foundation import limits
from foundation.errors import Unavailable
from miniapp.server import metrics
from miniapp.server.deps import deps
from miniapp.server.faults import known_fault
from miniapp.server.openapi.problem import problem


async def health(request: web.Request) -> web.StreamResponse:
    """Liveness: this process answers. Says beside what it knows of the rest."""
    body: dict[str, object] = {"status": "ok"}
    try:
        engine, feeds, vitals, trading = await _look(request)
    except Unavailable:
        return web.json_response(body | {"database": False})
    body |= {
        "database": True,
        "engine": {"running": engine.running, "heartbeat_age": engine.heartbeat_age},
        "feed": {
            "name": feeds[0].feed,
            "live": feeds[0].live,
            "heartbeat_age": feeds[0].heartbeat_age,
        },
        "feeds": [
            {"board": f.board, "market": f.market, "heartbeat_age": f.heartbeat_age} for f in feeds
        ],
        "orders_unknown": engine.orders_unknown,
        "trading": trading,
    }
    if vitals is not None:
        inside = asdict(vitals)
        body |= {"venues": inside.pop("venues"), "load": inside}
    return web.json_response(body)


async def ready(request: web.Request) -> web.StreamResponse:
    """503 only when the database or the engine is away, or the engine's loop stood still."""
    try:
        engine, _, vitals, _ = await _look(request)
    except Unavailable:
        return problem(503, "database_away", "The database does not answer.")
    if not engine.running:
        return problem(503, "engine_away", "The engine has not reported for a while.")
    if vitals is not None and vitals.stalled_s > 0:
        text = f"The engine's event loop stood still for {vitals.stalled_s:.0f} s."
        return problem(503, "engine_stalled", text)
    return web.json_response({"status": "ready"})


async def prometheus(request: web.Request) -> web.StreamResponse:
    """Metrics, for loopback or whoever has METRICS_TOKEN."""
    if not _may_see_metrics(request):
        return problem(401, "no_metrics_token", "Send METRICS_TOKEN as a bearer token.")
    try:
        engine, feeds, vitals, trading = await _look(request)
    except Unavailable:
        pass  # the gauges keep their last value; the request metrics matter all the more now
    else:
        metrics.INBOX_WAITING.set(engine.inbox_waiting)
        metrics.ORDERS_UNKNOWN.set(engine.orders_unknown)
        metrics.ENGINE_HEARTBEAT.set(_or_nan(engine.heartbeat_age))
        for feed in feeds:
            metrics.FEED_AGE.labels(feed.board, feed.market).set(_or_nan(feed.heartbeat_age))
        for state in STATES:
            metrics.TRADING.labels(state).set(state == trading)
        if vitals is not None:
            _inside(vitals)
    body = generate_latest()
    return web.Response(body=body, headers={hdrs.CONTENT_TYPE: CONTENT_TYPE_LATEST})


def _inside(vitals: EngineVitals) -> None:
    metrics.LOOP_LAG.set(vitals.loop_lag)
    metrics.LEFT_OUT.set(len(vitals.left_out))
    metrics.RECONCILED_AGE.set(_or_nan(vitals.reconciled_age))
    for venue in vitals.venues:
        metrics.VENUE_REACHABLE.labels(venue.name).set(venue.reachable)
        metrics.VENUE_ENTRIES_HELD.labels(venue.name).set(venue.breaker != "closed")
        latency = None if venue.latency_ms is None else venue.latency_ms / 1000
        for gauge, value in (
            (metrics.VENUE_LATENCY, latency),
            (metrics.VENUE_CLOCK_OFFSET, venue.clock_offset_s),
            (metrics.VENUE_LIMIT_USED, venue.limit_used),
            (metrics.VENUE_RULES_AGE, venue.rules_age_s),
            (metrics.VENUE_STREAM_AGE, venue.stream_age_s),
        ):
            gauge.labels(venue.name).set(_or_nan(value))


class _Looked(NamedTuple):
    engine: EngineHealth
    feeds: Sequence[FeedHealth]
    vitals: EngineVitals | None
    trading: str


async def _look(request: web.Request) -> _Looked:
    """Raises Unavailable when the database does not answer, or not soon."""
    front = deps(request).front
    try:
        async with asyncio.timeout(limits.HEALTH_LOOK_S):
            return _Looked(
                await front.performance.engine(),
                await front.markets.feeds(),
                await front.performance.vitals(),
                (await front.installation.get()).state,
            )
    except Exception as error:
        known = known_fault(error)
        if known is None:
            raise
        raise Unavailable(known.text, code=known.code) from error


def _may_see_metrics(request: web.Request) -> bool:
    token = deps(request).settings.metrics_token
    if token is not None:
        given = request.headers.get(hdrs.AUTHORIZATION, "").encode(errors="replace")
        return hmac.compare_digest(given, f"Bearer {token.get_secret_value()}".encode())
    return from_here(request)


def from_here(request: web.Request) -> bool:
    """Whether the peer is this machine itself and passes on nobody else's request."""
    if any(name in request.headers for name in ("X-Forwarded-For", "Forwarded")):
        return False
    try:
        return ipaddress.ip_address(request.remote or "").is_loopback
    except ValueError:
        return False


def _or_nan(value: float | None) -> float:
    return float("nan") if value is None else value
