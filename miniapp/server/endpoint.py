"""The handler of a declared operation: limits, session, input, once, answer, entity tag."""

from __future__ import annotations

import re
from hashlib import blake2b

from aiohttp import hdrs, web

from foundation import limits
from foundation.errors import Unauthorised
from miniapp.server import rates
from miniapp.server.deps import DEPS, IDENTITY, SESSIONS
from miniapp.server.openapi.layer import Operation, answer, read_input
from miniapp.server.pipeline import Next
from miniapp.server.rates import Buckets, client_address, one_client
from miniapp.server.repeats import Repeats, key_of

BUCKETS: web.AppKey[Buckets] = web.AppKey("buckets", Buckets)
REPEATS: web.AppKey[Repeats] = web.AppKey("repeats", Repeats)
_HEARTBEAT_AGE = re.compile(rb'"heartbeat_age":([0-9]+)[.0-9]*')


def endpoint(operation: Operation) -> Next:
    """The aiohttp handler of a declared operation."""

    async def handle(request: web.Request) -> web.StreamResponse:
        who = await _limit_and_identify(operation, request)
        given = await read_input(operation, request)
        if isinstance(given, web.Response):
            return given

        async def act() -> web.StreamResponse:
            return answer(operation, await operation.handler(request, **given))

        key = key_of(request) if who and operation.acts else None
        if who is not None and key is not None:
            return await request.app[REPEATS].once(who, key, request, act)
        return _tagged(operation, request, await act())

    return handle


async def _limit_and_identify(operation: Operation, request: web.Request) -> str | None:
    """The user of a guarded route, within limits; None for a public one."""
    buckets = request.app[BUCKETS]
    if operation.public:
        buckets.take(rates.SIGN_INS if operation.acts else rates.REFUSALS, _address(request))
        return None
    sessions = request.app[SESSIONS]
    try:
        found = sessions.check(_bearer(request))
        buckets.take(rates.ACTS if operation.acts else rates.READS, found.session_id)
        if operation.acts and not await sessions.alive(found.session_id):
            text = "This session has ended. Open the app from the chat again."
            raise Unauthorised(text, code="session_ended")
    except Unauthorised:
        buckets.take(rates.REFUSALS, _address(request))
        raise
    request[IDENTITY] = found
    return found.user_id


def _bearer(request: web.Request) -> str:
    scheme, _, token = request.headers.get(hdrs.AUTHORIZATION, "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Unauthorised("Sign in first: open the app from the chat.", code="no_session")
    return token.strip()


def _address(request: web.Request) -> str:
    return one_client(client_address(request, request.app[DEPS].settings.trusted_proxies))


def _tagged(
    operation: Operation, request: web.Request, response: web.StreamResponse
) -> web.StreamResponse:
    """With an entity tag where the operation is polled; 304 when the client has this answer.

    The tag is weak: ages of heartbeats count in steps, or no answer would ever be the same.
    """
    body = response.body if isinstance(response, web.Response) else None
    if not operation.polled or response.status != 200 or not isinstance(body, bytes):
        return response
    tag = f'W/"{blake2b(_HEARTBEAT_AGE.sub(_step, body), digest_size=12).hexdigest()}"'
    headers = {
        hdrs.ETAG: tag,
        hdrs.CACHE_CONTROL: "private, no-cache",
        hdrs.VARY: hdrs.AUTHORIZATION,
    }
    if _matches(request.headers.get(hdrs.IF_NONE_MATCH, ""), tag):
        return web.Response(status=304, headers=headers)
    response.headers.update(headers)
    return response


def _step(found: re.Match[bytes]) -> bytes:
    return b'"heartbeat_age":%d' % (int(found[1]) // limits.HEARTBEAT_STEP_S)


def _matches(header: str, tag: str) -> bool:
    given = {one.strip().removeprefix("W/") for one in header.split(",")}
    return "*" in given or tag.removeprefix("W/") in given
