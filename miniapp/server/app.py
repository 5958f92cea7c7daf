"""The aiohttp application behind every URL of the house."""

from __future__ import annotations

import hashlib
import json
from collections.abc import AsyncIterator
from importlib.metadata import PackageNotFoundError, version

from aiohttp import web

from foundation import limits
from foundation.crypto import Vault
from foundation.errors import InvalidInput, NotFound
from foundation.log import get_logger
from foundation.nursery import Nursery
from miniapp.server import health, hook, static
from miniapp.server.body import read_body
from miniapp.server.deps import DEPS, SESSIONS, ServerDeps, WebHandler, deps
from miniapp.server.endpoint import BUCKETS, REPEATS, endpoint
from miniapp.server.features.registry import FEATURES
from miniapp.server.hub import HUB, StreamHub
from miniapp.server.openapi.document import document
from miniapp.server.openapi.layer import Api
from miniapp.server.openapi.problem import problem
from miniapp.server.pipeline import around
from miniapp.server.rates import Buckets
from miniapp.server.repeats import Repeats
from miniapp.server.session import Sessions
from miniapp.server.stream import check_origin, stream

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
    app[REPEATS] = Repeats(parts.database, parts.clock, _answer_vault(parts))
    app[HUB] = StreamHub(parts.front, parts.bus, parts.clock)
    app.cleanup_ctx.append(_background)
    app.on_shutdown.append(_end_streams)
    for operation in all_routes().operations:
        _add(app, operation.method, operation.path, endpoint(operation))
    _add_plain_routes(app)
    return app


def _add(app: web.Application, method: str, path: str, handler: WebHandler) -> None:
    """The route, and HEAD beside every GET: the same headers, no body."""
    app.router.add_route(method, path, handler)
    if method == "GET":
        app.router.add_route("HEAD", path, handler)


def _add_plain_routes(app: web.Application) -> None:
    text = json.dumps(openapi())
    for path, handler in (
        ("/api/openapi.json", _constant(text)),
        (hook.PATH, hook.explain),
        ("/health", health.health),
        ("/ready", health.ready),
        ("/metrics", health.prometheus),
        ("/", static.landing),
        ("/api/docs", static.viewer),
        ("/pages/way-in", static.way_in),
        ("/pages/{name}", static.page_file),
        ("/app", static.to_mini_app),
        ("/app/{path:.*}", static.mini_app),
        ("/sandbox", static.to_sandbox),
    ):
        _add(app, "GET", path, handler)
    app.router.add_route("GET", "/api/v1/stream", stream)
    app.router.add_route("POST", hook.PATH, hook.receive)
    app.router.add_route("POST", "/webhooks/telegram", _telegram)
    app.router.add_route("POST", "/sandbox/market", _move_market)


async def _background(app: web.Application) -> AsyncIterator[None]:
    nursery = Nursery(_log)
    await app[HUB].start()
    nursery.start("sweep", lambda: _sweep(app))
    yield
    await nursery.stop()


async def _end_streams(app: web.Application) -> None:
    """Before the server waits for requests under way: these would last for hours."""
    await app[HUB].stop()


async def _sweep(app: web.Application) -> None:
    while True:
        await app[REPEATS].sweep()
        await app[SESSIONS].sweep()
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
    check_origin(request)
    body = await read_body(request, limits.BODY_BYTES_MAX)
    try:
        given = json.loads(body)
    except (ValueError, RecursionError):
        given = None
    if not isinstance(given, dict):
        raise InvalidInput('Send {"symbol": "BTC/USDT", "price": "64000"}.', field="body")
    return web.json_response(dict(await move(given)))


def _constant(text: str) -> WebHandler:
    async def handler(_request: web.Request) -> web.StreamResponse:
        return web.Response(text=text, content_type="application/json")

    return handler


def _answer_vault(parts: ServerDeps) -> Vault:
    """Seals kept answers; whoever reads the database alone reads no hook's secret in them."""
    return Vault(hashlib.sha256(b"kept answers|" + parts.jwt_private_key_pem).digest())


def _version() -> str:
    try:
        return version("countersign")
    except PackageNotFoundError:
        return "0"
