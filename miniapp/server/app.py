"""The aiohttp application behind every URL of the house."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from importlib.metadata import PackageNotFoundError, version

from aiohttp import web

from foundation import limits
from foundation.errors import InvalidInput, NotFound
from foundation.log import get_logger
from foundation.nursery import Nursery
from miniapp.server import health, hook, static
from miniapp.server.deps import DEPS, SESSIONS, ServerDeps, WebHandler, deps
from miniapp.server.features.registry import FEATURES
from miniapp.server.openapi.document import document
from miniapp.server.openapi.layer import Api
from miniapp.server.openapi.problem import problem
from miniapp.server.pipeline import BUCKETS, REPEATS, around, endpoint
from miniapp.server.rates import Buckets
from miniapp.server.repeats import Repeats
from miniapp.server.session import Sessions
from miniapp.server.stream import HUB, StreamHub, stream

TITLE = "Countersign"
_log = get_logger("miniapp.server")


def all_routes() -> Api:
    """Every declared operation of every feature."""
    whole = Api("all")
    for feature in FEATURES:
        whole.include(feature)
    return whole


def openapi() -> dict[str, object]:
    """The OpenAPI document of this version."""
    return document(all_routes().operations, title=TITLE, version=_version())


def build_app(parts: ServerDeps) -> web.Application:
    """One application for everything: API, stream, hooks, files, health."""
    app = web.Application(middlewares=[around], client_max_size=limits.BODY_BYTES_MAX)
    app[DEPS] = parts
    app[SESSIONS] = Sessions(parts.database, parts.clock, parts.jwt_private_key_pem)
    app[BUCKETS] = Buckets(parts.clock)
    app[REPEATS] = Repeats(parts.database, parts.clock)
    app[HUB] = StreamHub(parts.front, parts.bus, parts.clock)
    app.cleanup_ctx.append(_background)
    for operation in all_routes().operations:
        app.router.add_route(operation.method, operation.path, endpoint(operation))
    _add_plain_routes(app)
    return app


def _add_plain_routes(app: web.Application) -> None:
    text = json.dumps(openapi())
    add = app.router.add_route
    add("GET", "/api/openapi.json", _constant(text))
    add("GET", "/api/v1/stream", stream)
    add("POST", hook.PATH, hook.receive)
    add("GET", hook.PATH, hook.explain)
    add("POST", "/webhooks/telegram", _telegram)
    add("GET", "/health", health.health)
    add("GET", "/ready", health.ready)
    add("GET", "/metrics", health.prometheus)
    add("GET", "/", static.landing)
    add("GET", "/api/docs", static.viewer)
    add("GET", "/pages/way-in", static.way_in)
    add("GET", "/pages/{name}", static.page_file)
    add("GET", "/app", static.to_mini_app)
    add("GET", "/app/{path:.*}", static.mini_app)
    add("GET", "/sandbox", static.to_sandbox)
    add("POST", "/sandbox/market", _move_market)


async def _background(app: web.Application) -> AsyncIterator[None]:
    nursery = Nursery(_log)
    await app[HUB].start()
    nursery.start("sweep-repeats", lambda: _sweep(app))
    yield
    await app[HUB].stop()
    await nursery.stop()


async def _sweep(app: web.Application) -> None:
    while True:
        await app[REPEATS].sweep()
        await app[DEPS].clock.sleep(limits.SWEEP_S)


async def _telegram(request: web.Request) -> web.StreamResponse:
    """Telegram's updates, when the bot listens by webhook."""
    handler = deps(request).telegram_webhook()
    if handler is None:
        return problem(404, "not_found", "The bot does not listen here.")
    return await handler(request)


async def _move_market(request: web.Request) -> web.StreamResponse:
    """Set a simulated price: sandbox only, loopback only."""
    move = deps(request).move_market
    if move is None or not health.from_here(request):
        raise NotFound("There is nothing at this address.")
    try:
        given = json.loads(await request.read())
        symbol, price = str(given["symbol"]), str(given["price"])
    except (ValueError, TypeError, KeyError, RecursionError):
        text = 'Send {"symbol": "BTC/USDT", "price": "64000"}.'
        raise InvalidInput(text, field="body") from None
    return web.json_response(dict(await move(symbol, price)))


def _constant(text: str) -> WebHandler:
    async def handler(_request: web.Request) -> web.StreamResponse:
        return web.Response(text=text, content_type="application/json")

    return handler


def _version() -> str:
    try:
        return version("countersign")
    except PackageNotFoundError:
        return "0"
