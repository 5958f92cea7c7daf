"""Cards of the first minutes."""

from __future__ import annotations

from aiogram.utils.formatting import Bold

from bot.callbacks import MenuPress, SetupPress
from bot.cards.card import Card, card, clip, press
from bot.cards.look import Look
from bot.i18n import LANGUAGE_NAMES, Texts
from engine.api.views import AccountView


def welcome(first_name: str, texts: Texts) -> Card:
    """First contact: which language?"""
    buttons = [
        press(name, SetupPress(act="language", value=locale).pack())
        for locale, name in LANGUAGE_NAMES.items()
    ]
    return card(
        texts.rich("start-welcome", name=Bold(clip(first_name, 40))),
        "",
        texts("start-what"),
        "",
        texts("start-choose-language"),
        rows=[buttons],
    )


def risk(texts: Texts, version: str) -> Card:
    """The risk notice in force; the button accepts exactly this version."""
    accept = SetupPress(act="consent", value=version).pack()
    return card(
        Bold(texts("start-risk-title")),
        "",
        texts("start-risk"),
        "",
        texts("start-risk-version", version=version),
        rows=[(press(texts("start-accept"), accept, "success"),)],
    )


def ready(account: AccountView, look: Look) -> Card:
    """The paper account is there; the next step is one tap."""
    texts = look.texts
    capital = texts.numbers.usd(account.total_capital_usd)
    return card(
        Bold(texts("start-ready", account=clip(account.label, 40), capital=capital)),
        "",
        texts("start-next"),
        rows=[
            (
                press(
                    texts("start-test-button"),
                    SetupPress(act="test", value=account.id).pack(),
                    "primary",
                ),
            ),
            (
                press(texts("button-status"), MenuPress(to="status").pack()),
                press(texts("button-help"), MenuPress(to="help").pack()),
            ),
            look.app_button(key="button-dashboard"),
        ],
    )


def owner(texts: Texts) -> Card:
    """The claim link worked."""
    return card(texts("start-owner"))
