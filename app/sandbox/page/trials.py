"""Switches for trying things out: a test alert, bad weather, Telegram's flood control."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from aiohttp import web

from app.sandbox.faults import read_fault
from app.sandbox.page.answers import read_number, read_object, read_text
from app.sandbox.switchboard import Switchboard
from foundation.errors import InvalidInput

HookPoster = Callable[[int, str, str], Awaitable[Mapping[str, Any]]]
"""(user's Telegram id, side `long` or `short`, symbol) → the receipt as JSON."""

_SIDES: Final = ("long", "short")
_SYMBOL_MAX: Final = 40


class TrialRoutes:
    """`/sandbox/api/alerts`, `/faults`, `/flood`."""

    def __init__(self, board: Switchboard, hook_poster: HookPoster) -> None:
        self._board = board
        self._hook_poster = hook_poster

    def add_routes(self, app: web.Application) -> None:
        app.router.add_post("/sandbox/api/alerts", self._alert)
        app.router.add_get("/sandbox/api/faults", self._faults)
        app.router.add_post("/sandbox/api/faults", self._plan_fault)
        app.router.add_delete("/sandbox/api/faults", self._clear_faults)
        app.router.add_post("/sandbox/api/flood", self._flood)

    async def _alert(self, request: web.Request) -> web.Response:
        body = await read_object(request)
        user_id = read_number(body.get("user"), "user")
        symbol = read_text(body, "symbol", _SYMBOL_MAX).upper()
        side = body.get("side")
        if side not in _SIDES:
            raise InvalidInput("side must be long or short", field="side")
        receipt = await self._hook_poster(user_id, str(side), symbol)
        return web.json_response(dict(receipt), status=201)

    async def _faults(self, _request: web.Request) -> web.Response:
        return web.json_response({"faults": self._board.faults.view()})

    async def _plan_fault(self, request: web.Request) -> web.Response:
        self._board.faults.plan(read_fault(await read_object(request)))
        return web.json_response({"faults": self._board.faults.view()}, status=201)

    async def _clear_faults(self, _request: web.Request) -> web.Response:
        self._board.faults.clear()
        return web.json_response({"faults": []})

    async def _flood(self, request: web.Request) -> web.Response:
        enforced = (await read_object(request)).get("enforced")
        if not isinstance(enforced, bool):
            raise InvalidInput("enforced must be true or false", field="enforced")
        self._board.flood.enforce(enforced)
        return web.json_response({"enforced": enforced})
