"""The private stream of the fake Bybit: authentication, topics, pings, and what it pushes."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from aiohttp import WSMsgType, web

from tests.support.exchanges.bybit_book import Execution, Order
from tests.support.exchanges.bybit_wire import execution_row, order_row

if TYPE_CHECKING:
    from tests.support.exchanges.bybit import FakeBybit, User


@dataclass(eq=False)
class Listener:
    """Whose connection it is, what it listens to, and what is on its way to it."""

    user: User | None = None
    topics: set[str] = field(default_factory=set)
    pushes: asyncio.Queue[dict[str, Any]] = field(default_factory=asyncio.Queue)


class Stream:
    """Every connection of every user."""

    def __init__(self, venue: FakeBybit) -> None:
        self._venue = venue
        self.links: dict[web.WebSocketResponse, Listener] = {}
        self.pings = 0
        self.opened = 0
        self.silent = False
        """Connected, and says nothing any more: no push and no pong."""

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        link = web.WebSocketResponse()
        await link.prepare(request)
        listener = self.links[link] = Listener()
        self.opened += 1
        async with asyncio.TaskGroup() as group:
            pushing = group.create_task(self._push(link, listener))
            try:
                async for message in link:
                    if message.type is WSMsgType.TEXT and not self.silent:
                        await self._heard(link, listener, json.loads(message.data))
            finally:
                pushing.cancel()
                self.links.pop(link, None)
        return link

    async def _push(self, link: web.WebSocketResponse, listener: Listener) -> None:
        while not link.closed:
            await link.send_json(await listener.pushes.get())

    async def _heard(
        self, link: web.WebSocketResponse, listener: Listener, said: dict[str, Any]
    ) -> None:
        answer: dict[str, Any] = {"op": said["op"], "conn_id": "fake", "success": True}
        if said["op"] == "ping":
            self.pings += 1
            answer = {"req_id": said.get("req_id", ""), "op": "pong", "args": ["0"]}
        elif said["op"] == "auth":
            listener.user = self._who(*said["args"])
            known = listener.user is not None
            answer |= {"success": known, "ret_msg": "" if known else "Params Error"}
        elif said["op"] == "subscribe" and listener.user is not None:
            listener.topics |= set(said["args"])
        else:
            answer |= {"success": False, "ret_msg": "Request not authorized"}
        await link.send_json(answer)
        if said["op"] == "auth" and listener.user is None:
            await link.close()

    def _who(self, key: str, expires: int, sign: str) -> User | None:
        user = self._venue.users.get(key)
        if user is None or int(expires) < self._venue.now():
            return None
        wanted = hmac.new(
            user.secret.encode(), f"GET/realtime{expires}".encode(), hashlib.sha256
        ).hexdigest()
        return user if hmac.compare_digest(wanted, sign) else None

    def told(self, user: User, topic: str, what: Order | Execution) -> None:
        """Push to whoever of this user listens."""
        if self.silent:
            return
        if isinstance(what, Order):
            row = order_row(what) | {"category": what.category}
        else:
            row = execution_row(what) | {"category": what.order.category}
        now = self._venue.now()
        push = {"topic": topic, "id": f"{now}", "creationTime": now, "data": [row]}
        for listener in self.links.values():
            for name in {topic, f"{topic}.{row['category']}"} & listener.topics:
                if listener.user is user:
                    listener.pushes.put_nowait(push | {"topic": name})

    async def close(self) -> None:
        """Drop every connection, as a restart of the venue does."""
        for link in list(self.links):
            await link.close()
