"""The settings card and the choice of language."""

from __future__ import annotations

from aiogram.utils.formatting import Bold

from bot.callbacks import MenuPress, SetupPress
from bot.cards.card import Card, card, press
from bot.cards.look import Look
from bot.i18n import LANGUAGE_NAMES, Texts


def settings(look: Look) -> Card:
    """What is chosen now, with buttons that change it; the rest is in the app."""
    texts = look.texts
    other = "light" if look.theme == "dark" else "dark"
    return card(
        Bold(texts("settings-title")),
        texts("settings-language", language=LANGUAGE_NAMES[texts.locale]),
        texts(f"settings-theme-{look.theme}"),
        "",
        texts("settings-rest"),
        rows=[
            (
                press(texts("settings-language-button"), MenuPress(to="language").pack()),
                press(
                    texts(f"settings-theme-{other}-button"),
                    SetupPress(act="theme", value=other).pack(),
                ),
            ),
            look.app_button("more"),
        ],
    )


def languages(texts: Texts) -> Card:
    """One button per language, in its own words."""
    buttons = [
        press(name, SetupPress(act="locale", value=locale).pack())
        for locale, name in LANGUAGE_NAMES.items()
    ]
    return card(texts("settings-choose-language"), rows=[buttons])
