"""The state of the installation."""

from __future__ import annotations

from aiogram.utils.formatting import Bold

from bot.cards.card import Card, card, clip
from bot.cards.words import arriving
from bot.i18n import Texts
from engine.api.installation import InstallationView
from engine.api.views import EngineHealth, FeedHealth


def health(engine: EngineHealth, feed: FeedHealth, trading: InstallationView, texts: Texts) -> Card:
    """Engine, prices, and what waits."""
    return card(
        Bold(texts("health-title")),
        texts("health-engine-up" if engine.running else "health-engine-down"),
        texts(f"health-trading-{trading.state}"),
        texts(
            "health-feed-live" if arriving(feed) else "health-feed-stale",
            feed=clip(feed.feed, 40),
            count=len(feed.symbols),
        ),
        texts("health-inbox", count=engine.inbox_waiting),
        texts("health-unknown", count=engine.orders_unknown),
    )
