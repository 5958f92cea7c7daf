"""Results of closed positions in one card."""

from __future__ import annotations

from typing import Any

from aiogram.utils.formatting import Bold

from bot.callbacks import MenuPress
from bot.cards.card import Card, card, clip, press
from bot.cards.look import Look
from bot.cards.words import SYMBOL_MAX, duration
from bot.i18n import Texts
from engine.api.views import AccountView, ProfitView
from foundation.limits import PROFIT_DAYS_MAX


def profit(account: AccountView, view: ProfitView, look: Look) -> Card:
    """The result in money first, then how it came about."""
    texts, numbers = look.texts, look.texts.numbers
    label = clip(account.label, 30)
    if view.days is None:
        title = texts("profit-title-all", account=label)
    else:
        title = texts("profit-title", account=label, days=view.days)
    status = (press(texts("button-status"), MenuPress(to="status").pack()),)
    if not view.trades:
        return card(Bold(title), texts("profit-none"), rows=[status, look.app_button("trades")])
    lines: list[Any] = [
        Bold(title),
        texts("profit-result", usd=numbers.usd(view.realized_pnl_usd, sign=True)),
        texts("profit-trades", count=view.trades, wins=view.wins, losses=view.losses),
        texts("profit-rate", percent=numbers.percent(view.win_rate_percent, digits=1)),
    ]
    if view.profit_factor is not None:
        lines.append(texts("profit-factor", factor=numbers.decimal(view.profit_factor, 2)))
    lines.append(texts("profit-fees", usd=numbers.usd(view.fees_usd)))
    held = duration(texts, view.average_duration_seconds)
    lines.append(texts("profit-duration", duration=held))
    lines += _extremes(view, texts)
    return card(*lines, rows=[status, look.app_button("trades")])


def wrong_days(asked: str, texts: Texts) -> Card:
    """The argument is no number of days."""
    return card(texts("profit-wrong", asked=clip(asked, 20), most=PROFIT_DAYS_MAX))


def _extremes(view: ProfitView, texts: Texts) -> list[str]:
    """The best winner and the worst loser, if there are any."""
    lines = []
    best, worst = view.best_pnl_usd, view.worst_pnl_usd
    if view.best_symbol is not None and best is not None and best > 0:
        symbol, usd = clip(view.best_symbol, SYMBOL_MAX), texts.numbers.usd(best, sign=True)
        lines.append(texts("profit-best", symbol=symbol, usd=usd))
    if view.worst_symbol is not None and worst is not None and worst < 0:
        symbol, usd = clip(view.worst_symbol, SYMBOL_MAX), texts.numbers.usd(worst, sign=True)
        lines.append(texts("profit-worst", symbol=symbol, usd=usd))
    return lines
