"""What every request passes: an id, a log line, and errors made readable."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from aiohttp import hdrs, web

from foundation.errors import CountersignError
from foundation.ids import new_id
from foundation.log import correlation, get_logger
from miniapp.server import metrics
from miniapp.server.deps import DEPS, REQUEST_ID
from miniapp.server.faults import UNREADABLE, known_fault
from miniapp.server.openapi.problem import of_error, problem

Next = Callable[[web.Request], Awaitable[web.StreamResponse]]
QUIET = frozenset({"/health", "/ready", "/metrics"})
UNTIMED = frozenset({"/api/v1/stream"})
"""Sockets stay open for hours: their length is no time to answer."""
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"})
_TEXTS = {
    400: ("bad_request", "The request cannot be understood."),
    404: ("not_found", "There is nothing at this address."),
    405: ("method_not_allowed", "This address does not take that method."),
    413: ("too_large", "The body is larger than allowed."),
}

_log = get_logger("miniapp.server")


@web.middleware
async def around(request: web.Request, handler: Next) -> web.StreamResponse:
    """Name the request, time it, and turn whatever goes wrong into a problem document."""
    clock = request.app[DEPS].clock
    request[REQUEST_ID] = new_id(clock.now())
    began = clock.monotonic()
    with correlation(request[REQUEST_ID]):
        response = await _guarded(request, handler)
        _note(request, response, clock.monotonic() - began)
    if not response.prepared:
        response.headers["X-Request-Id"] = request[REQUEST_ID]
        _secure(request, response)
    return response


def route_of(request: web.Request) -> str:
    """The template of the route, for logs and metrics: never the path, which holds hook tokens."""
    resource = request.match_info.route.resource
    return resource.canonical if resource is not None else "unmatched"


def _note(request: web.Request, response: web.StreamResponse, seconds: float) -> None:
    route, status = route_of(request), response.status
    method = request.method if request.method in _METHODS else "OTHER"
    if route not in UNTIMED:
        metrics.REQUESTS.labels(method, route, str(status)).observe(seconds)
    if route not in QUIET:
        ms = round(seconds * 1000, 1)
        _log.info("request", method=method, route=route, status=status, ms=ms)


async def _guarded(request: web.Request, handler: Next) -> web.StreamResponse:
    try:
        return await handler(request)
    except CountersignError as error:
        return _of_ours(error)
    except web.HTTPException as error:
        return _of_http(error)
    except asyncio.CancelledError:
        raise
    except Exception as error:  # noqa: BLE001 - the last line of defence; counted and logged
        known = known_fault(error)
        if known is not None:
            return _of_ours(known)
        metrics.FAILURES.inc()
        _log.exception("request crashed", route=route_of(request))
        text = "Something went wrong on our side. The reference finds it in the log."
        return problem(500, "internal_error", text)


def _of_ours(error: CountersignError) -> web.StreamResponse:
    if error.status >= 500:
        _log.error("request failed", code=error.code, reason=error.text)
    response = of_error(error)
    if error.code in UNREADABLE:
        response.force_close()  # what follows on this connection is the rest of the same body
    return response


def _of_http(error: web.HTTPException) -> web.StreamResponse:
    if error.status < 400:
        return web.Response(status=error.status, headers={hdrs.LOCATION: error.headers["Location"]})
    code, text = _TEXTS.get(error.status, ("error", error.reason or ""))
    response = problem(error.status, code, text)
    if hdrs.ALLOW in error.headers:
        response.headers[hdrs.ALLOW] = error.headers[hdrs.ALLOW]
    return response


def _secure(request: web.Request, response: web.StreamResponse) -> None:
    headers = response.headers
    headers["Server"] = "countersign"
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "no-referrer")
    headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
    headers.setdefault("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
    headers.setdefault("Cache-Control", "no-store")
    if request.app[DEPS].settings.base_url.startswith("https://"):
        headers.setdefault("Strict-Transport-Security", "max-age=31536000")
