"""Cards of last resort."""

from __future__ import annotations

from aiogram.utils.formatting import Bold

from bot.callbacks import MenuPress
from bot.cards.card import Card, card, press
from bot.i18n import Texts
from bot.inbox.secrets import SecretKind


def secret(kind: SecretKind, texts: Texts) -> Card:
    """A key or seed phrase was pasted: it is gone from here, but it may have been seen."""
    return card(Bold(texts(f"guard-{kind}-title")), texts("guard-removed"), texts(f"guard-{kind}"))


def unknown(texts: Texts) -> Card:
    """Three helpful buttons instead of silence."""
    return card(
        texts("guard-unknown"),
        rows=[
            (
                press(texts("button-status"), MenuPress(to="status").pack()),
                press(texts("button-pending"), MenuPress(to="pending").pack()),
                press(texts("button-help"), MenuPress(to="help").pack()),
            )
        ],
    )
