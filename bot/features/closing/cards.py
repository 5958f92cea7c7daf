"""Cards of closing: which one, are you sure, and what happened."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Literal

from aiogram.utils.formatting import Bold

from bot.callbacks import AccountPress, GroupPress, MenuPress
from bot.cards.card import Card, card, clip, press
from bot.cards.words import SYMBOL_MAX, side_icon
from bot.features.closing.emergency import Picture, Report
from bot.i18n import Texts
from engine.api.views import AccountView, GroupView

Act = Literal["close", "stop"]
_ZERO = Decimal(0)
_NAMES_MAX = 10


def choose(
    account: AccountView, groups: Sequence[GroupView], unknown: str | None, texts: Texts
) -> Card:
    """Which position? Buttons instead of typing."""
    label = clip(account.label, 30)
    wrong = None
    if unknown is not None:
        wrong = texts("closing-unknown", wanted=clip(unknown, SYMBOL_MAX))
    if not groups:
        return card(wrong, texts("closing-nothing", account=label))
    rows = [
        (press(_named(group, texts), GroupPress(act="ask", id=group.id).pack()),)
        for group in groups
    ]
    everything = press(
        texts("closing-all-button"),
        AccountPress(act="ask_close", id=account.id).pack(),
        "danger",
    )
    return card(wrong, Bold(texts("closing-choose", account=label)), rows=[*rows, (everything,)])


def confirm_group(group: GroupView, texts: Texts) -> Card:
    """Are you sure, with what it means in money."""
    pnl = texts.numbers.usd(group.unrealized_pnl_usd or _ZERO, sign=True)
    yes = press(texts("closing-yes"), GroupPress(act="close", id=group.id).pack(), "danger")
    return card(
        Bold(texts("closing-sure", symbol=clip(group.symbol, SYMBOL_MAX))),
        texts("closing-means", invested=texts.numbers.usd(group.invested_usd), pnl=pnl),
        rows=[(yes, press(texts("closing-no"), MenuPress(to="keep").pack()))],
    )


def confirm_all(account: AccountView, picture: Picture, act: Act, texts: Texts) -> Card:
    """The second step of closing everything: what it will do, before it does it."""
    symbols = _names([detail.group.symbol for detail in picture.groups])
    yes = press(texts(f"closing-{act}-yes"), AccountPress(act=act, id=account.id).pack(), "danger")
    return card(
        Bold(texts(f"closing-{act}-sure", account=clip(account.label, 30))),
        "",
        texts("closing-will-pause"),
        texts("closing-will-cancel", count=len(picture.entries)),
        texts("closing-will-drop", count=picture.queued),
        texts("closing-will-close", count=len(picture.groups)),
        symbols or None,
        rows=[(yes, press(texts("closing-no"), MenuPress(to="keep").pack()))],
    )


def stopped(account: AccountView, report: Report, texts: Texts) -> Card:
    """Exactly what was cancelled and closed, and what was not."""
    lines: list[Any] = [
        Bold(texts("closing-stopped", account=clip(account.label, 30))),
        texts(f"closing-now-{account.state}"),
        "",
        texts("closing-cancelled", count=report.cancelled),
    ]
    if report.filled:
        lines.append(texts("closing-filled", count=report.filled))
    if report.unsettled:
        count, names = len(report.unsettled), _names(report.unsettled)
        lines.append(texts("closing-not-cancelled", count=count, symbols=names))
    lines.append(texts("closing-dropped", count=report.dequeued))
    if report.closed:
        count, names = len(report.closed), _names(report.closed)
        lines.append(texts("closing-closed", count=count, symbols=names))
    if report.closing:
        count, names = len(report.closing), _names(report.closing)
        lines.append(texts("closing-closing", count=count, symbols=names))
    if not report.closed and not report.closing:
        lines.append(texts("closing-none-open"))
    resume = press(texts("closing-resume"), AccountPress(act="resume", id=account.id).pack())
    status = press(texts("button-status"), MenuPress(to="status").pack())
    return card(*lines, rows=[(resume, status)])


def retried(group: GroupView, texts: Texts) -> Card:
    """A position that failed is ordered again."""
    return card(texts("closing-retried", symbol=clip(group.symbol, SYMBOL_MAX)))


def closing_group(group: GroupView, texts: Texts) -> Card:
    """The close is ordered; the position's own card tells the rest."""
    key = "closing-done" if group.status == "closed" else "closing-ordered"
    return card(texts(key, symbol=clip(group.symbol, SYMBOL_MAX)))


def kept(texts: Texts) -> Card:
    """The person thought better of it."""
    return card(texts("closing-kept"))


def undecided(texts: Texts) -> Card:
    """Written down, but the engine has not answered yet."""
    return card(texts("error-undecided"))


def _named(group: GroupView, texts: Texts) -> str:
    pnl = texts.numbers.usd(group.unrealized_pnl_usd or _ZERO, sign=True)
    return f"{side_icon(group.side)} {clip(group.symbol, SYMBOL_MAX)} {pnl}"


def _names(symbols: Sequence[str]) -> str:
    """``BTC/USDT ×2, ETH/USDT`` — at most ten names."""
    counted = Counter(clip(symbol, SYMBOL_MAX) for symbol in symbols)
    shown = [f"{s} ×{n}" if n > 1 else s for s, n in list(counted.items())[:_NAMES_MAX]]
    return ", ".join(shown) + (" …" if len(counted) > _NAMES_MAX else "")
