"""`/bot<token>/<method>` and `/file/bot<token>/<path>`: where the bot believes Telegram is."""

from __future__ import annotations

import asyncio
import hmac
from typing import Any, Final

from aiohttp import web

from app.sandbox.botapi.methods import Method, answers, chats, editing, polling, profile, sending
from app.sandbox.botapi.params import read_params
from app.sandbox.botapi.refusal import Refusal, too_many_requests
from app.sandbox.faults import Fault
from app.sandbox.store import files
from app.sandbox.switchboard import Switchboard
from foundation import limits
from foundation.log import get_logger

_log = get_logger("app.sandbox.botapi")

_METHODS: Final[dict[str, Method]] = {
    name.lower(): method
    for module in (answers, chats, editing, polling, profile, sending)
    for name, method in module.METHODS.items()
}
_NOTES: Final = {"setwebhook": "Webhook was set", "deletewebhook": "Webhook was deleted"}


class BotApi:
    """Serves the bot's calls; every answer is Telegram's envelope."""

    def __init__(self, board: Switchboard) -> None:
        self._board = board

    def add_routes(self, app: web.Application) -> None:
        app.router.add_route("GET", "/bot{token}/{method}", self._enveloped)
        app.router.add_route("POST", "/bot{token}/{method}", self._enveloped)
        app.router.add_get("/file/bot{token}/{path:.+}", self._file)

    async def _enveloped(self, request: web.Request) -> web.StreamResponse:
        try:
            self._authorise(request)
            name = request.match_info["method"].lower()
            if name not in _METHODS:
                raise Refusal(404, "Not Found: method not found")
            fault = self._board.faults.take(name)
            if fault is not None and fault.kind != "drop_reply":
                return await self._fail(request, fault)
            body = await self._result(request, name)
            if fault is not None:
                return _cut(request)
            return web.json_response(body)
        except Refusal as refusal:
            return web.json_response(refusal.answer(), status=refusal.error_code)
        except Exception as error:  # noqa: BLE001 - the caller gets Telegram's 500, the log the trace
            _log.error("a call failed", method=request.match_info["method"], exc_info=error)
            failed = Refusal(500, "Internal Server Error")
            return web.json_response(failed.answer(), status=500)

    async def _result(self, request: web.Request, name: str) -> dict[str, Any]:
        params = await read_params(request)
        body = {"ok": True, "result": await _METHODS[name](self._board, params)}
        if name in _NOTES:
            body["description"] = _NOTES[name]
        return body

    def _authorise(self, request: web.Request) -> None:
        given = request.match_info["token"].encode()
        if not hmac.compare_digest(given, self._board.token.encode()):
            raise Refusal(401, "Unauthorized")

    async def _fail(self, request: web.Request, fault: Fault) -> web.StreamResponse:
        if fault.kind == "retry_after":
            raise too_many_requests(fault.seconds)
        if fault.kind == "server_error":
            raise Refusal(fault.status, "Bad Gateway" if fault.status == 502 else "Server Error")
        if fault.kind == "hang":
            await self._until_stopped(limits.SANDBOX_FAULT_TIMEOUT_S)
        return _cut(request)

    async def _until_stopped(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                while not self._board.bell.closed:
                    await self._board.bell.ticket().wait()
        except TimeoutError:
            return

    async def _file(self, request: web.Request) -> web.StreamResponse:
        try:
            self._authorise(request)
            async with self._board.database.connect() as conn:
                row = await files.by_path(conn, request.match_info["path"])
            if row is None:
                raise Refusal(404, "Not Found")
        except Refusal as refusal:
            return web.json_response(refusal.answer(), status=refusal.error_code)
        return web.Response(body=row["content"], content_type="application/octet-stream")


def _cut(request: web.Request) -> web.StreamResponse:
    """Close the connection without an answer, as a broken network does."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=499)
