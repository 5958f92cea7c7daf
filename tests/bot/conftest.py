"""Fixtures of the bot's tests: Telegram's place taken, and a town with the bot in it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from foundation.bus import Bus
from foundation.db import Database
from tests.bot.api import FakeTelegram
from tests.bot.town import BotTown
from tests.support.clock import FakeClock


@pytest.fixture
async def api() -> AsyncIterator[FakeTelegram]:
    made = FakeTelegram()
    await made.start()
    yield made
    await made.stop()


@pytest.fixture
async def town(
    database: Database, bus: Bus, clock: FakeClock, api: FakeTelegram
) -> AsyncIterator[BotTown]:
    """Ann has a paper account and a hook; the bot is not started yet."""
    made = BotTown(database, bus, clock, api)
    await made.open()
    yield made
    await made.halt()
    await made.close()
