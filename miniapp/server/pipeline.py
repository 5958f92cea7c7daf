"""What every request passes: an id, a log line, a limit, a session, and errors made readable."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from aiohttp import hdrs, web

from foundation.errors import CountersignError, Unauthorised
from foundation.ids import new_id
from foundation.log import correlation, get_logger
from miniapp.server import metrics, rates
from miniapp.server.deps import DEPS, IDENTITY, REQUEST_ID, SESSIONS
from miniapp.server.openapi.layer import Operation, answer, read_input
from miniapp.server.openapi.problem import of_error, problem
from miniapp.server.rates import Buckets, client_address
from miniapp.server.repeats import Repeats, key_of

Next = Callable[[web.Request], Awaitable[web.StreamResponse]]
BUCKETS: web.AppKey[Buckets] = web.AppKey("buckets", Buckets)
REPEATS: web.AppKey[Repeats] = web.AppKey("repeats", Repeats)

_log = get_logger("miniapp.server")


@web.middleware
async def around(request: web.Request, handler: Next) -> web.StreamResponse:
    """Name the request, time it, and turn whatever goes wrong into a problem document."""
    clock = request.app[DEPS].clock
    request[REQUEST_ID] = new_id(clock.now())
    began = clock.monotonic()
    with correlation(request[REQUEST_ID]):
        response = await _guarded(request, handler)
        seconds = clock.monotonic() - began
        route = route_of(request)
        metrics.REQUESTS.labels(request.method, route, str(response.status)).observe(seconds)
        if route not in QUIET:
            # the template, never the path: paths hold hook tokens
            _log.info(
                "request",
                method=request.method,
                route=route,
                status=response.status,
                ms=round(seconds * 1000, 1),
            )
    if not response.prepared:
        response.headers["X-Request-Id"] = request[REQUEST_ID]
        _secure(response)
    return response


QUIET = frozenset({"/health", "/ready", "/metrics"})


def route_of(request: web.Request) -> str:
    """The template of the route, for logs and metrics."""
    resource = request.match_info.route.resource
    return resource.canonical if resource is not None else "unmatched"


async def _guarded(request: web.Request, handler: Next) -> web.StreamResponse:
    try:
        return await handler(request)
    except CountersignError as error:
        if error.status >= 500:
            _log.error("request failed", code=error.code, reason=error.text)
        return of_error(error, request[REQUEST_ID])
    except web.HTTPException as error:
        return _of_http(error, request[REQUEST_ID])
    except asyncio.CancelledError:
        raise
    except Exception:  # noqa: BLE001 - the last line of defence; counted, logged, and answered 500
        metrics.FAILURES.inc()
        _log.exception("request crashed", route=route_of(request))
        text = "Something went wrong on our side. The reference finds it in the log."
        return problem(500, "internal_error", text, reference=request[REQUEST_ID])


def _of_http(error: web.HTTPException, reference: str) -> web.StreamResponse:
    if error.status < 400:
        return error
    codes = {404: "not_found", 405: "method_not_allowed", 413: "too_large"}
    text = {
        404: "There is nothing at this address.",
        405: "This address does not take that method.",
        413: "The body is larger than allowed.",
    }.get(error.status, error.reason or "")
    response = problem(error.status, codes.get(error.status, "error"), text, reference=reference)
    if hdrs.ALLOW in error.headers:
        response.headers[hdrs.ALLOW] = error.headers[hdrs.ALLOW]
    return response


def _secure(response: web.StreamResponse) -> None:
    headers = response.headers
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "no-referrer")
    headers.setdefault("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
    headers.setdefault("Cache-Control", "no-store")


def endpoint(operation: Operation) -> Next:
    """The aiohttp handler of a declared operation: limit, session, input, once, answer."""

    async def handle(request: web.Request) -> web.StreamResponse:
        who = _limit_and_identify(operation, request)
        given = await read_input(operation, request)
        if isinstance(given, web.Response):
            return given

        async def act() -> web.StreamResponse:
            return answer(operation, await operation.handler(request, **given))

        key = key_of(request) if who and operation.method == "POST" else None
        if who is None or key is None:
            return await act()
        return await request.app[REPEATS].once(who, key, request, act)

    return handle


def _limit_and_identify(operation: Operation, request: web.Request) -> str | None:
    """The user of a guarded route, within limits; None for a public one."""
    parts = request.app[DEPS]
    buckets = request.app[BUCKETS]
    if operation.public:
        if operation.acts:
            address = client_address(request, parts.settings.trusted_proxies)
            buckets.take(rates.SIGN_INS, address)
        return None
    scheme, _, token = request.headers.get(hdrs.AUTHORIZATION, "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Unauthorised("Sign in first: open the app from the chat.", code="no_session")
    found = request.app[SESSIONS].check(token.strip())
    buckets.take(rates.ACTS if operation.acts else rates.READS, found.session_id)
    request[IDENTITY] = found
    return found.user_id
