"""A card: what one message shows, as plain data; limits of Telegram are kept here."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from aiogram.types import (
    CopyTextButton,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    WebAppInfo,
)
from aiogram.utils.formatting import Text

from bot.cards.recipe import ChartRecipe
from foundation.limits import TELEGRAM_CAPTION_UNITS_MAX, TELEGRAM_TEXT_UNITS_MAX

_CUT = "…"
Row = Sequence[InlineKeyboardButton]


@dataclass(frozen=True, slots=True)
class Card:
    """One message. With a ``photo`` the text is its caption (at most 1024 UTF-16 units)."""

    text: str
    entities: tuple[dict[str, Any], ...] = ()
    markup: InlineKeyboardMarkup | None = None
    photo: ChartRecipe | None = None
    silent: bool = False

    def payload(self) -> dict[str, Any]:
        """The card in the Bot API's names, as JSON can hold it."""
        payload: dict[str, Any] = {"text": self.text}
        if self.entities:
            payload["entities"] = list(self.entities)
        if self.markup is not None:
            payload["reply_markup"] = self.markup.model_dump(exclude_none=True)
        if self.silent:
            payload["disable_notification"] = True
        return payload


def units(text: str) -> int:
    """Length as Telegram counts it, in UTF-16 units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def clip(text: str, most: int) -> str:
    """The text on one line, cut to ``most`` UTF-16 units with an ellipsis."""
    flat = " ".join(text.split())
    if units(flat) <= most:
        return flat
    return _first_units(flat, most - 1).rstrip() + _CUT


def clip_text(
    text: str, entities: Iterable[dict[str, Any]], most: int
) -> tuple[str, list[dict[str, Any]]]:
    """The text and its entities cut to ``most`` UTF-16 units; unchanged when they fit."""
    if units(text) <= most:
        return text, list(entities)
    kept = [e for e in entities if e["offset"] + e["length"] < most]
    return _first_units(text, most - 1) + _CUT, kept


def card(
    *lines: Any,
    rows: Iterable[Row] = (),
    photo: ChartRecipe | None = None,
    silent: bool = False,
) -> Card:
    """A card of these lines (strings or formatting nodes); None leaves a line out."""
    shown = [line for line in lines if line is not None]
    nodes: list[Any] = []
    for number, line in enumerate(shown):
        nodes.extend(("\n", line) if number else (line,))
    text, entities = Text(*nodes).render()
    most = TELEGRAM_CAPTION_UNITS_MAX if photo is not None else TELEGRAM_TEXT_UNITS_MAX
    text, fitting = clip_text(text, [e.model_dump(exclude_none=True) for e in entities], most)
    keyboard = [list(row) for row in rows if row]
    markup = InlineKeyboardMarkup(inline_keyboard=keyboard) if keyboard else None
    return Card(text, tuple(fitting), markup, photo, silent)


def digest(content: Any) -> str:
    """A short fingerprint of JSON content: equal content needs no edit."""
    body = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.blake2b(body.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def press(text: str, data: str, style: str | None = None) -> InlineKeyboardButton:
    """A button that sends ``data`` back; ``style`` is success, danger or primary."""
    return InlineKeyboardButton(text=text, callback_data=data, style=style)


def opens(text: str, url: str) -> InlineKeyboardButton:
    """A button that opens the Mini App."""
    return InlineKeyboardButton(text=text, web_app=WebAppInfo(url=url))


def copies(text: str, copied: str) -> InlineKeyboardButton:
    """A button that puts text on the clipboard."""
    return InlineKeyboardButton(text=text, copy_text=CopyTextButton(text=copied))


def _first_units(text: str, most: int) -> str:
    return text.encode("utf-16-le", "surrogatepass")[: most * 2].decode("utf-16-le", "ignore")
