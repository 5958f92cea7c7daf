"""Changes to messages already there: edits in place, deletion, pins, reactions."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from app.sandbox.botapi.content import (
    MEDIA,
    Content,
    caption_content,
    media_content,
    text_content,
)
from app.sandbox.botapi.markup import inline_markup
from app.sandbox.botapi.methods import Method
from app.sandbox.botapi.params import Params
from app.sandbox.botapi.recipient import own_message, reachable_chat, some_message
from app.sandbox.botapi.refusal import bad_request, not_modified
from app.sandbox.store import messages, people
from app.sandbox.switchboard import Switchboard
from foundation import limits

_TEXT_FIELDS: Final = ("text", "entities", "link_preview_options")
_CAPTION_FIELDS: Final = ("caption", "caption_entities", "show_caption_above_media")


async def edit_message_text(board: Switchboard, params: Params) -> Any:
    written = text_content(params)
    async with board.database.begin() as conn:
        row = await own_message(conn, params)
        if "text" not in row["content"]:
            raise bad_request("there is no text in the message to edit")
        content = {**_without(row["content"], _TEXT_FIELDS), **written}
        row, message = await _rewritten(board, conn, row, params, content)
    board.show(row, message)
    return message


async def edit_message_caption(board: Switchboard, params: Params) -> Any:
    written = caption_content(params)
    async with board.database.begin() as conn:
        row = await own_message(conn, params)
        if not any(kind in row["content"] for kind in MEDIA):
            raise bad_request("there is no caption in the message to edit")
        content = {**_without(row["content"], _CAPTION_FIELDS), **written}
        row, message = await _rewritten(board, conn, row, params, content)
    board.show(row, message)
    return message


async def edit_message_media(board: Switchboard, params: Params) -> Any:
    media = params.json("media")
    if not isinstance(media, dict) or media.get("type") not in MEDIA:
        raise bad_request("can't parse InputMedia: only photo and document are known here")
    reference = str(media.get("media") or "")
    given = params.attached(reference) or reference
    inner = Params(values=media)
    caption = caption_content(inner)
    async with board.database.begin() as conn:
        row = await own_message(conn, params)
        shown = await media_content(conn, media["type"], given, board.clock)
        dropped = (*_TEXT_FIELDS, *_CAPTION_FIELDS, *MEDIA)
        content = {**_without(row["content"], dropped), **shown, **caption}
        row, message = await _rewritten(board, conn, row, params, content)
    board.show(row, message)
    return message


async def edit_message_reply_markup(board: Switchboard, params: Params) -> Any:
    async with board.database.begin() as conn:
        row = await own_message(conn, params)
        row, message = await _rewritten(board, conn, row, params, dict(row["content"]))
    board.show(row, message)
    return message


async def _rewritten(
    board: Switchboard, conn: AsyncConnection, row: RowMapping, params: Params, content: Content
) -> tuple[RowMapping, Any]:
    """Put the new content in place; an edit without a keyboard takes the keyboard away."""
    content.pop("reply_markup", None)
    markup = inline_markup(params)
    if markup is not None:
        content["reply_markup"] = markup
    if _comparable(content) == _comparable(row["content"]):
        raise not_modified()
    board.flood.check(row["chat_id"])
    changed = await messages.rewrite(conn, row, content, board.clock.now())
    return changed, await board.describe(conn, changed)


def _comparable(content: Content) -> Content:
    """The content with files by what is in them: the same picture sent anew is the same."""
    compared = dict(content)
    if "photo" in content:
        compared["photo"] = [size["file_unique_id"] for size in content["photo"]]
    if "document" in content:
        compared["document"] = content["document"]["file_unique_id"]
    return compared


def _without(content: Content, names: tuple[str, ...]) -> Content:
    return {name: value for name, value in content.items() if name not in names}


async def delete_message(board: Switchboard, params: Params) -> bool:
    async with board.database.begin() as conn:
        chat = await reachable_chat(conn, params)
        row = await some_message(
            conn, chat["id"], params, bad_request("message to delete not found")
        )
        age = board.clock.now() - row["date"]
        if age > timedelta(hours=limits.TELEGRAM_DELETE_WINDOW_H):
            raise bad_request("message can't be deleted for everyone")
        await _remove(conn, chat, row["message_id"])
    board.page.tell("deleted", chat=chat["id"], message_ids=[row["message_id"]])
    return True


async def delete_messages(board: Switchboard, params: Params) -> bool:
    """Several at once; those that are not there are skipped, as Telegram does."""
    wanted = params.listing("message_ids") or []
    async with board.database.begin() as conn:
        chat = await reachable_chat(conn, params)
        found = [number for number in wanted if type(number) is int]
        for message_id in found:
            await _remove(conn, chat, message_id)
    board.page.tell("deleted", chat=chat["id"], message_ids=found)
    return True


async def _remove(conn: AsyncConnection, chat: RowMapping, message_id: int) -> None:
    await messages.remove(conn, chat["id"], message_id)
    if chat["pinned_message_id"] == message_id:
        await people.change_chat(conn, chat["id"], pinned_message_id=None)


async def pin_chat_message(board: Switchboard, params: Params) -> bool:
    async with board.database.begin() as conn:
        chat = await reachable_chat(conn, params)
        row = await some_message(conn, chat["id"], params, bad_request("message to pin not found"))
        await people.change_chat(conn, chat["id"], pinned_message_id=row["message_id"])
    board.page.tell("chat", chat=chat["id"])
    return True


async def unpin_chat_message(board: Switchboard, params: Params) -> bool:
    async with board.database.begin() as conn:
        chat = await reachable_chat(conn, params)
        message_id = params.number("message_id")
        if message_id is not None and chat["pinned_message_id"] != message_id:
            raise bad_request("message to unpin not found")
        await people.change_chat(conn, chat["id"], pinned_message_id=None)
    board.page.tell("chat", chat=chat["id"])
    return True


async def set_message_reaction(board: Switchboard, params: Params) -> bool:
    listed = params.listing("reaction") or []
    emoji = next((r.get("emoji") for r in listed if isinstance(r, dict)), None)
    if listed and not isinstance(emoji, str):
        raise bad_request("REACTION_INVALID")
    async with board.database.begin() as conn:
        chat = await reachable_chat(conn, params)
        missing = bad_request("message to react not found")
        row = await some_message(conn, chat["id"], params, missing)
        row = await messages.react(conn, row, emoji)
        message = await board.describe(conn, row)
    board.show(row, message)
    return True


METHODS: Final[dict[str, Method]] = {
    "editMessageText": edit_message_text,
    "editMessageCaption": edit_message_caption,
    "editMessageMedia": edit_message_media,
    "editMessageReplyMarkup": edit_message_reply_markup,
    "deleteMessage": delete_message,
    "deleteMessages": delete_messages,
    "pinChatMessage": pin_chat_message,
    "unpinChatMessage": unpin_chat_message,
    "setMessageReaction": set_message_reaction,
}
