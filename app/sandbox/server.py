"""The stand-in as a whole: one loopback app with the Bot API, the chat page and its switches."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field
from typing import Final

from aiohttp import web

from app.sandbox.botapi.api import BotApi
from app.sandbox.faults import Flood
from app.sandbox.guard import TRUSTED, guard
from app.sandbox.page.answers import explained
from app.sandbox.page.live import LiveRoutes
from app.sandbox.page.market import MarketControl, MarketRoutes
from app.sandbox.page.routes import PageRoutes
from app.sandbox.page.static import StaticRoutes
from app.sandbox.page.trials import HookPoster, TrialRoutes
from app.sandbox.store import people, updates
from app.sandbox.switchboard import Switchboard
from app.sandbox.webhook import deliver_forever
from foundation import limits
from foundation.clock import Clock
from foundation.db import Database
from foundation.log import get_logger
from foundation.nursery import Nursery

_log = get_logger("app.sandbox")
_HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
}


@dataclass(slots=True)
class Sandbox:
    """Telegram for one machine; start it before the bot, stop it after.

    `bot_token` looks like Telegram's (`<bot id>:<secret>`); `web_app_url` is the Mini App;
    `hook_poster` sends a test alert; `market_control` is None while prices are not simulated.
    `port` 0 takes a free one. `trusted` peers count as this machine: see the guard.
    """

    database: Database
    clock: Clock
    host: str
    port: int
    bot_token: str
    web_app_url: str
    hook_poster: HookPoster
    market_control: MarketControl | None
    trusted: tuple[str, ...] = ()
    _board: Switchboard = field(init=False)
    _runner: web.AppRunner | None = field(init=False, default=None)
    _nursery: Nursery = field(init=False)

    def __post_init__(self) -> None:
        self._board = Switchboard(self.database, self.clock, self.bot_token, Flood(self.clock))
        self._nursery = Nursery(_log)

    @property
    def api_url(self) -> str:
        """The Bot API's base address: methods are at `<api_url>/bot<token>/<method>`."""
        host = "127.0.0.1" if self.host in ("0.0.0.0", "::") else self.host  # noqa: S104 - compared
        host = f"[{host}]" if ":" in host else host
        return f"http://{host}:{self.port}"

    @property
    def page_url(self) -> str:
        """Where a person opens the chat."""
        return f"{self.api_url}/sandbox"

    async def start(self) -> None:
        """Serve; everything is as it was when the stand-in last stopped.

        Raises OSError when the port is taken.
        """
        now = self.clock.now()
        async with self.database.begin() as conn:
            await people.ensure_first(conn, now)
            await updates.drop_stale(conn, now)
        self._runner = web.AppRunner(
            self._app(), access_log=None, shutdown_timeout=limits.SANDBOX_SHUTDOWN_S
        )
        await self._runner.setup()
        site = web.TCPSite(self._runner, self.host, self.port)
        await site.start()
        self.port = self._runner.addresses[0][1]
        self._nursery.start("sandbox-webhook", lambda: deliver_forever(self._board))
        _log.info("sandbox ready", page=self.page_url)

    async def stop(self) -> None:
        """Stop serving; long polls are answered empty, open tabs are let go."""
        await self._nursery.stop()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    def _app(self) -> web.Application:
        app = web.Application(
            middlewares=[explained, guard], client_max_size=limits.TELEGRAM_UPLOAD_BYTES_MAX
        )
        app[TRUSTED] = tuple(ipaddress.ip_network(network) for network in self.trusted)
        market = MarketRoutes(
            self.market_control,
            lambda symbol, price: self._board.page.tell("market", symbol=symbol, price=price),
        )
        for routes in (
            BotApi(self._board),
            PageRoutes(self._board, self.web_app_url),
            LiveRoutes(self._board),
            TrialRoutes(self._board, self.hook_poster),
            StaticRoutes(self.web_app_url),
            market,
        ):
            routes.add_routes(app)
        app.on_response_prepare.append(_add_headers)
        app.on_shutdown.append(self._let_go)
        return app

    async def _let_go(self, _app: web.Application) -> None:
        self._board.bell.close()
        self._board.page.close()


async def _add_headers(_request: web.Request, response: web.StreamResponse) -> None:
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
