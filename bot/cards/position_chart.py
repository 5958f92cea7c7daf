"""The chart of a group: what was bought, what is still ordered, average, targets and exit."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from bot.cards.card import clip
from bot.cards.look import Look
from bot.cards.offer_chart import bars
from bot.cards.position import digits_of, exit_words, on_tick, result
from bot.cards.recipe import BadgeKind, ChartRecipe, Level, Mark
from bot.cards.words import SYMBOL_MAX, duration, timeframe
from bot.i18n import Texts
from engine.api.views import CandleView, GroupDetail, GroupView, LegView
from foundation.limits import BOT_CHART_CANDLES

_FRAMES: Final = (1, 5, 15, 30, 60, 240, 1440, 10080)
_AROUND: Final = 1.5
_TARGETS_SHOWN: Final = 2
_ENDED: Final = ("filled", "cancelled", "failed")


def chart_timeframe(group: GroupView, seconds: int) -> int:
    """Minutes per candle so that the whole life of the group fits into one picture."""
    needed = seconds / 60 * _AROUND / BOT_CHART_CANDLES
    wider = [frame for frame in _FRAMES if frame >= max(needed, group.timeframe)]
    return wider[0] if wider and needed > group.timeframe else group.timeframe


def chart(detail: GroupDetail, look: Look, candles: Sequence[CandleView]) -> ChartRecipe:
    """The recipe of an open or closed group."""
    group, texts = detail.group, look.texts
    digits = digits_of(detail)
    closed = group.status == "closed"
    badge, kind = _badge(detail, texts)
    return ChartRecipe(
        title=clip(group.symbol, SYMBOL_MAX),
        subtitle=_subtitle(detail, texts),
        badge=badge,
        badge_kind=kind,
        side=group.side,
        digits=digits,
        theme=look.theme,
        locale=texts.locale,
        empty_text=texts("chart-empty"),
        bars=bars(candles),
        levels=(_closed_levels if closed else _open_levels)(detail, texts, digits),
        marks=_marks(detail),
    )


def _badge(detail: GroupDetail, texts: Texts) -> tuple[str, BadgeKind]:
    """The side while it is open, the result once it is closed."""
    group = detail.group
    if group.status != "closed":
        return texts(f"side-{group.side}"), group.side
    if result(detail).pnl_usd >= 0:
        return texts("badge-win"), "win"
    return texts("badge-loss"), "loss"


def _subtitle(detail: GroupDetail, texts: Texts) -> str:
    group = detail.group
    frame = timeframe(texts, group.timeframe)
    if group.status != "closed":
        filled, total = group.legs_filled, group.legs_total
        return texts("chart-sub-group", timeframe=frame, filled=filled, total=total)
    return texts(
        "chart-sub-closed",
        timeframe=frame,
        reason=exit_words(group, texts),
        duration=duration(texts, result(detail).seconds),
    )


def _open_levels(detail: GroupDetail, texts: Texts, digits: int) -> tuple[Level, ...]:
    levels: list[Level] = []
    targets: list[Decimal] = []
    for number, leg in enumerate(_all(detail), 1):
        if leg.filled_quantity > 0 and leg.avg_fill_price is not None:
            label = texts("chart-leg-filled", number=number)
            levels.append(Level("filled", on_tick(leg.avg_fill_price, digits), label))
            if leg.tp_price is not None and not leg.tp_hit:
                targets.append(leg.tp_price)
        elif leg.status not in _ENDED:
            usd = texts.numbers.usd_short(leg.capital_usd)
            levels.append(Level("leg", leg.price, texts("chart-leg", number=number, usd=usd)))
    group = detail.group
    if group.weighted_avg_price is not None:
        average = on_tick(group.weighted_avg_price, digits)
        levels.append(Level("average", average, texts("chart-average")))
    if group.mark_price is not None:
        levels.append(Level("price", on_tick(group.mark_price, digits), texts("chart-now")))
    if group.tp_mode == "aggregate" and group.next_tp_price is not None:
        targets = [group.next_tp_price]
    nearest = sorted(set(targets), reverse=group.side == "short")[:_TARGETS_SHOWN]
    levels += [Level("target", on_tick(t, digits), texts("chart-target")) for t in nearest]
    return tuple(levels)


def _closed_levels(detail: GroupDetail, texts: Texts, digits: int) -> tuple[Level, ...]:
    done = result(detail)
    levels = []
    if done.entry is not None:
        levels.append(Level("average", on_tick(done.entry, digits), texts("chart-average")))
    if done.exit is not None:
        key = "chart-sold" if detail.group.side == "long" else "chart-bought"
        levels.append(Level("exit", on_tick(done.exit, digits), texts(key)))
    return tuple(levels)


def _marks(detail: GroupDetail) -> tuple[Mark, ...]:
    group = detail.group
    marks = [
        Mark(
            "buy" if group.side == "long" else "sell",
            int(leg.filled_at.timestamp()),
            leg.avg_fill_price,
        )
        for leg in _all(detail)
        if leg.filled_at is not None and leg.avg_fill_price is not None
    ]
    done = result(detail)
    if group.closed_at is not None and done.exit is not None:
        at = int(group.closed_at.timestamp())
        marks.append(Mark("sell" if group.side == "long" else "buy", at, done.exit))
    return tuple(marks)


def _all(detail: GroupDetail) -> list[LegView]:
    return [leg for pyramid in detail.pyramids for leg in pyramid.legs]
