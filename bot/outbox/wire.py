"""From a claimed row to Bot API calls: send, edit or replace, and what to do when refused."""

from __future__ import annotations

import asyncio
from typing import Any, Final

from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest
from aiogram.methods import (
    DeleteMessage,
    EditMessageCaption,
    EditMessageMedia,
    EditMessageText,
    SendMessage,
    SendPhoto,
    SetChatMenuButton,
    SetMyCommands,
    TelegramMethod,
)
from aiogram.types import BufferedInputFile, InputMediaPhoto, Message

from bot.cards.card import clip_text, digest
from bot.cards.chart import draw
from bot.cards.recipe import ChartRecipe
from bot.outbox.store import Claimed, Outbox, Shown
from foundation.errors import ContractBroken
from foundation.limits import TELEGRAM_CAPTION_UNITS_MAX
from foundation.log import get_logger

_log = get_logger("bot.outbox")

_CALLS: Final[dict[str, type[TelegramMethod[Any]]]] = {
    "setChatMenuButton": SetChatMenuButton,
    "setMyCommands": SetMyCommands,
}
_NO_PREVIEW: Final = {"is_disabled": True}
_SAME: Final = "message is not modified"
_MESSAGE_GONE: Final = (
    "message to edit not found",
    "message can't be edited",
    "message_id_invalid",
    "there is no text in the message to edit",
    "there is no caption in the message to edit",
)
_ENTITIES: Final = ("can't parse entities", "entity", "entities")
_BUTTONS: Final = ("button", "web app url", "reply markup", "reply_markup")
_PHOTO: Final = ("photo_invalid", "image_process_failed", "photo_save_file_invalid", "media")


class Wire:
    """Delivers one row; answers with the message number and what the message shows now.

    Raises aiogram's Telegram errors for what another try, or nobody, can mend.
    """

    def __init__(self, bot: Bot, outbox: Outbox) -> None:
        self._bot = bot
        self._outbox = outbox

    async def deliver(self, row: Claimed) -> tuple[int | None, Shown | None]:
        """Do what the row says, in a plainer form when Telegram refuses the rich one."""
        payload, photo = dict(row.payload), row.photo
        for _ in range(4):
            try:
                return await self._once(row, payload, photo)
            except TelegramBadRequest as error:
                plainer = _plainer(error.message.lower(), payload, photo)
                if plainer is None:
                    raise
                _log.warning("sent in a plainer form", row=row.id, reason=error.message)
                payload, photo = plainer
        raise ContractBroken("a message kept being refused after it had become plain text")

    async def _once(
        self, row: Claimed, payload: dict[str, Any], photo: dict[str, Any] | None
    ) -> tuple[int | None, Shown | None]:
        if row.kind == "live":
            return await self._live(row, payload, photo)
        if row.kind == "delete":
            return await self._delete(row, payload)
        if row.kind == "call":
            body = {name: value for name, value in payload.items() if name != "method"}
            method = _CALLS[payload["method"]].model_validate(body)
            await self._bot(method)
            return None, None
        if row.kind == "edit":
            return await self._edit_text(row, payload), None
        return await self._send(row, payload, photo), None

    async def _live(
        self, row: Claimed, payload: dict[str, Any], photo: dict[str, Any] | None
    ) -> tuple[int | None, Shown | None]:
        if row.thing is None:
            raise ContractBroken("a live row names no object")
        shown = await self._outbox.shown(row.chat_id, row.thing)
        now_photo = digest(photo) if photo else None
        if shown is None:
            number = await self._send(row, payload, photo)
            return number, Shown(number, photo is not None, row.digest, now_photo)
        keeps = shown.has_photo and (now_photo is None or now_photo == shown.photo_digest)
        if shown.digest == row.digest:
            return shown.message_id, shown
        try:
            if photo is not None and not keeps:
                await self._edit_media(row.chat_id, shown.message_id, payload, photo)
                return shown.message_id, Shown(shown.message_id, True, row.digest, now_photo)
            await self._edit_shown(row.chat_id, shown, payload)
        except TelegramBadRequest as error:
            reason = error.message.lower()
            if _SAME in reason:
                return shown.message_id, _with(shown, row.digest)
            if not any(part in reason for part in _MESSAGE_GONE):
                raise
            number = await self._send(row, payload, photo)
            return number, Shown(number, photo is not None, row.digest, now_photo)
        return shown.message_id, _with(shown, row.digest)

    async def _edit_shown(self, chat_id: int, shown: Shown, payload: dict[str, Any]) -> None:
        target = {"chat_id": chat_id, "message_id": shown.message_id}
        if shown.has_photo:
            body = {**_caption(payload), **target}
            await self._bot(EditMessageCaption.model_validate(body))
        else:
            await self._bot(EditMessageText.model_validate({**_text(payload), **target}))

    async def _edit_media(
        self, chat_id: int, message_id: int, payload: dict[str, Any], photo: dict[str, Any]
    ) -> None:
        caption = _caption(payload)
        markup = caption.pop("reply_markup", None)
        media = InputMediaPhoto(media=await _file(photo), **caption)
        await self._bot(
            EditMessageMedia(
                chat_id=chat_id, message_id=message_id, media=media, reply_markup=markup
            )
        )

    async def _edit_text(self, row: Claimed, payload: dict[str, Any]) -> int:
        number = int(payload["message_id"])
        try:
            body = {**_text(payload), "chat_id": row.chat_id, "message_id": number}
            await self._bot(EditMessageText.model_validate(body))
        except TelegramBadRequest as error:
            reason = error.message.lower()
            if _SAME in reason:
                return number
            if any(part in reason for part in _MESSAGE_GONE):
                return await self._send(row, payload, None)
            raise
        return number

    async def _delete(
        self, row: Claimed, payload: dict[str, Any]
    ) -> tuple[int | None, Shown | None]:
        try:
            await self._bot(DeleteMessage(chat_id=row.chat_id, message_id=payload["message_id"]))
        except TelegramBadRequest as error:
            if "message to delete not found" not in error.message.lower():
                raise
        return None, None

    async def _send(
        self, row: Claimed, payload: dict[str, Any], photo: dict[str, Any] | None
    ) -> int:
        extra: dict[str, Any] = {"chat_id": row.chat_id}
        if payload.get("disable_notification"):
            extra["disable_notification"] = True
        if row.reply_to is not None:
            above = await self._outbox.shown(row.chat_id, row.reply_to)
            if above is not None:
                extra["reply_parameters"] = {
                    "message_id": above.message_id,
                    "allow_sending_without_reply": True,
                }
        method: TelegramMethod[Message]
        if photo is None:
            method = SendMessage.model_validate({**_text(payload), **extra})
        else:
            method = SendPhoto.model_validate(
                {**_caption(payload), **extra, "photo": await _file(photo)}
            )
        message = await self._bot(method)
        return message.message_id


def _with(shown: Shown, new_digest: str) -> Shown:
    return Shown(shown.message_id, shown.has_photo, new_digest, shown.photo_digest)


def _text(payload: dict[str, Any]) -> dict[str, Any]:
    names = ("text", "entities", "reply_markup")
    body: dict[str, Any] = {name: payload[name] for name in names if name in payload}
    return {**body, "link_preview_options": _NO_PREVIEW}


def _caption(payload: dict[str, Any]) -> dict[str, Any]:
    text, entities = clip_text(
        payload["text"], payload.get("entities", ()), TELEGRAM_CAPTION_UNITS_MAX
    )
    body: dict[str, Any] = {"caption": text}
    if entities:
        body["caption_entities"] = entities
    if "reply_markup" in payload:
        body["reply_markup"] = payload["reply_markup"]
    return body


async def _file(photo: dict[str, Any]) -> BufferedInputFile:
    """The chart, drawn beside the event loop."""
    content = await asyncio.to_thread(draw, ChartRecipe.from_json(photo))
    return BufferedInputFile(content, filename="chart.png")


def _plainer(
    reason: str, payload: dict[str, Any], photo: dict[str, Any] | None
) -> tuple[dict[str, Any], dict[str, Any] | None] | None:
    """The next plainer form of a refused message; None when there is none."""
    if "entities" in payload and any(part in reason for part in _ENTITIES):
        return {k: v for k, v in payload.items() if k != "entities"}, photo
    if any(part in reason for part in _BUTTONS):
        return _without_web_app(payload, photo)
    if photo is not None and any(part in reason for part in _PHOTO):
        return payload, None
    return None


def _without_web_app(
    payload: dict[str, Any], photo: dict[str, Any] | None
) -> tuple[dict[str, Any], dict[str, Any] | None] | None:
    """Telegram takes only https addresses behind a button; without it the rest still works."""
    rows = payload.get("reply_markup", {}).get("inline_keyboard", [])
    kept = [[button for button in row if "web_app" not in button] for row in rows]
    if kept == rows:
        return None
    markup = {"inline_keyboard": [row for row in kept if row]}
    return {**payload, "reply_markup": markup}, photo
