"""The list of offers that wait."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from aiogram.utils.formatting import Bold, Text

from bot.callbacks import OfferPress, SetupPress
from bot.cards.card import Card, card, clip, press
from bot.cards.look import Look
from bot.cards.offer import headline
from bot.cards.words import SYMBOL_MAX, side_icon
from bot.times import relative
from engine.api.views import AccountView, OfferView


def pending(account: AccountView, offers: Sequence[OfferView], more: bool, look: Look) -> Card:
    """Every waiting offer in a line, with a button that brings its card."""
    texts = look.texts
    if not offers:
        test = SetupPress(act="test", value=account.id).pack()
        return card(
            texts("offers-none"),
            rows=[(press(texts("offers-test-button"), test),), look.app_button("offers")],
        )
    lines: list[Any] = [Bold(texts("offers-title", count=len(offers))), ""]
    for offer in offers:
        expiry = texts.rich("offer-expires", when=relative(offer.expires_at))
        capital = texts.numbers.usd(offer.capital_usd)
        lines += [headline(offer, texts), Text(capital, " · ", expiry), ""]
    if more:
        lines.append(texts("offers-more"))
    buttons = [
        (
            press(
                f"{side_icon(offer.side)} {clip(offer.symbol, SYMBOL_MAX)} ▸",
                OfferPress(act="open", id=offer.id, version=offer.version).pack(),
            ),
        )
        for offer in offers
    ]
    return card(*lines, rows=[*buttons, look.app_button("offers")])
