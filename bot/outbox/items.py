"""What is put into the outbox: one item per message, edit, deletion or plain call."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Literal, NamedTuple

from bot.cards.card import Card, digest
from bot.cards.recipe import ChartRecipe

Kind = Literal["send", "edit", "live", "delete", "call"]


class Priority(IntEnum):
    """Who goes first: answers, then approvals and risk, then live edits, then the rest."""

    ANSWER = 0
    DECISION = 1
    LIVE = 2
    BULK = 3


class Thing(NamedTuple):
    """An object a message can show: ``kind`` is offer or group."""

    kind: str
    id: str


@dataclass(frozen=True, slots=True)
class Item:
    """One outbox row to be.

    ``payload`` holds the Bot API's own names (text, entities, reply_markup …). ``dedupe_key``
    makes a repeat change nothing; a ``live`` item needs none, the latest one wins. With
    ``only_edit`` it changes a message that is there, or on its way, and never makes one.
    """

    chat_id: int
    kind: Kind
    payload: dict[str, Any]
    priority: Priority = Priority.DECISION
    photo: ChartRecipe | None = None
    dedupe_key: str | None = None
    thing: Thing | None = None
    reply_to: Thing | None = None
    only_edit: bool = False

    @property
    def digest(self) -> str:
        """Fingerprint of the text and buttons; the chart has its own."""
        return digest(self.payload)


def send(
    chat_id: int,
    card: Card,
    key: str | None,
    priority: Priority = Priority.DECISION,
    reply_to: Thing | None = None,
) -> Item:
    """A new message, perhaps as a reply to the one that shows ``reply_to``."""
    return Item(
        chat_id,
        "send",
        card.payload(),
        priority,
        photo=card.photo,
        dedupe_key=key,
        reply_to=reply_to,
    )


def live(chat_id: int, thing: Thing, card: Card, priority: Priority = Priority.LIVE) -> Item:
    """The one message that shows ``thing``: sent the first time, edited afterwards."""
    return Item(chat_id, "live", card.payload(), priority, photo=card.photo, thing=thing)


def correct(chat_id: int, thing: Thing, card: Card) -> Item:
    """The last word on ``thing`` where a message shows it; what has not left yet never does."""
    return Item(chat_id, "live", card.payload(), photo=card.photo, thing=thing, only_edit=True)


def edit(chat_id: int, message_id: int, card: Card, key: str | None) -> Item:
    """A new content for a text message known by its number: of the button somebody pressed."""
    payload = {**card.payload(), "message_id": message_id}
    return Item(chat_id, "edit", payload, Priority.ANSWER, dedupe_key=key)


def delete(chat_id: int, message_id: int, key: str | None) -> Item:
    """Take a message away, before anything else is sent."""
    return Item(chat_id, "delete", {"message_id": message_id}, Priority.ANSWER, dedupe_key=key)


def call(chat_id: int, method: str, payload: dict[str, Any], key: str | None) -> Item:
    """A Bot API call that shows nothing in the chat, such as setting the menu button."""
    body = {"method": method, **payload}
    return Item(chat_id, "call", body, Priority.BULK, dedupe_key=key)
