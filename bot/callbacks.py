"""What a button sends back: short, versioned, opaque ids only; whoever presses is checked anew."""

from __future__ import annotations

from typing import Final, Literal

from aiogram.filters.callback_data import CallbackData

FORMAT: Final = "1"
"""Version of all forms below; a button of another version is answered as out of date."""


class OfferPress(CallbackData, prefix=f"o{FORMAT}"):
    """Decide on an offer; ``version`` is the one the person saw."""

    act: Literal["approve", "reject", "half", "full", "undo", "open"]
    id: str
    version: int


class GroupPress(CallbackData, prefix=f"g{FORMAT}"):
    """Look at a position, ask to close it, confirm, or have one that failed tried again."""

    act: Literal["open", "ask", "close", "retry"]
    id: str


class AccountPress(CallbackData, prefix=f"a{FORMAT}"):
    """Order something for a whole account; ``ask_…`` is the first of two steps."""

    act: Literal["pause", "resume", "ask_close", "close", "stop"]
    id: str


class MenuPress(CallbackData, prefix=f"m{FORMAT}"):
    """Go to a card that needs no object."""

    to: Literal["status", "pending", "help", "alerts", "keep", "language"]


class SetupPress(CallbackData, prefix=f"s{FORMAT}"):
    """Steps of the first minutes and of the settings card."""

    act: Literal["language", "consent", "test", "theme", "locale"]
    value: str
