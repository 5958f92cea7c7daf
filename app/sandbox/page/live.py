"""Server-sent events: what happens in the chats, to every open tab at once."""

from __future__ import annotations

import asyncio
import json

from aiohttp import web

from app.sandbox.stream import END, PageEvent
from app.sandbox.switchboard import Switchboard
from foundation import limits

_HELLO = b"retry: 1000\nevent: hello\ndata: {}\n\n"
_STILL_HERE = b": still here\n\n"


class LiveRoutes:
    """`GET /sandbox/api/stream`; a tab loads its state after `hello`, then follows."""

    def __init__(self, board: Switchboard) -> None:
        self._board = board

    def add_routes(self, app: web.Application) -> None:
        app.router.add_get("/sandbox/api/stream", self._stream)

    async def _stream(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(
            headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"}
        )
        await response.prepare(request)
        with self._board.page.listen() as tab:
            try:
                await response.write(_HELLO)
                await _pass_on(tab, response)
            except ConnectionError:
                return response  # the tab was closed; nothing was owed to it
        return response


async def _pass_on(tab: asyncio.Queue[PageEvent], response: web.StreamResponse) -> None:
    """Write events until the stand-in stops."""
    while True:
        try:
            async with asyncio.timeout(limits.SANDBOX_STREAM_HEARTBEAT_S):
                event = await tab.get()
        except TimeoutError:
            await response.write(_STILL_HERE)
            continue
        if event is END:
            return
        data = json.dumps(event.data, ensure_ascii=False)
        await response.write(f"event: {event.kind}\ndata: {data}\n\n".encode())
