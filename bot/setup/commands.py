"""Which commands who sees, as Telegram wants them."""

from __future__ import annotations

from typing import Any, Final

from bot.i18n import Texts

PRIVATE: Final = (
    "status",
    "pending",
    "profit",
    "alerts",
    "pause",
    "resume",
    "close",
    "stop",
    "positions",
    "settings",
    "language",
    "help",
    "start",
    "support",
    "privacy",
    "terms",
    "paysupport",
)
GROUP: Final = ("status",)
ADMIN: Final = (*PRIVATE[:8], "health", "halt", "unhalt", *PRIVATE[8:])


def menu(names: tuple[str, ...], texts: Texts) -> list[dict[str, str]]:
    """The commands with their words in one language."""
    return [{"command": name, "description": texts(f"command-{name}")} for name in names]


def admin_call(chat_id: int, texts: Texts) -> dict[str, Any]:
    """Payload of setMyCommands for the chat of an owner or admin."""
    return {
        "commands": menu(ADMIN, texts),
        "scope": {"type": "chat", "chat_id": chat_id},
    }
