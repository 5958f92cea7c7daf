"""The live stream: one reader of the engine's news per process, fanned out to many sockets.

Frames are JSON with a ``seq`` per connection that has no holes; a client that sees one was too
slow and subscribes anew. First the client says who it is: ``{"token": …}``. Then come ``hello``,
``snapshot`` (prices), and ``event``, ``offer``, ``quotes`` as they happen, ``heartbeat`` in quiet
times. A refused or expired token ends with close code 4401.
"""

from __future__ import annotations

import asyncio
import json
from collections import OrderedDict
from typing import Any

from aiohttp import WSMsgType, web
from pydantic import TypeAdapter

from engine.api.front import Front
from engine.api.views import EventView, QuoteView
from foundation import limits
from foundation.bus import Bus
from foundation.clock import Clock
from foundation.errors import CountersignError, Unauthorised, Unavailable
from foundation.log import get_logger
from foundation.nursery import Nursery
from miniapp.server import metrics
from miniapp.server.deps import DEPS, SESSIONS
from miniapp.server.session import Identity

CLOSE_UNAUTHORISED = 4401
CLOSE_TOO_SLOW = 4408
_EVENT = TypeAdapter(EventView)
_log = get_logger("miniapp.stream")

Frame = dict[str, Any]


class Client:
    """One socket's outgoing frames, bounded: who falls behind is let go and comes back."""

    def __init__(self, user_id: str) -> None:
        self.user_id = user_id
        self.frames: asyncio.Queue[Frame | None] = asyncio.Queue(limits.STREAM_BACKLOG)

    def push(self, frame: Frame) -> None:
        try:
            self.frames.put_nowait(frame)
        except asyncio.QueueFull:
            self.frames.get_nowait()
            self.frames.put_nowait(None)


class StreamHub:
    """Reads events, offer changes and prices once, and hands each to whom it concerns."""

    def __init__(self, front: Front, bus: Bus, clock: Clock) -> None:
        self._front = front
        self._bus = bus
        self._clock = clock
        self._clients: dict[str, set[Client]] = {}
        self._owners: OrderedDict[str, str] = OrderedDict()
        self._prices: dict[str, str] = {}
        self._nursery = Nursery(_log)

    async def start(self) -> None:
        self._nursery.start("stream-events", self._events)
        self._nursery.start("stream-offers", self._offers)
        self._nursery.start("stream-quotes", self._quotes)

    async def stop(self) -> None:
        await self._nursery.stop()
        for clients in self._clients.values():
            for client in clients:
                client.push({"type": "error", "code": "server_stopping"})

    def join(self, user_id: str) -> Client:
        client = Client(user_id)
        self._clients.setdefault(user_id, set()).add(client)
        metrics.SOCKETS.inc()
        return client

    def leave(self, client: Client) -> None:
        mates = self._clients.get(client.user_id, set())
        mates.discard(client)
        if not mates:
            self._clients.pop(client.user_id, None)
        metrics.SOCKETS.dec()

    async def snapshot(self) -> Frame:
        return {"type": "snapshot", "quotes": _shown(await self._front.markets.quotes())}

    async def _events(self) -> None:
        cursor = await self._front.events.end()
        while True:
            mark = self._bus.mark("events")
            found, cursor = await self._front.events.read(cursor)
            for event in found:
                owner = await self._owner(event.account_id)
                self._send(
                    owner, {"type": "event", "event": _EVENT.dump_python(event, mode="json")}
                )
            if not found:
                await self._bus.wait("events", limits.STREAM_POLL_S, since=mark)

    async def _offers(self) -> None:
        cursor = await self._front.offers.changes_end()
        while True:
            mark = self._bus.mark("offers")
            found, cursor = await self._front.offers.changes(cursor)
            for offer in found:
                frame = {"type": "offer", "offer_id": offer.id, "status": offer.status}
                self._send(await self._owner(offer.account_id), frame)
            if not found:
                await self._bus.wait("offers", limits.STREAM_POLL_S, since=mark)

    async def _quotes(self) -> None:
        """Changed prices, at most twice a second; nothing is read while nobody listens."""
        while True:
            await self._clock.sleep(limits.STREAM_QUOTES_S)
            if not self._clients:
                continue
            try:
                changed = self._changed(await self._front.markets.quotes())
            except Unavailable:
                continue  # the next look is half a second away; clients see the age of prices
            if changed:
                frame = {"type": "quotes", "quotes": changed}
                for user_id in list(self._clients):
                    self._send(user_id, frame)

    def _changed(self, found: tuple[QuoteView, ...]) -> Frame:
        shown = _shown(found)
        new = {s: quote for s, quote in shown.items() if self._prices.get(s) != quote["at"]}
        self._prices = {symbol: quote["at"] for symbol, quote in shown.items()}
        return new

    def _send(self, user_id: str, frame: Frame) -> None:
        for client in self._clients.get(user_id, ()):
            client.push(frame)

    async def _owner(self, account_id: str) -> str:
        known = self._owners.get(account_id)
        if known is None:
            known = self._owners[account_id] = await self._front.accounts.owner(account_id)
            if len(self._owners) > limits.STREAM_OWNERS_MAX:
                self._owners.popitem(last=False)
        return known


HUB: web.AppKey[StreamHub] = web.AppKey("stream_hub", StreamHub)


async def stream(request: web.Request) -> web.StreamResponse:
    """``GET /api/v1/stream``: the WebSocket."""
    socket = web.WebSocketResponse(heartbeat=limits.STREAM_HEARTBEAT_S, max_msg_size=4096)
    await socket.prepare(request)
    try:
        who = await _identify(request, socket)
    except CountersignError as error:
        await socket.send_json({"type": "error", "code": error.code, "detail": error.text})
        await socket.close(code=CLOSE_UNAUTHORISED)
        return socket
    hub = request.app[HUB]
    client = hub.join(who.user_id)
    try:
        client.push({"type": "hello", "heartbeat_seconds": limits.STREAM_HEARTBEAT_S})
        client.push(await hub.snapshot())
        async with asyncio.TaskGroup() as group:
            writer = group.create_task(_write(request, socket, client, who))
            group.create_task(_listen(socket, writer))
    finally:
        hub.leave(client)
    return socket


async def _identify(request: web.Request, socket: web.WebSocketResponse) -> Identity:
    try:
        async with asyncio.timeout(limits.STREAM_HELLO_S):
            message = await socket.receive()
    except TimeoutError:
        raise Unauthorised("No token came in time.", code="no_token") from None
    try:
        token = json.loads(message.data)["token"] if message.type is WSMsgType.TEXT else ""
    except (ValueError, TypeError, KeyError):
        token = ""
    found = request.app[SESSIONS].check(str(token))
    if not await request.app[SESSIONS].alive(found.session_id):
        raise Unauthorised("This session has ended.", code="session_ended")
    return found


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
        frame = await _next(client)
        now = clock.now()
        if now >= who.expires_at:
            await socket.close(code=CLOSE_UNAUTHORISED)
            return
        if frame is None:
            await socket.close(code=CLOSE_TOO_SLOW)
            return
        seq += 1
        try:
            await socket.send_json({**frame, "seq": seq, "at": now.isoformat()})
        except ConnectionError:
            return


async def _next(client: Client) -> Frame | None:
    try:
        async with asyncio.timeout(limits.STREAM_HEARTBEAT_S):
            return await client.frames.get()
    except TimeoutError:
        return {"type": "heartbeat"}


def _shown(found: tuple[QuoteView, ...]) -> Frame:
    return {
        quote.symbol: {
            "price": format(quote.price, "f"),
            "at": quote.at.isoformat(),
            "stale": quote.stale,
        }
        for quote in found
    }
