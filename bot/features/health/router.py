"""`/health`, for owner and admins only."""

from __future__ import annotations

from aiogram import F, Router
from aiogram.filters import Command
from aiogram.types import Message

from bot.desk import Desk
from bot.features.health import cards
from bot.house import House
from foundation.people import Role
from foundation.people.access import require_role


def router() -> Router:
    """Handlers of this feature."""
    made = Router(name="health")
    made.message.filter(F.chat.type == "private")
    made.message.register(_health, Command("health"))
    return made


async def _health(_message: Message, desk: Desk, house: House) -> None:
    require_role(desk.user, Role.ADMIN)
    engine = await house.front.performance.engine()
    feeds = await house.front.markets.feeds()
    trading = await house.front.installation.get()
    desk.say(cards.health(engine, feeds, trading, desk.texts))
