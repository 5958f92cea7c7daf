"""The state of the installation."""

from __future__ import annotations

from collections.abc import Sequence

from aiogram.utils.formatting import Bold

from bot.cards.card import Card, card, clip
from bot.cards.words import arriving
from bot.i18n import Texts
from engine.api.accounts import PAPER
from engine.api.installation import InstallationView
from engine.api.views import EngineHealth, FeedHealth


def health(
    engine: EngineHealth, feeds: Sequence[FeedHealth], trading: InstallationView, texts: Texts
) -> Card:
    """Engine, the prices of every board, and what waits."""
    return card(
        Bold(texts("health-title")),
        texts("health-engine-up" if engine.running else "health-engine-down"),
        texts(f"health-trading-{trading.state}"),
        *(_feed(feed, texts) for feed in feeds),
        texts("health-inbox", count=engine.inbox_waiting),
        texts("health-unknown", count=engine.orders_unknown),
    )


def _feed(feed: FeedHealth, texts: Texts) -> str:
    board = feed.feed if feed.board == PAPER else f"{feed.board} {feed.market}"
    return texts(
        "health-feed-live" if arriving(feed) else "health-feed-stale",
        feed=clip(board, 40),
        count=len(feed.symbols),
    )
