"""The bot as one part: wired here, started and stopped by the house."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from dataclasses import dataclass
from urllib.parse import urlsplit

from aiogram import Bot, Dispatcher
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import TelegramAPIError
from aiogram.fsm.storage.memory import DisabledEventIsolation
from aiohttp import web

from bot.cursors import Cursors
from bot.features.alerts.router import router as alerts
from bot.features.closing.router import router as closing
from bot.features.guard.router import router as guard
from bot.features.guard.router import secrets_router
from bot.features.health.router import router as health
from bot.features.help.router import router as help_router
from bot.features.installation.router import router as installation
from bot.features.legal.router import router as legal
from bot.features.offers.router import router as offers
from bot.features.profit.router import router as profit
from bot.features.settings.router import router as settings_router
from bot.features.start.router import router as start
from bot.features.status.router import router as status
from bot.features.trading.router import router as trading
from bot.house import House
from bot.inbox.poller import Poller
from bot.inbox.store import Inbox
from bot.inbox.webhook import Webhook
from bot.inbox.worker import Worker
from bot.middlewares.door import Door
from bot.middlewares.throttle import Throttle
from bot.outbox.limiter import Limiter
from bot.outbox.sender import Sender
from bot.outbox.store import Outbox
from bot.outbox.wire import Wire
from bot.presses import Presses
from bot.setup.introduce import introduce, persistently
from bot.telling.teller import Teller
from engine.api.front import Front
from foundation import limits
from foundation.bus import Bus
from foundation.clock import Clock
from foundation.db import Database
from foundation.log import get_logger
from foundation.nursery import Nursery
from foundation.people import OwnerClaim, People
from foundation.settings import Settings

_log = get_logger("bot")
_EXTRA_UPDATES = ("edited_message", "pre_checkout_query", "my_chat_member")


@dataclass(frozen=True, slots=True)
class BotDeps:
    """What the bot needs. ``token`` and ``api_url`` may be the sandbox's; it makes no difference.

    ``web_app_url`` is where the Mini App lives (``https://host/app/``).
    """

    settings: Settings
    front: Front
    people: People
    database: Database
    clock: Clock
    bus: Bus
    api_url: str
    token: str
    web_app_url: str


class BotApp:
    """Start with a nursery, hand webhook requests to ``webhook_handler``, stop at the end."""

    def __init__(self, deps: BotDeps) -> None:
        self._deps = deps
        api = TelegramAPIServer.from_base(deps.api_url.rstrip("/"))
        session = AiohttpSession(api=api, timeout=limits.BOT_REQUEST_TIMEOUT_S)
        self._bot = Bot(deps.token, session=session)
        self._nursery = Nursery(_log)
        self._app_url = _openable(deps.web_app_url, deps.api_url)
        bot_id = self._bot.id
        database, clock, bus = deps.database, deps.clock, deps.bus
        self._inbox = Inbox(database, clock, bus, bot_id)
        self._outbox = Outbox(database, clock, bus, bot_id)
        self._presses = Presses(self._bot, clock, self._nursery)
        self._house = House(
            deps.front,
            deps.people,
            OwnerClaim(database, clock),
            database,
            clock,
            bus,
            self._app_url,
        )
        self._sender = Sender(
            Wire(self._bot, self._outbox), self._outbox, Limiter(clock), deps.people, clock
        )
        self._name: str | None = None
        self._dispatcher = self._make_dispatcher()
        self._secret = _webhook_secret(deps.settings, deps.token)
        self._webhook = Webhook(self._inbox, self._presses, self._secret)

    async def start(self, nursery: Nursery) -> None:
        """Begin to listen, work, send and tell; an unreachable Telegram delays nothing."""
        deps = self._deps
        outbox, clock, sender = self._outbox, deps.clock, self._sender
        worker = Worker(self._dispatcher, self._bot, self._inbox, outbox, self._presses)
        cursors = Cursors(deps.database, clock, self._bot.id)
        teller = Teller(self._house, outbox, cursors, self._bot.id)
        for name, make in (
            ("telegram-worker", lambda: worker.run(deps.bus, self._nursery)),
            ("telegram-sender", lambda: sender.run(deps.bus, self._nursery)),
            ("telegram-in", self._listen),
            ("telegram-setup", self._introduce),
            ("telegram-events", teller.run_events),
            ("telegram-offers", teller.run_offers),
            ("telegram-refresh", teller.run_refresh),
            ("telegram-purge", self._purge),
        ):
            nursery.start(name, make)

    async def name(self) -> str | None:
        """The bot's user name as Telegram tells it; None while Telegram cannot be asked."""
        if self._name is None:
            try:
                async with asyncio.timeout(limits.BOT_NAME_WAIT_S):
                    self._name = (await self._bot.me()).username
            except (TelegramAPIError, TimeoutError) as error:
                _log.warning("Telegram did not tell the bot's name", reason=str(error))
        return self._name

    async def stop(self) -> None:
        """Let messages in the air land, end the rest and hang up; a new start takes it up."""
        await self._sender.landed()
        await self._nursery.stop()
        await self._bot.session.close()

    async def webhook_handler(self, request: web.Request) -> web.Response:
        """The view behind ``/webhooks/telegram``."""
        return await self._webhook(request)

    def _make_dispatcher(self) -> Dispatcher:
        made = Dispatcher(disable_fsm=True, events_isolation=DisabledEventIsolation())
        made["house"] = self._house
        door = Door(self._house, self._presses, Throttle(self._deps.clock), self._bot.id)
        made.update.outer_middleware(door)
        made.include_routers(
            secrets_router(),
            start(),
            help_router(),
            offers(),
            status(),
            closing(),
            trading(),
            profit(),
            alerts(),
            settings_router(),
            legal(),
            health(),
            installation(),
            guard(),
        )
        return made

    def _allowed_updates(self) -> list[str]:
        used = self._dispatcher.resolve_used_update_types()
        return sorted({*used, *_EXTRA_UPDATES})

    async def _listen(self) -> None:
        allowed = self._allowed_updates()
        settings, clock = self._deps.settings, self._deps.clock
        if settings.telegram_mode == "webhook":
            await persistently(clock, "webhook", lambda: self._set_webhook(allowed))
            return
        await persistently(clock, "no webhook", self._delete_webhook)
        poller = Poller(self._bot, self._inbox, self._presses, self._deps.database, clock)
        await poller.run(allowed)

    async def _set_webhook(self, allowed: list[str]) -> None:
        url = f"{str(self._deps.settings.public_url).rstrip('/')}/webhooks/telegram"
        await self._bot.set_webhook(url, secret_token=self._secret, allowed_updates=allowed)
        _log.info("webhook set", url=url)

    async def _delete_webhook(self) -> None:
        await self._bot.delete_webhook(drop_pending_updates=False)

    async def _introduce(self) -> None:
        await persistently(
            self._deps.clock, "introduction", lambda: introduce(self._bot, self._app_url)
        )

    async def _purge(self) -> None:
        while True:
            await self._inbox.purge()
            await self._deps.clock.sleep(limits.BOT_HOUSEKEEPING_S)


def _openable(web_app_url: str, api_url: str) -> str | None:
    """Telegram opens https addresses only; a Bot API reached by plain http is in the house."""
    https = urlsplit(web_app_url).scheme == "https"
    at_home = urlsplit(api_url).scheme == "http"
    return web_app_url if https or at_home else None


def _webhook_secret(settings: Settings, token: str) -> str:
    """The secret that is set, or one nobody has to set: Telegram learns it by setWebhook."""
    if settings.telegram_webhook_secret is not None:
        return settings.telegram_webhook_secret.get_secret_value()
    return hmac.new(token.encode(), b"countersign webhook secret", hashlib.sha256).hexdigest()
