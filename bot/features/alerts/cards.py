"""Receipts: every alert with what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from aiogram.utils.formatting import Bold, Text

from bot.callbacks import SetupPress
from bot.cards.card import Card, card, clip, press
from bot.cards.look import Look
from bot.cards.words import REASON_MAX, SYMBOL_MAX, timeframe
from bot.i18n import Texts
from bot.times import day_time
from engine.api.views import AccountView, ReceiptView

_ICONS: Final = {
    "accepted": "✅",
    "duplicate": "♻️",
    "stale": "⌛",
    "refused": "⛔",
    "rate_limited": "🚦",
    "unauthorised": "🔒",
}


def receipts(account: AccountView, items: Sequence[ReceiptView], look: Look) -> Card:
    """The newest alerts of an account."""
    texts = look.texts
    label = clip(account.label, 30)
    if not items:
        test = SetupPress(act="test", value=account.id).pack()
        return card(
            texts("alerts-none", account=label),
            rows=[(press(texts("alerts-test-button"), test),), look.app_button("alerts")],
        )
    lines: list[Any] = [Bold(texts("alerts-title", account=label)), ""]
    for item in items:
        lines += _receipt(item, texts)
    return card(*lines, rows=[look.app_button("alerts")])


def _receipt(item: ReceiptView, texts: Texts) -> list[Any]:
    what = clip(item.symbol, SYMBOL_MAX) if item.symbol else texts("alerts-unreadable")
    parts = [what]
    if item.timeframe:
        parts.append(timeframe(texts, item.timeframe))
    if item.intent and texts.has(f"alerts-intent-{item.intent}"):
        parts.append(texts(f"alerts-intent-{item.intent}"))
    status = texts(f"alerts-status-{item.status}")
    head = Text(_ICONS[item.status], " ", Bold(" · ".join(parts)), " — ", status)
    halves = item.exit_code is not None
    told = clip(item.message, REASON_MAX) if halves or item.status != "accepted" else None
    return [head, *([told] if told else []), Text(day_time(item.received_at)), ""]
