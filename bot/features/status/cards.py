"""Status as a list, as a table, and for a group chat."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from aiogram.utils.formatting import Bold, Pre

from bot.callbacks import GroupPress, MenuPress
from bot.cards.card import Card, card, clip, press
from bot.cards.look import Look
from bot.cards.words import SYMBOL_MAX, arriving, side_icon, timeframe
from bot.i18n import Texts
from engine.api.views import EngineHealth, FeedHealth, GroupView, HomeView, Page

_ZERO = Decimal(0)
_PER_ROW = 2


def overview(home: HomeView, page: Page[GroupView], look: Look) -> Card:
    """Account, results, then one line per position and a button to each."""
    texts = look.texts
    lines: list[Any] = [*_head(home, texts), "", *(_line(group, texts) for group in page.items)]
    if not page.items:
        lines.append(texts("status-empty"))
    if page.next_cursor is not None:
        lines.append(texts("status-more"))
    buttons = [
        press(
            f"{side_icon(g.side)} {clip(g.symbol, SYMBOL_MAX)} ▸",
            GroupPress(act="open", id=g.id).pack(),
        )
        for g in page.items
    ]
    rows = [buttons[n : n + _PER_ROW] for n in range(0, len(buttons), _PER_ROW)]
    if home.offers_waiting:
        to_offers = texts("status-offers-button", count=home.offers_waiting)
        rows.append([press(to_offers, MenuPress(to="pending").pack())])
    return card(*lines, rows=[*rows, look.app_button()])


def table(home: HomeView, page: Page[GroupView], look: Look) -> Card:
    """The same as fixed-width columns."""
    texts, numbers = look.texts, look.texts.numbers
    head = tuple(texts(f"status-column-{name}") for name in ("symbol", "legs", "pnl", "percent"))
    rows = [head] + [
        (
            ("▲" if g.side == "long" else "▼") + clip(g.symbol, 12),
            f"{g.legs_filled}/{g.legs_total}",
            numbers.usd(g.unrealized_pnl_usd or _ZERO, sign=True),
            numbers.percent(g.unrealized_pnl_percent or _ZERO, sign=True, digits=1),
        )
        for g in page.items
    ]
    widths = [max(len(row[n]) for row in rows) for n in range(len(head))]
    body = "\n".join(
        row[0].ljust(widths[0])
        + "".join("  " + cell.rjust(w) for cell, w in zip(row[1:], widths[1:], strict=True))
        for row in rows
    )
    return card(*_head(home, texts), "", Pre(body), rows=[look.app_button()])


def public(engine: EngineHealth, feed: FeedHealth, texts: Texts) -> Card:
    """For a group chat: the house alone, nobody's money."""
    return card(
        texts("status-public-running" if engine.running else "status-public-stopped"),
        texts("status-prices-live" if arriving(feed) else "status-prices-stale"),
        texts("status-public-hint"),
    )


def _head(home: HomeView, texts: Texts) -> list[Any]:
    numbers, account = texts.numbers, home.account
    lines: list[Any] = [
        Bold(
            texts(
                "status-title",
                account=clip(account.label, 30),
                equity=numbers.usd(home.equity_usd),
            )
        ),
        texts(
            "status-today",
            usd=numbers.usd(home.pnl_today_usd, sign=True),
            percent=numbers.percent(home.pnl_today_percent, sign=True),
        ),
        texts(
            "status-total",
            usd=numbers.usd(home.pnl_total_usd, sign=True),
            percent=numbers.percent(home.pnl_total_percent, sign=True),
        ),
        texts(
            "status-pool",
            open=home.groups_open,
            most=home.groups_max,
            queued=home.queued,
            free=numbers.usd(home.free_usd),
        ),
    ]
    if account.installation_state != "running":
        lines.append(texts(f"status-installation-{account.installation_state}"))
    if account.state != "running":
        lines.append(texts(f"status-state-{account.state}"))
    if not home.engine.running:
        lines.append(texts("status-engine-stopped"))
    if not arriving(home.feed):
        lines.append(texts("status-prices-stale"))
    return lines


def _line(group: GroupView, texts: Texts) -> str:
    numbers = texts.numbers
    result = texts("status-no-result")
    if group.unrealized_pnl_usd is not None:
        usd = numbers.usd(group.unrealized_pnl_usd, sign=True)
        percent = numbers.percent(group.unrealized_pnl_percent or _ZERO, sign=True)
        result = f"{usd} ({percent})"
    return texts(
        "status-line",
        icon=side_icon(group.side),
        symbol=clip(group.symbol, SYMBOL_MAX),
        timeframe=timeframe(texts, group.timeframe),
        result=result,
        filled=group.legs_filled,
        total=group.legs_total,
    )
