"""The chart of an offer: the ladder as it would be ordered, its average and target."""

from __future__ import annotations

from collections.abc import Sequence

from bot.cards.card import clip
from bot.cards.look import Look
from bot.cards.recipe import Bar, ChartRecipe, Level
from bot.cards.words import SYMBOL_MAX, change_percent, timeframe
from bot.i18n import Texts
from bot.numbers import price_digits
from engine.api.views import CandleView, OfferView


def bars(candles: Sequence[CandleView]) -> tuple[Bar, ...]:
    """Candles as a chart draws them, oldest first."""
    return tuple(
        Bar(int(c.at.timestamp()), c.open, c.high, c.low, c.close, c.volume) for c in candles
    )


def chart(offer: OfferView, look: Look, candles: Sequence[CandleView]) -> ChartRecipe:
    """The recipe; levels only when there are no candles yet."""
    texts = look.texts
    return ChartRecipe(
        title=clip(offer.symbol, SYMBOL_MAX),
        subtitle=texts(
            "chart-sub-offer",
            timeframe=timeframe(texts, offer.timeframe),
            step=offer.pyramid_step,
            steps=offer.max_pyramids,
            usd=texts.numbers.usd_short(offer.capital_usd),
        ),
        badge=texts(f"side-{offer.side}"),
        badge_kind=offer.side,
        side=offer.side,
        digits=price_digits([offer.entry_price, *(leg.price for leg in offer.legs)]),
        theme=look.theme,
        locale=texts.locale,
        empty_text=texts("chart-empty"),
        bars=bars(candles),
        levels=_levels(offer, texts),
    )


def _levels(offer: OfferView, texts: Texts) -> tuple[Level, ...]:
    levels: list[Level] = []
    for leg in offer.legs:
        usd = texts.numbers.usd_short(leg.capital_usd)
        if leg.index == 0:
            levels.append(Level("entry", leg.price, texts("chart-entry", usd=usd)))
        else:
            label = texts("chart-leg", number=leg.index + 1, usd=usd)
            levels.append(Level("leg", leg.price, label))
    if offer.average_if_filled is not None:
        levels.append(Level("average", offer.average_if_filled, texts("chart-average-if")))
    base = offer.entry_price or offer.market_price
    if offer.target_price is not None:
        label = texts("chart-target")
        if base is not None:
            away = texts.numbers.percent(change_percent(base, offer.target_price), sign=True)
            label = texts("chart-target-percent", percent=away)
        levels.append(Level("target", offer.target_price, label))
    if offer.stop_price is not None:
        levels.append(Level("stop", offer.stop_price, texts("chart-stop")))
    return tuple(levels)
