"""What holds for all accounts now, and what that means."""

from __future__ import annotations

from aiogram.utils.formatting import Bold

from bot.cards.card import Card, card
from bot.i18n import Texts
from engine.api.installation import InstallationView


def installation(view: InstallationView, texts: Texts) -> Card:
    """The state, its meaning, who has yet to hear, and the way back."""
    late = texts("halt-waiting", count=view.waiting) if view.waiting else None
    return card(
        Bold(texts(f"halt-{view.state}", count=view.accounts)),
        texts(f"halt-{view.state}-means"),
        late,
    )


def unknown(texts: Texts) -> Card:
    """The word after the command is none of ours."""
    return card(texts("halt-unknown"))
