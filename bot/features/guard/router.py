"""The last resort: pasted secrets, unknown words, old buttons, a chat that was closed or opened."""

from __future__ import annotations

from aiogram import F, Router
from aiogram.types import CallbackQuery, ChatMemberUpdated, Message

from bot.desk import Desk
from bot.features.guard import cards
from bot.house import House
from bot.inbox.secrets import MARK, marked_kind

_GONE = ("kicked", "left")


def secrets_router() -> Router:
    """Comes before all others: a pasted secret is nobody else's business."""
    made = Router(name="secrets")
    for observer in (made.message, made.edited_message):
        observer.register(_secret, F.text.startswith(MARK) | F.caption.startswith(MARK))
    return made


def router() -> Router:
    """Comes after all others."""
    made = Router(name="guard")
    made.message.register(_unknown, F.chat.type == "private")
    made.callback_query.register(_old_button)
    made.my_chat_member.register(_membership, F.chat.type == "private")
    return made


async def _secret(message: Message, desk: Desk) -> None:
    kind = marked_kind(message.text or message.caption)
    desk.remove(message.message_id)
    desk.say(cards.secret(kind or "key", desk.texts))


async def _unknown(_message: Message, desk: Desk) -> None:
    desk.say(cards.unknown(desk.texts))


async def _old_button(_press: CallbackQuery, desk: Desk) -> None:
    await desk.alert(desk.texts("error-old-button"))


async def _membership(change: ChatMemberUpdated, desk: Desk, house: House) -> None:
    reachable = change.new_chat_member.status not in _GONE
    await house.people.set_reachable(desk.user.id, reachable)
