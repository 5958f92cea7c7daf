"""One update's desk: who asks, in which words, and the tray their answers are put on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from bot.cards.card import Card, card
from bot.i18n import Texts
from bot.outbox.items import Item, Priority, Thing, call, delete, edit, live, send
from bot.presses import Presses
from bot.setup.commands import admin_call
from foundation.people import User


@dataclass(slots=True)
class Tray:
    """What an update puts into the outbox, written together with the mark that it is handled.

    ``renewed`` are live objects whose next card becomes a new message at the end of the chat.
    """

    items: list[Item] = field(default_factory=list)
    renewed: list[tuple[int, Thing]] = field(default_factory=list)
    texts: Texts | None = None


@dataclass(slots=True)
class Desk:
    """Where a handler works. Nothing leaves before the handler has ended well.

    A person waits for what is put here, so it goes before all that tells itself.
    """

    update_key: str
    user: User
    texts: Texts
    chat_id: int
    tray: Tray
    presses: Presses
    press_id: str | None = None
    pressed_message: int | None = None

    @property
    def key(self) -> str:
        """Idempotency key for what this update orders: a replay orders the same thing."""
        return self.update_key

    def say(self, message: Card, reply_to: Thing | None = None) -> None:
        """A new message in this chat."""
        self.tray.items.append(
            send(self.chat_id, message, self._next(), Priority.ANSWER, reply_to=reply_to)
        )

    def turn(self, message: Card) -> None:
        """Turn the pressed message into this card; without a press, say it."""
        if self.pressed_message is None:
            self.say(message)
            return
        self.tray.items.append(edit(self.chat_id, self.pressed_message, message, self._next()))

    def show(self, thing: Thing, message: Card, *, anew: bool = False) -> None:
        """Show an object in its one live message; ``anew`` moves it to the end of the chat."""
        if anew:
            self.tray.renewed.append((self.chat_id, thing))
        self.tray.items.append(live(self.chat_id, thing, message, Priority.ANSWER))

    def remove(self, message_id: int) -> None:
        """Delete a message of this chat, at once."""
        self.tray.items.append(delete(self.chat_id, message_id, self._next()))

    def menu_button(self, words: str, url: str) -> None:
        """Name the chat's menu button in the person's language."""
        button = {"type": "web_app", "text": words, "web_app": {"url": url}}
        self._call("setChatMenuButton", {"chat_id": self.chat_id, "menu_button": button})

    def admin_menu(self) -> None:
        """Show the commands of owners and admins in this chat."""
        self._call("setMyCommands", admin_call(self.chat_id, self.texts))

    def _call(self, method: str, payload: dict[str, Any]) -> None:
        self.tray.items.append(call(self.chat_id, method, payload, self._next()))

    async def alert(self, words: str) -> None:
        """Words on top of the pressed button; as a message when it is too late for that."""
        shown = False
        if self.press_id is not None:
            shown = await self.presses.answer(self.press_id, words, alert=True)
        if not shown:
            self.say(card(words))

    async def nod(self, words: str | None = None) -> None:
        """Answer the press briefly; nothing is lost when it is too late."""
        if self.press_id is not None:
            await self.presses.answer(self.press_id, words)

    def _next(self) -> str:
        return f"{self.update_key}:{len(self.tray.items)}"
