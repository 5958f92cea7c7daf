"""Cards of pause and resume: what goes on and what does not."""

from __future__ import annotations

from aiogram.utils.formatting import Bold

from bot.callbacks import AccountPress
from bot.cards.card import Card, card, clip, press
from bot.i18n import Texts
from engine.api.views import AccountView, HomeView


def state(account: AccountView, home: HomeView, unchanged: bool, texts: Texts) -> Card:
    """The account's state with what it means, and the button to the other one."""
    label = clip(account.label, 30)
    if account.state == "running":
        act, words = "pause", [texts("trading-running-means")]
    else:
        act = "resume"
        words = [
            texts("trading-paused-cancels-nothing"),
            texts("trading-paused-goes-on", count=home.groups_open),
            texts("trading-paused-waits", count=home.queued),
        ]
    other = press(
        texts(f"trading-{act}-button"),
        AccountPress.model_validate({"act": act, "id": account.id}).pack(),
    )
    title = texts(f"trading-{account.state}", account=label)
    already = texts("trading-unchanged") if unchanged else None
    return card(Bold(title), already, *words, rows=[(other,)])


def undecided(texts: Texts) -> Card:
    """Written down, but the engine has not answered yet."""
    return card(texts("error-undecided"))
