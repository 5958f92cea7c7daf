"""`/halt [pause]` and `/unhalt`, for owner and admins only."""

from __future__ import annotations

from typing import Final

from aiogram import F, Router
from aiogram.filters import Command, CommandObject
from aiogram.types import Message

from bot.desk import Desk
from bot.features.installation import cards
from bot.house import House
from foundation.people import Role
from foundation.people.access import require_role

_STATES: Final = {"": "halted", "pause": "paused"}


def router() -> Router:
    """Handlers of this feature."""
    made = Router(name="installation")
    made.message.filter(F.chat.type == "private")
    made.message.register(_halt, Command("halt"))
    made.message.register(_unhalt, Command("unhalt"))
    return made


async def _halt(_message: Message, command: CommandObject, desk: Desk, house: House) -> None:
    require_role(desk.user, Role.ADMIN)
    state = _STATES.get((command.args or "").strip().lower())
    if state is None:
        desk.say(cards.unknown(desk.texts))
        return
    await _set(desk, house, state)


async def _unhalt(_message: Message, desk: Desk, house: House) -> None:
    require_role(desk.user, Role.ADMIN)
    await _set(desk, house, "running")


async def _set(desk: Desk, house: House, state: str) -> None:
    view = await house.front.installation.set_state(desk.user.id, state)
    desk.say(cards.installation(view, desk.texts))
