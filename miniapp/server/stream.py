"""The live stream: ``GET /api/v1/stream``, a WebSocket.

Frames are JSON with a ``seq`` per connection that has no holes; a client that sees one subscribes
anew. First the client says who it is: ``{"token": …}``. Then come ``hello``, ``snapshot``
(prices), and ``event``, ``offer``, ``quotes`` as they happen, and a ``heartbeat`` now and then.
A refused or expired token ends with close code 4401, a client that is too slow with 4408.
"""

from __future__ import annotations

import asyncio
import json
from urllib.parse import urlsplit

from aiohttp import WSMsgType, hdrs, web

from foundation import limits
from foundation.errors import CountersignError, Forbidden, Unauthorised
from foundation.log import get_logger
from miniapp.server.deps import DEPS, SESSIONS, deps
from miniapp.server.faults import known_fault
from miniapp.server.hub import CLOSE_TRY_LATER, CLOSE_UNAUTHORISED, HUB, Client
from miniapp.server.session import Identity

FIRST_FRAME_BYTES_MAX = 4096
_log = get_logger("miniapp.stream")


async def stream(request: web.Request) -> web.StreamResponse:
    """The socket, from the first frame to the last."""
    check_origin(request)
    socket = web.WebSocketResponse(
        heartbeat=limits.STREAM_HEARTBEAT_S, max_msg_size=FIRST_FRAME_BYTES_MAX
    )
    if not socket.can_prepare(request):
        raise web.HTTPBadRequest(reason="This address speaks WebSocket only.")
    await socket.prepare(request)
    try:
        who = await _identify(request, socket)
        snapshot = await request.app[HUB].snapshot(who.user_id)
    except Exception as error:
        known = error if isinstance(error, CountersignError) else known_fault(error)
        if known is None:
            raise
        await _refuse(socket, known)
        return socket
    hub = request.app[HUB]
    client = hub.join(who.user_id, who.session_id)
    try:
        client.push({"type": "hello", "heartbeat_seconds": limits.STREAM_HEARTBEAT_S})
        client.push(snapshot)
        async with asyncio.TaskGroup() as group:
            writer = group.create_task(_write(request, socket, client, who))
            group.create_task(_listen(socket, writer))
    finally:
        hub.leave(client)
    return socket


def check_origin(request: web.Request) -> None:
    """Raise Forbidden for a page of another site; programs send no Origin."""
    origin = request.headers.get(hdrs.ORIGIN)
    if origin is None:
        return
    ours = urlsplit(deps(request).settings.base_url)
    if origin == f"{ours.scheme}://{ours.netloc}" or urlsplit(origin).netloc == request.host:
        return
    raise Forbidden("Pages of other sites may not do this.", code="other_origin")


async def _identify(request: web.Request, socket: web.WebSocketResponse) -> Identity:
    try:
        async with asyncio.timeout(limits.STREAM_HELLO_S):
            message = await socket.receive()
    except TimeoutError:
        raise Unauthorised("No token came in time.", code="no_token") from None
    try:
        token = json.loads(message.data)["token"] if message.type is WSMsgType.TEXT else ""
    except (ValueError, TypeError, KeyError, RecursionError):
        token = ""
    found = request.app[SESSIONS].check(str(token))
    if not await request.app[SESSIONS].alive(found.session_id):
        raise Unauthorised("This session has ended.", code="session_ended")
    return found


async def _refuse(socket: web.WebSocketResponse, error: CountersignError) -> None:
    code = CLOSE_UNAUTHORISED if error.status == 401 else CLOSE_TRY_LATER
    try:
        await socket.send_json({"type": "error", "code": error.code, "detail": error.text})
    except ConnectionError:
        return  # whoever it was has left already
    await socket.close(code=code)


async def _listen(socket: web.WebSocketResponse, writer: asyncio.Task[None]) -> None:
    """Clients have nothing more to say; reading is how their leaving is noticed."""
    async for _ in socket:
        pass
    writer.cancel()


async def _write(
    request: web.Request, socket: web.WebSocketResponse, client: Client, who: Identity
) -> None:
    clock = request.app[DEPS].clock
    seq = 0
    while not socket.closed:
        frame = await client.frames.get()
        now = clock.now()
        if isinstance(frame, int):
            await socket.close(code=frame)
            return
        if now >= who.expires_at:
            await socket.close(code=CLOSE_UNAUTHORISED)
            return
        seq += 1
        try:
            await socket.send_json({**frame, "seq": seq, "at": now.isoformat()})
        except ConnectionError:
            return
