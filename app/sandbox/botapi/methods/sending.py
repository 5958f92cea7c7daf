"""New messages from the bot: text, photo, document, and the "typing…" line."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncConnection

from app.sandbox.botapi.content import Content, caption_content, media_content, text_content
from app.sandbox.botapi.markup import reply_markup
from app.sandbox.botapi.methods import Method
from app.sandbox.botapi.params import Params
from app.sandbox.botapi.recipient import reachable_chat, replied_message
from app.sandbox.botapi.refusal import bad_request
from app.sandbox.store import people
from app.sandbox.store.messages import NewMessage
from app.sandbox.switchboard import Switchboard

_ACTIONS: Final = frozenset(
    {"typing", "upload_photo", "upload_video", "upload_voice", "upload_document"}
    | {"record_video", "record_voice", "record_video_note", "upload_video_note"}
    | {"choose_sticker", "find_location"}
)


@dataclass(frozen=True, slots=True)
class Draft:
    """What a new message will say, before it has a number."""

    content: Content
    invoice_slug: str | None = None


async def send_message(board: Switchboard, params: Params) -> Any:
    draft = Draft(text_content(params))

    async def make(_conn: AsyncConnection) -> Draft:
        return draft

    return await deliver(board, params, make)


async def send_photo(board: Switchboard, params: Params) -> Any:
    return await _send_media(board, params, "photo")


async def send_document(board: Switchboard, params: Params) -> Any:
    return await _send_media(board, params, "document")


async def _send_media(board: Switchboard, params: Params, kind: str) -> Any:
    given = params.upload(kind) or params.text(kind)
    if not given:
        raise bad_request(f"there is no {kind} in the request")
    caption = caption_content(params)
    if params.flag("has_spoiler"):
        caption["has_media_spoiler"] = True

    async def make(conn: AsyncConnection) -> Draft:
        return Draft({**await media_content(conn, kind, given, board.clock), **caption})

    return await deliver(board, params, make)


async def deliver(
    board: Switchboard, params: Params, make: Callable[[AsyncConnection], Awaitable[Draft]]
) -> Any:
    """Write the bot's message with its keyboard and what it answers, and show it."""
    markup = reply_markup(params)
    inline = markup is not None and "inline_keyboard" in markup
    async with board.database.begin() as conn:
        chat = await reachable_chat(conn, params)
        board.flood.check(chat["id"])
        draft = await make(conn)
        content = dict(draft.content)
        if inline:
            content["reply_markup"] = markup
        elif markup is not None:
            keyboard = markup if "keyboard" in markup else None
            await people.change_chat(conn, chat["id"], reply_keyboard=keyboard)
        if params.flag("protect_content"):
            content["has_protected_content"] = True
        new = NewMessage(
            chat["id"],
            from_bot=True,
            content=content,
            reply_to=await replied_message(conn, chat["id"], params),
            invoice_slug=draft.invoice_slug,
        )
        row, message = await board.post(conn, new)
    board.show(row, message)
    if markup is not None and not inline:
        board.page.tell("chat", chat=chat["id"])
    return message


async def send_chat_action(board: Switchboard, params: Params) -> bool:
    action = params.text("action")
    if action not in _ACTIONS:
        raise bad_request("wrong parameter action in request")
    async with board.database.begin() as conn:
        chat = await reachable_chat(conn, params)
    board.page.tell("action", chat=chat["id"], action=action)
    return True


METHODS: Final[dict[str, Method]] = {
    "sendMessage": send_message,
    "sendPhoto": send_photo,
    "sendDocument": send_document,
    "sendChatAction": send_chat_action,
}
