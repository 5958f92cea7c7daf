"""`/privacy`, `/terms`, `/support`, `/paysupport`."""

from __future__ import annotations

from aiogram import F, Router
from aiogram.filters import Command, CommandObject
from aiogram.types import Message

from bot.desk import Desk
from bot.features.legal import cards
from bot.risk import RISK_VERSION


def router() -> Router:
    """Handlers of this feature."""
    made = Router(name="legal")
    made.message.filter(F.chat.type == "private")
    made.message.register(_say, Command("privacy", "support", "paysupport"))
    made.message.register(_terms, Command("terms"))
    return made


async def _say(_message: Message, command: CommandObject, desk: Desk) -> None:
    desk.say(cards.page(command.command.lower(), desk.texts))


async def _terms(_message: Message, desk: Desk) -> None:
    desk.say(cards.terms(RISK_VERSION, desk.texts))
