"""How a card is to look for one reader: words, chart theme, and where the app is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from aiogram.types import InlineKeyboardButton

from bot.cards.card import opens
from bot.i18n import Texts

Theme = Literal["dark", "light"]


@dataclass(frozen=True, slots=True)
class Look:
    """One reader's view. ``app_url`` is None where Telegram would not open our address."""

    texts: Texts
    theme: Theme
    app_url: str | None

    def app_button(
        self, path: str = "", key: str = "button-open-app"
    ) -> list[InlineKeyboardButton]:
        """A row with the Mini App button, or nothing."""
        if self.app_url is None:
            return []
        return [opens(self.texts(key), f"{self.app_url.rstrip('/')}/{path}")]
