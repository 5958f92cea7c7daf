"""The help card."""

from __future__ import annotations

from aiogram.utils.formatting import Bold

from bot.callbacks import MenuPress
from bot.cards.card import Card, card, press
from bot.cards.look import Look


def overview(look: Look) -> Card:
    """Commands in four groups, and three buttons to begin with."""
    texts = look.texts
    return card(
        Bold(texts("help-title")),
        "",
        Bold(texts("help-see")),
        texts("help-see-list"),
        "",
        Bold(texts("help-act")),
        texts("help-act-list"),
        "",
        Bold(texts("help-own")),
        texts("help-own-list"),
        "",
        texts("help-how"),
        rows=[
            (
                press(texts("button-status"), MenuPress(to="status").pack()),
                press(texts("button-pending"), MenuPress(to="pending").pack()),
                press(texts("button-alerts"), MenuPress(to="alerts").pack()),
            ),
            look.app_button(key="button-dashboard"),
        ],
    )
