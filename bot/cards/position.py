"""The position card: one live message per group, closed with its result."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from aiogram.types import InlineKeyboardButton

from bot.callbacks import GroupPress
from bot.cards.card import Card, card, clip, press
from bot.cards.look import Look
from bot.cards.words import (
    REASON_MAX,
    SYMBOL_MAX,
    duration,
    result_icon,
    side_icon,
    timeframe,
)
from bot.i18n import Texts
from bot.numbers import price_digits
from engine.api.views import GroupDetail, GroupView, LegView

_ZERO = Decimal(0)
_DOTS_MAX = 12


@dataclass(frozen=True, slots=True)
class Result:
    """What a closed group came to; averages are None when nothing was filled."""

    entry: Decimal | None
    exit: Decimal | None
    pnl_usd: Decimal
    percent: Decimal
    seconds: int


def position_card(detail: GroupDetail, look: Look) -> Card:
    """The live message of a group as it is now (its chart is added by the caller)."""
    if detail.group.status == "closed":
        return _closed_card(detail, look)
    return _open_card(detail, look)


def result(detail: GroupDetail) -> Result:
    """Averages, realised P&L in USD and as a share of what the entries cost."""
    legs = [leg for leg in _legs(detail) if leg.filled_quantity > 0 and leg.avg_fill_price]
    bought = sum((leg.filled_quantity for leg in legs), _ZERO)
    cost = sum((leg.filled_quantity * (leg.avg_fill_price or _ZERO) for leg in legs), _ZERO)
    sold = [o for o in detail.orders if o.purpose != "entry" and o.avg_fill_price is not None]
    sold_quantity = sum((o.filled_quantity for o in sold), _ZERO)
    proceeds = sum((o.filled_quantity * (o.avg_fill_price or _ZERO) for o in sold), _ZERO)
    group = detail.group
    closed_at = group.closed_at or group.updated_at
    return Result(
        cost / bought if bought else None,
        proceeds / sold_quantity if sold_quantity else None,
        group.realized_pnl_usd,
        group.realized_pnl_usd / cost * 100 if cost else _ZERO,
        int((closed_at - group.created_at).total_seconds()),
    )


def exit_words(group: GroupView, texts: Texts) -> str:
    """Why it was closed, in the reader's words."""
    code = group.exit_reason or "manual"
    key = f"position-code-{code}"
    return texts(key) if texts.has(key) else texts("position-code-other", reason=code)


def closed_notice(detail: GroupDetail, texts: Texts) -> str:
    """One line for the reply that tells of the close."""
    done = result(detail)
    if done.entry is None:
        return texts("position-closed-empty", symbol=clip(detail.group.symbol, SYMBOL_MAX))
    return texts(
        "notice-closed",
        icon=result_icon(done.pnl_usd),
        symbol=clip(detail.group.symbol, SYMBOL_MAX),
        usd=texts.numbers.usd(done.pnl_usd, sign=True),
        percent=texts.numbers.percent(done.percent, sign=True),
        reason=exit_words(detail.group, texts),
    )


def digits_of(detail: GroupDetail) -> int:
    """Decimals of a price: those of the ladder, which lies on ticks."""
    return price_digits(leg.price for leg in _legs(detail))


def on_tick(price: Decimal, digits: int) -> Decimal:
    """An average, rounded to the decimals of a price."""
    return price.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_EVEN)


def pattern(detail: GroupDetail) -> str:
    """Legs as dots: filled, partly filled, not filled."""
    legs = _legs(detail)
    dots = "".join(_dot(leg) for leg in legs[:_DOTS_MAX])
    return dots + ("…" if len(legs) > _DOTS_MAX else "")


def _legs(detail: GroupDetail) -> list[LegView]:
    return [leg for pyramid in detail.pyramids for leg in pyramid.legs]


def _dot(leg: LegView) -> str:
    if leg.filled_quantity <= 0:
        return "○"
    return "●" if leg.filled_quantity >= leg.quantity else "◐"


def _open_card(detail: GroupDetail, look: Look) -> Card:
    group, texts, numbers = detail.group, look.texts, look.texts.numbers
    lines: list[Any] = [
        texts(
            "position-headline",
            icon=side_icon(group.side),
            side=texts(f"side-{group.side}"),
            symbol=clip(group.symbol, SYMBOL_MAX),
            status=texts(f"position-status-{group.status}"),
        )
    ]
    if group.unrealized_pnl_usd is not None and group.open_quantity > 0:
        lines.append(
            texts(
                "position-pnl",
                usd=numbers.usd(group.unrealized_pnl_usd, sign=True),
                percent=numbers.percent(group.unrealized_pnl_percent or _ZERO, sign=True),
            )
        )
    elif group.status == "waiting":
        lines.append(texts("position-waiting"))
    elif group.status == "failed":
        lines.append(texts("position-failed"))
    lines += ["", *_numbers(detail, texts)]
    return card(*lines, rows=_rows(group, look))


def _numbers(detail: GroupDetail, texts: Texts) -> list[str | None]:
    group, numbers, digits = detail.group, texts.numbers, digits_of(detail)
    ending = group.status == "closing"
    return [
        _average(group, texts, digits),
        texts(
            "position-legs",
            pattern=pattern(detail),
            filled=group.legs_filled,
            total=group.legs_total,
        ),
        texts("position-pyramids", count=group.pyramid_count, most=group.max_pyramids),
        _price("position-next", None if ending else group.next_entry_price, texts, digits),
        _price("position-target", None if ending else group.next_tp_price, texts, digits),
        None if ending else _stop(detail, texts, digits),
        texts(
            "position-money",
            invested=numbers.usd(group.invested_usd),
            realized=numbers.usd(group.realized_pnl_usd, sign=True),
        ),
        _origin(group, texts),
    ]


def _average(group: GroupView, texts: Texts, digits: int) -> str | None:
    if group.weighted_avg_price is None:
        return None
    price = texts.numbers.price(group.weighted_avg_price, digits)
    if group.mark_price is None:
        return texts("position-average", price=price)
    mark = texts.numbers.price(group.mark_price, digits)
    return texts("position-average-now", price=price, mark=mark)


def _stop(detail: GroupDetail, texts: Texts, digits: int) -> str | None:
    """Which stop protects how much, and where it waits."""
    stop, group = detail.stop, detail.group
    if stop is None:
        return None
    return texts(
        f"position-stop-{stop.where}",
        price=texts.numbers.price(stop.price, digits),
        quantity=texts.numbers.quantity(stop.quantity),
        asset=clip(group.symbol.partition("/")[0], SYMBOL_MAX),
        venue=group.venue.title(),
    )


def _price(key: str, price: Decimal | None, texts: Texts, digits: int) -> str | None:
    return None if price is None else texts(key, price=texts.numbers.price(price, digits))


def _origin(group: GroupView, texts: Texts) -> str:
    source = texts("source-name", source=group.source)
    if group.strategy:
        strategy = clip(group.strategy, 40)
        source = texts("offer-source-strategy", source=source, strategy=strategy)
    frame = timeframe(texts, group.timeframe)
    return texts("position-origin", timeframe=frame, source=source)


def _closed_card(detail: GroupDetail, look: Look) -> Card:
    group, texts, numbers = detail.group, look.texts, look.texts.numbers
    done = result(detail)
    symbol = clip(group.symbol, SYMBOL_MAX)
    why = texts(
        "position-closed-why",
        side=texts(f"side-{group.side}"),
        reason=clip(exit_words(group, texts), REASON_MAX),
    )
    rows = [look.app_button(f"positions/{group.id}")]
    if done.entry is None:
        return card(texts("position-closed-empty", symbol=symbol), why, rows=rows)
    digits = digits_of(detail)
    prices = None
    if done.exit is not None:
        prices = texts(
            "position-closed-prices",
            entry=numbers.price(done.entry, digits),
            exit=numbers.price(done.exit, digits),
        )
    return card(
        texts(
            "position-closed-headline",
            icon=result_icon(done.pnl_usd),
            symbol=symbol,
            usd=numbers.usd(done.pnl_usd, sign=True),
            percent=numbers.percent(done.percent, sign=True),
        ),
        why,
        "",
        prices,
        texts(
            "position-closed-money",
            usd=numbers.usd(done.pnl_usd, sign=True),
            fees=numbers.usd(group.fees_usd),
        ),
        texts("position-closed-time", duration=duration(texts, done.seconds)),
        _origin(group, texts),
        rows=rows,
    )


def _rows(group: GroupView, look: Look) -> list[Sequence[InlineKeyboardButton]]:
    if group.status == "closing":
        return [look.app_button(f"positions/{group.id}")]
    close = press(look.texts("button-close-position"), GroupPress(act="ask", id=group.id).pack())
    if group.status == "failed":
        retry = press(look.texts("button-retry"), GroupPress(act="retry", id=group.id).pack())
        return [(retry, close), look.app_button(f"positions/{group.id}")]
    return [(close, *look.app_button(f"positions/{group.id}"))]
