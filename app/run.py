"""The wiring: which parts run in this process, started in order, stopped in reverse."""

from __future__ import annotations

import asyncio
import signal
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from enum import Enum
from typing import TYPE_CHECKING, Any

from aiohttp import web

from app.aside import Import, end_process
from app.banner import show
from app.ground import Ground, ground
from app.sockets import bind, check_next
from app.trading import Trading, make_front, start_trading
from engine.api.front import Front
from foundation import limits, log
from foundation.crypto import derived_token
from foundation.errors import Conflict
from foundation.money import plain
from foundation.nursery import Nursery
from foundation.people import OwnerClaim
from foundation.settings import Settings
from miniapp.server.app import build_app
from miniapp.server.deps import ServerDeps, WebHandler

if TYPE_CHECKING:
    from app.sandbox.server import Sandbox
    from bot.app import BotApp

_log = log.get_logger("app")
SANDBOX_BOT_ID = 7000000001


class Part(Enum):
    """What one process may hold; all of them by default."""

    SERVER = "server"
    ENGINE = "engine"
    BOT = "bot"


async def serve(settings: Settings, parts: frozenset[Part]) -> None:
    """Run the parts until a signal comes; everything is left in good order."""
    log.setup(settings.log_level, settings.log_format, settings.log_file)
    over = asyncio.Event()
    house = House(settings, parts)

    def leave() -> None:
        over.set()
        house.hurry()

    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        try:
            loop.add_signal_handler(name, leave)
        except NotImplementedError:  # Windows
            signal.signal(name, lambda *_: loop.call_soon_threadsafe(leave))
    async with AsyncExitStack() as stack:
        house.bind(stack)
        base = await stack.enter_async_context(ground(settings))
        await stack.enter_async_context(house.open(base))
        _log.info("ready", parts=sorted(part.value for part in parts))
        await over.wait()
        _log.info("stopping")
    if house.still_loading:
        end_process()


class House:
    """The parts of one process and what they share."""

    def __init__(self, settings: Settings, parts: frozenset[Part]) -> None:
        self._settings = settings
        self._parts = parts
        self._nursery = Nursery(_log)
        self._bot_nursery = Nursery(_log)
        self._socket: socket.socket | None = None
        self._trading: Trading | None = None
        self._sandbox: Sandbox | None = None
        self._bot: BotApp | None = None
        self._bot_code: Import | None = None
        self._leaving = False

    @property
    def still_loading(self) -> bool:
        """Whether the bot's code is still being loaded, though nobody waits for it."""
        return self._bot_code is not None and self._bot_code.under_way

    def hurry(self) -> None:
        """A stop was asked for: what has not begun is not begun any more."""
        self._leaving = True
        if self._bot_code is not None:
            self._bot_code.give_up()

    def bind(self, stack: AsyncExitStack) -> None:
        """Take the port first: a browser that is quick waits instead of being refused."""
        if Part.SERVER in self._parts:
            made = bind(self._settings.http_host, self._settings.http_port, "HTTP_PORT")
            self._socket = made
            stack.callback(made.close)
        if self._settings.sandbox and Part.BOT in self._parts:
            check_next(self._sandbox_host(), self._settings.http_port, "HTTP_PORT")

    @asynccontextmanager
    async def open(self, base: Ground) -> AsyncIterator[None]:
        """Start engine, server, sandbox and bot in that order; stop them in reverse."""
        front = make_front(base)
        async with AsyncExitStack() as stack:
            stack.push_async_callback(self._nursery.stop)
            if Part.ENGINE in self._parts:
                self._trading = await start_trading(base, self._nursery)
                stack.push_async_callback(self._trading.stop)
            if Part.SERVER in self._parts or Part.BOT in self._parts:
                await front.hooks.start()
                stack.push_async_callback(front.hooks.stop)
            if self._settings.sandbox and Part.BOT in self._parts:
                self._sandbox = await self._start_sandbox(base, front)
                stack.push_async_callback(self._sandbox.stop)
            if Part.SERVER in self._parts:
                runner = await self._start_server(base, front)
                stack.push_async_callback(runner.cleanup)
            show(self._settings, self._sandbox.page_url if self._sandbox else None)
            if Part.BOT in self._parts and not self._leaving:
                self._bot = await self._start_bot(base, front)
            if self._bot is not None:
                stack.push_async_callback(self._bot.stop)
                stack.push_async_callback(self._bot_nursery.stop)
                await self._offer_ownership(base)
            yield

    async def _start_server(self, base: Ground, front: Front) -> web.AppRunner:
        app = build_app(
            ServerDeps(
                settings=self._settings,
                front=front,
                people=base.people,
                database=base.database,
                clock=base.clock,
                bus=base.bus,
                jwt_private_key_pem=base.keys.jwt_private_key_pem,
                bot_token=bot_token(base),
                bot_username=self._bot_name,
                telegram_webhook=self._webhook,
                sandbox_url=self._sandbox_url(),
                move_market=self._move_market if self._sandbox else None,
            )
        )
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=limits.SERVER_SHUTDOWN_S)
        await runner.setup()
        assert self._socket is not None, "the server's socket is bound first"
        await web.SockSite(runner, self._socket).start()
        return runner

    def _sandbox_url(self) -> str | None:
        """The chat page: our own, or that of the bot's process beside us."""
        if self._sandbox is not None:
            return self._sandbox.page_url
        if self._settings.sandbox:
            return f"http://127.0.0.1:{self._settings.http_port + 1}/sandbox"
        return None

    async def _bot_name(self) -> str | None:
        return await self._bot.name() if self._bot else None

    def _webhook(self) -> WebHandler | None:
        if self._bot is None or self._settings.telegram_mode != "webhook":
            return None
        return self._bot.webhook_handler

    async def _start_sandbox(self, base: Ground, front: Front) -> Sandbox:
        from app.sandbox.server import Sandbox
        from app.trials import SimulatedMarket, TestAlerts

        simulated = self._trading.simulated if self._trading else None
        sandbox = Sandbox(
            database=base.database,
            clock=base.clock,
            host=self._sandbox_host(),
            port=self._settings.http_port + 1,
            bot_token=bot_token(base),
            web_app_url=f"{self._settings.base_url}/app/",
            hook_poster=TestAlerts(front, base.people),
            market_control=SimulatedMarket(front, simulated) if simulated else None,
            trusted=self._settings.trusted_proxies,
        )
        await sandbox.start()
        return sandbox

    def _sandbox_host(self) -> str:
        """Loopback; with trusted proxies where HTTP listens, for the guard knows their address."""
        return self._settings.http_host if self._settings.trusted_proxies else "127.0.0.1"

    async def _start_bot(self, base: Ground, front: Front) -> BotApp | None:
        # aiogram takes seconds to import: the pages answer meanwhile
        self._bot_code = Import("bot.app")
        module = await self._bot_code.module()
        if module is None:
            return None
        settings = self._settings
        made: BotApp = module.BotApp(
            module.BotDeps(
                settings=settings,
                front=front,
                people=base.people,
                database=base.database,
                clock=base.clock,
                bus=base.bus,
                api_url=self._sandbox.api_url if self._sandbox else settings.telegram_api_url,
                token=bot_token(base),
                web_app_url=f"{settings.base_url}/app/",
            )
        )
        await made.start(self._bot_nursery)
        return made

    async def _offer_ownership(self, base: Ground) -> None:
        """With a real bot and no owner yet: print the one-time link that makes one."""
        if self._settings.sandbox or self._settings.owner_telegram_ids:
            return
        token = await OwnerClaim(base.database, base.clock).create()
        if token is not None:
            from app.banner import show_claim

            show_claim(token, await self._bot_name())

    async def _move_market(self, body: Mapping[str, Any]) -> Mapping[str, str]:
        from app.sandbox.page.market import read_price

        simulated = self._trading.simulated if self._trading else None
        if simulated is None:
            text = "Prices come from a real feed; start with MARKET_FEED=simulated to set them."
            raise Conflict(text, code="market_not_simulated")
        name, wanted = read_price(dict(body))
        await simulated.set_price(name, wanted)
        return {"symbol": name, "price": plain(wanted)}


def bot_token(base: Ground) -> str:
    """The bot's token; without one, the sandbox bot's, the same for ever in one data folder."""
    given = base.settings.bot_token
    if given is not None:
        return given.get_secret_value()
    return f"{SANDBOX_BOT_ID}:{derived_token(base.keys.encryption_key, 'sandbox bot')}"
