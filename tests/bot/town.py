"""A town with the bot in it: the real engine behind, real tables, Telegram's place taken."""

from __future__ import annotations

from typing import Any

from bot.app import BotApp, BotDeps
from bot.callbacks import OfferPress
from engine.api.entitlements import Entitlements
from engine.api.events import Events
from engine.api.front import Front
from engine.api.groups import Groups
from engine.api.installation import Installation
from engine.api.performance import Neighbours, Performance
from engine.api.queue import Queue
from engine.api.risk import Risk
from engine.api.settings_window import SettingsWindow
from engine.api.targets import Targets
from engine.api.trades import Trades
from engine.api.views import OfferView
from engine.runtime.deciding import Decider
from engine.runtime.fills import Fills
from engine.runtime.ports import Ports
from engine.runtime.sender import Sender
from engine.runtime.worker import Worker
from engine.store.remembered import Remembered
from engine.venues.paper.venue import PaperVenue
from foundation.bus import Bus
from foundation.db import Database
from foundation.log import get_logger
from foundation.nursery import Nursery
from foundation.settings import load_settings
from tests.bot.api import TOKEN, Call, FakeTelegram, press, text_message
from tests.engine.offers.kit import Town
from tests.support.boards import OneBoard
from tests.support.clock import FakeClock
from tests.support.keys import make_keys
from tests.support.until import until
from tests.support.webhooks import make_webhooks

ANN = 1001
BEN = 1002
WEB_APP = "http://127.0.0.1:8080/app/"


class BotTown(Town):
    """The offers' town with orders, positions, and the bot on top."""

    def __init__(self, database: Database, bus: Bus, clock: FakeClock, api: FakeTelegram) -> None:
        super().__init__(database, bus, clock)
        self.api = api
        self.nursery = Nursery(get_logger("tests.bot"))
        venue = PaperVenue(database, clock, self.pit, lambda: None)
        prices = OneBoard(self.pit, self.pit.index)
        ports = Ports(self.store, {"paper": venue}, clock, bus, prices)
        self.fills = Fills(ports)
        self.orders = Sender(ports, self.nursery)
        self.worker = Worker(ports, Decider(prices, self.rules), (self.fills,))
        neighbours = Neighbours(self.markets, self.offers.waiting, self.receipts.last)
        accounts = Remembered(database)
        self.front = Front(
            accounts=self.accounts,
            groups=Groups(database, clock, bus),
            queue=Queue(database, clock, bus, self.market, accounts),
            risk=Risk(database, clock, bus, self.market, accounts),
            events=Events(database),
            performance=Performance(database, clock, neighbours),
            markets=self.markets,
            hooks=self.hooks,
            receipts=self.receipts,
            offers=self.offers,
            signals=self.signals,
            keys=make_keys(database, clock, bus),
            targets=Targets(database, clock, bus, self.market),
            trades=Trades(database, clock),
            settings=SettingsWindow(database, clock, bus, self.market),
            webhooks=make_webhooks(database, clock, bus),
            installation=Installation(database, clock, bus),
            entitlements=Entitlements(database, clock, bus),
        )
        self.app = self.new_app()

    def new_app(self, **env: str) -> BotApp:
        """Another process's bot on the same tables."""
        settings = load_settings({"BOT_TOKEN": TOKEN, "TELEGRAM_MODE": "polling", **env})
        return BotApp(
            BotDeps(
                settings,
                self.front,
                self.people,
                self.database,
                self.clock,
                self.bus,
                self.api.base,
                TOKEN,
                WEB_APP,
            )
        )

    async def run(self) -> None:
        """Start the bot, and the engine's worker beside it."""
        await self.app.start(self.nursery)
        self.nursery.start("engine", self._engine)

    async def halt(self) -> None:
        await self.nursery.stop()
        await self.app.stop()

    async def _engine(self) -> None:
        """The feed's heart and the actors, turn by turn."""
        beaten = self.clock.monotonic()
        while True:
            mark = self.bus.mark("inbox")
            if self.clock.monotonic() - beaten >= 1.0:
                beaten = self.clock.monotonic()
                await self.prices({})
            busy = [
                await self.actors.fan_out.turn(),
                await self.actors.effect.turn(),
                await self.worker.turn(),
                await self.orders.turn(),
                await self.fills.turn(),
                await self.actors.outcomes.turn(),
            ]
            if not any(busy):
                await self.bus.wait("inbox", 0.02, since=mark)

    # --- people -------------------------------------------------------------------------------

    def say(self, text: str, who: int = ANN, **more: Any) -> int:
        return self.api.update(text_message(who, text, **more))

    def tap(self, data: str, who: int = ANN, message_id: int = 101) -> int:
        return self.api.update(press(who, data, message_id))

    def tap_offer(self, offer: OfferView, act: Any, who: int = ANN) -> int:
        return self.tap(OfferPress(act=act, id=offer.id, version=offer.version).pack(), who)

    async def sees(self, *parts: str, within: float = 10.0, tick: float = 0.5) -> Call:
        """The next message or edit with all these words, letting time pass meanwhile."""

        def look() -> Call | None:
            self.pass_time(tick)
            return next(
                (c for c in self.api.shown() if all(part in c.words for part in parts)), None
            )

        try:
            found: Call = await until(look, within=within, every=0.03)
        except AssertionError:
            seen = "\n---\n".join(c.words for c in self.api.shown())
            raise AssertionError(f"nobody saw {parts}; but:\n{seen}") from None
        return found

    async def alerted(self, part: str, within: float = 8.0) -> Call:
        """The answer to a press that shows these words."""

        def look() -> Call | None:
            self.pass_time(0.002)
            answers = self.api.of("answerCallbackQuery")
            return next((c for c in answers if part in str(c.params.get("text", ""))), None)

        found: Call = await until(look, within=within, every=0.02)
        return found

    def pass_time(self, seconds: float = 0.5) -> None:
        """Move the clock and wake whoever waits for a moment."""
        self.clock.advance(seconds)
        for topic in ("telegram_outbox", "telegram_inbox"):
            self.bus.wake(topic)
