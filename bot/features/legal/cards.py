"""Short texts that must always be reachable."""

from __future__ import annotations

from aiogram.utils.formatting import Bold

from bot.cards.card import Card, card
from bot.i18n import Texts


def page(name: str, texts: Texts) -> Card:
    """privacy, support or paysupport."""
    return card(Bold(texts(f"legal-{name}-title")), "", texts(f"legal-{name}"))


def terms(risk_version: str, texts: Texts) -> Card:
    """The terms, with the risk notice in force."""
    return card(
        Bold(texts("legal-terms-title")),
        "",
        texts("legal-terms"),
        "",
        Bold(texts("start-risk-title")),
        texts("start-risk"),
        texts("legal-terms-version", version=risk_version),
    )
