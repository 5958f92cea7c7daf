"""Draws the chart of a card: candles, the ladder, average and targets; a pure function to PNG.

Layout of the 1280 x 720 picture: a header (symbol, badge, last price), the plot with volume at
its foot, and at the right a column of labels with their prices, spread so that none overlap.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from bot.cards.chart_layout import (
    PriceScale,
    price_scale,
    price_ticks,
    shown_levels,
    spread,
    time_ticks,
)
from bot.cards.chart_paint import PALETTES, Canvas, Colour, Palette, fitted, mix, width_of
from bot.cards.recipe import ChartRecipe, Level
from bot.numbers import Numbers

WIDTH: Final = 1280
HEIGHT: Final = 720

_EDGE: Final = 36
_HEAD: Final = 118
_FOOT: Final = 52
_ROW: Final = 43
_PILL: Final = 38
_LEVELS_MAX: Final = 12
_TAG_MAX: Final = 240
_LEAD: Final = 26
_SIZE_TITLE: Final = 50
_SIZE_PRICE: Final = 46
_WHITE: Final = (255, 255, 255)
_SIZE_SUB: Final = 28
_SIZE_LABEL: Final = 26
_SIZE_AXIS: Final = 24
_VOLUME_SHARE: Final = 0.14
_SLOTS_MIN: Final = 24
_TIME_GAP: Final = 110
_SIGNATURE: Final = 270
_FADE: Final = 64
_TINT: Final = 0.16
_AHEAD: Final = 0.10
"""Share of the plot kept free to the right of the last candle."""


@dataclass(frozen=True, slots=True)
class _Plot:
    """Where things are: plot from ``left`` to ``right``, labels from ``tags`` and ``prices``."""

    left: float
    right: float
    top: float
    bottom: float
    tags: float
    prices: float
    scale: PriceScale
    step: float
    empty_slots: int

    def x(self, index: int) -> float:
        """Centre of a bar; few bars stand at the right."""
        return self.left + (self.empty_slots + index + 0.5) * self.step


def draw(recipe: ChartRecipe) -> bytes:
    """The chart as PNG, 1280 x 720. The same recipe gives the same bytes."""
    colours = PALETTES[recipe.theme]
    canvas = Canvas(WIDTH, HEIGHT, colours.ground)
    levels = shown_levels(recipe.levels, _LEVELS_MAX)
    plot = _plot(recipe, levels)
    levels = [_pointed(level, plot.scale) for level in levels]
    rows = _rows(levels, plot)
    _zones(canvas, levels, plot, colours)
    if levels or recipe.bars:
        _grid(canvas, recipe, plot, colours)
        _axis(canvas, recipe, rows, plot, colours)
    _lines(canvas, levels, plot, colours)
    if recipe.bars:
        _candles(canvas, recipe, plot, colours)
        _marks(canvas, recipe, plot, colours)
    else:
        _nothing(canvas, recipe.empty_text, plot, colours)
    _labels(canvas, recipe, levels, rows, plot, colours)
    _header(canvas, recipe, colours)
    out = io.BytesIO()
    canvas.finish().save(out, "PNG", compress_level=6)
    return out.getvalue()


def _plot(recipe: ChartRecipe, levels: list[Level]) -> _Plot:
    numbers = Numbers(recipe.locale)
    shown = [level.price for level in levels] + [bar.high for bar in recipe.bars[-1:]]
    price_wide = max((_price_width(numbers, p, recipe.digits) for p in shown), default=90.0)
    tag_wide = max((_tag_width(level.label + " ↓") for level in levels), default=0.0)
    prices = WIDTH - _EDGE + 8 - price_wide - 24
    tags = prices - tag_wide - (8 if tag_wide else 0)
    right = tags - (_LEAD if levels else 12)
    top, bottom = float(_HEAD + 14), float(HEIGHT - _FOOT)
    scale = price_scale(recipe, top, bottom - (bottom - top) * 0.05)
    room = (right - _EDGE) * (1 - (_AHEAD if levels else 0.02))
    slots = max(len(recipe.bars), _SLOTS_MIN)
    empty = slots - len(recipe.bars)
    return _Plot(_EDGE, right, top, bottom, tags, prices, scale, room / slots, empty)


def _pointed(level: Level, scale: PriceScale) -> Level:
    """The level with an arrow when it lies outside the picture."""
    arrow = {1: " ↑", -1: " ↓", 0: ""}[scale.beyond(float(level.price))]
    return replace(level, label=level.label + arrow)


def _price_width(numbers: Numbers, price: Decimal, digits: int) -> float:
    return width_of(numbers.price(price, digits), _SIZE_LABEL, bold=True)


def _tag_width(label: str) -> float:
    return min(width_of(label, _SIZE_LABEL), _TAG_MAX) + 24


def _rows(levels: list[Level], plot: _Plot) -> list[float]:
    wanted = [plot.scale.clamped(float(level.price)) for level in levels]
    return spread(wanted, _ROW, plot.top - 12, plot.bottom)


def _grid(canvas: Canvas, recipe: ChartRecipe, plot: _Plot, colours: Palette) -> None:
    for price in price_ticks(plot.scale, recipe.digits):
        y = round(plot.scale.y(price))
        canvas.box((plot.left, y, plot.right, y + 1), colours.grid)
    room = max(int((plot.right - plot.left) // 150), 2)
    last = plot.left - _TIME_GAP + 24
    for index, words in time_ticks(recipe.bars, room, recipe.locale):
        x = round(plot.x(index))
        canvas.box((x, plot.top, x + 1, plot.bottom), colours.grid)
        if last + _TIME_GAP <= x <= min(plot.right - 24, WIDTH - _SIGNATURE):
            last = x
            canvas.text((x, HEIGHT - _FOOT / 2), words, _SIZE_AXIS, colours.muted, anchor="mm")


def _axis(
    canvas: Canvas, recipe: ChartRecipe, rows: list[float], plot: _Plot, colours: Palette
) -> None:
    """Round prices in the price column, where no label stands."""
    numbers = Numbers(recipe.locale)
    for price in price_ticks(plot.scale, recipe.digits):
        y = plot.scale.y(price)
        if all(abs(y - row) > _ROW * 0.85 for row in rows):
            words = numbers.price(Decimal(repr(price)), recipe.digits)
            canvas.text((plot.prices + 12, y), words, _SIZE_AXIS, colours.muted)


def _zones(canvas: Canvas, levels: list[Level], plot: _Plot, colours: Palette) -> None:
    """Tints between the price paid and the target, and over the ladder below (or above) it."""
    base = _first(levels, "average") or _first(levels, "entry")
    if base is None:
        return
    target = _first(levels, "target")
    if target is not None:
        _tint(canvas, base, target, plot, colours.ground, colours.up)
    legs = [level for level in levels if level.kind in ("leg", "stop")]
    if legs:
        far = max(legs, key=lambda level: abs(level.price - base.price))
        _tint(canvas, base, far, plot, colours.ground, colours.levels["entry"])


def _tint(
    canvas: Canvas, one: Level, other: Level, plot: _Plot, ground: Colour, over: Colour
) -> None:
    """A band between two levels that grows stronger towards the present."""
    top, bottom = sorted(plot.scale.clamped(float(level.price)) for level in (one, other))
    wide = (plot.right - plot.left) / _FADE
    for step in range(_FADE):
        left = plot.left + step * wide
        share = 0.02 + _TINT * (step / _FADE) ** 2
        canvas.box((left, top, left + wide, bottom), mix(ground, over, share))


def _first(levels: list[Level], kind: str) -> Level | None:
    return next((level for level in levels if level.kind == kind), None)


def _lines(canvas: Canvas, levels: list[Level], plot: _Plot, colours: Palette) -> None:
    for level in levels:
        if plot.scale.beyond(float(level.price)):
            continue
        y = plot.scale.y(float(level.price))
        strong = level.kind in ("entry", "average", "target", "stop", "exit")
        fill = mix(colours.ground, colours.levels[level.kind], 0.85 if strong else 0.55)
        dash = 0.0 if level.kind in ("average", "exit", "filled", "entry") else 7.0
        dash = 2.0 if level.kind == "price" else dash
        ends = [(plot.left, y), (plot.right, y)]
        canvas.line(ends, fill, 2.0 if strong else 1.5, dash)


def _candles(canvas: Canvas, recipe: ChartRecipe, plot: _Plot, colours: Palette) -> None:
    body = max(round(plot.step * 0.68), 2)
    body -= body % 2
    most = max((bar.volume for bar in recipe.bars), default=Decimal(0))
    depth = (plot.bottom - plot.top) * _VOLUME_SHARE
    for index, bar in enumerate(recipe.bars):
        rising = bar.close >= bar.open
        fill = colours.up if rising else colours.down
        x = round(plot.x(index))
        if most > 0:
            tall = depth * float(bar.volume / most)
            faint = mix(colours.ground, fill, 0.22)
            left = x - body / 2
            canvas.box((left, plot.bottom - tall, left + body, plot.bottom), faint)
        high, low = plot.scale.y(float(bar.high)), plot.scale.y(float(bar.low))
        canvas.box((x - 1, high, x + 1, low), fill)
        ends = sorted((plot.scale.y(float(bar.open)), plot.scale.y(float(bar.close))))
        ends[1] = max(ends[1], ends[0] + 2)
        canvas.box((x - body / 2, ends[0], x + body / 2, ends[1]), fill)


def _nothing(canvas: Canvas, words: str, plot: _Plot, colours: Palette) -> None:
    """Says that there are no candles yet, upon the levels."""
    x, y = (plot.left + plot.right) / 2, (plot.top + plot.bottom) / 2
    half = width_of(words, _SIZE_SUB) / 2 + 22
    canvas.pill((x - half, y - 26, x + half, y + 26), colours.panel, 12)
    canvas.text((x, y), words, _SIZE_SUB, colours.muted, anchor="mm")


def _marks(canvas: Canvas, recipe: ChartRecipe, plot: _Plot, colours: Palette) -> None:
    """Triangles where something was bought (below, pointing up) or sold (above)."""
    if not recipe.bars:
        return
    for mark in recipe.marks:
        index = max((n for n, bar in enumerate(recipe.bars) if bar.at <= mark.at), default=None)
        if index is None or plot.scale.beyond(float(mark.price)):
            continue
        x, y = plot.x(index), plot.scale.y(float(mark.price))
        up = 1 if mark.kind == "buy" else -1
        fill = colours.up if mark.kind == "buy" else colours.down
        points = [(x, y + up * 5), (x - 9, y + up * 21), (x + 9, y + up * 21)]
        canvas.shape(points, fill, colours.ground)


def _labels(
    canvas: Canvas,
    recipe: ChartRecipe,
    levels: list[Level],
    rows: list[float],
    plot: _Plot,
    colours: Palette,
) -> None:
    numbers = Numbers(recipe.locale)
    for level, row in zip(levels, rows, strict=True):
        colour = colours.levels[level.kind]
        true_y = plot.scale.clamped(float(level.price))
        faint = mix(colours.ground, colour, 0.7)
        start, end = (plot.right, true_y), (plot.tags, row)
        bend = (plot.right + 8, true_y)
        canvas.line([start, bend, (plot.tags - 8, row), end], faint, 1.5)
        top, bottom = row - _PILL / 2, row + _PILL / 2
        strong = level.kind not in ("leg", "price")
        if level.label:
            wide = _tag_width(level.label)
            words = _fitted_tag(level.label)
            ground = mix(colours.ground, colour, 0.2 if strong else 0.12)
            canvas.pill((plot.tags, top, plot.tags + wide, bottom), ground, 7)
            ink = mix(colours.text, colour, 0.25)
            canvas.text((plot.tags + 12, row), words, _SIZE_LABEL, ink)
        price = numbers.price(level.price, recipe.digits)
        corners = (plot.prices, top, WIDTH - _EDGE + 8, bottom)
        if strong:
            canvas.pill(corners, colour, 7)
            ink = colours.on_level
        else:
            canvas.pill(corners, colours.ground, 7, outline=mix(colours.ground, colour, 0.6))
            ink = mix(colours.text, colour, 0.35)
        canvas.text((plot.prices + 12, row), price, _SIZE_LABEL, ink, bold=True)


def _fitted_tag(label: str) -> str:
    """The label, cut in the middle of its words but never losing its arrow."""
    arrow = label[-2:] if label.endswith(("↑", "↓")) else ""
    return fitted(label.removesuffix(arrow), _SIZE_LABEL, _TAG_MAX - 20 * bool(arrow)) + arrow


def _header(canvas: Canvas, recipe: ChartRecipe, colours: Palette) -> None:
    price_words, change_words, rising = _last_price(recipe)
    right = WIDTH - _EDGE
    taken = max(
        width_of(price_words, _SIZE_PRICE, bold=True), width_of(change_words, _SIZE_SUB, bold=True)
    )
    if price_words:
        canvas.text((right, 48), price_words, _SIZE_PRICE, colours.text, bold=True, anchor="rm")
        change = colours.up if rising else colours.down
        canvas.text((right, 96), change_words, _SIZE_SUB, change, bold=True, anchor="rm")
    room = right - _EDGE - taken - 60
    badge_wide = width_of(recipe.badge, _SIZE_LABEL, bold=True) + 34
    title = fitted(recipe.title, _SIZE_TITLE, room - badge_wide - 20, bold=True)
    canvas.text((_EDGE, 48), title, _SIZE_TITLE, colours.text, bold=True)
    badge = colours.up if recipe.badge_kind in ("long", "win") else colours.down
    x = _EDGE + width_of(title, _SIZE_TITLE, bold=True) + 20
    canvas.pill((x, 28, x + badge_wide, 70), badge, 9)
    middle = (x + badge_wide / 2, 49)
    canvas.text(middle, recipe.badge, _SIZE_LABEL, _WHITE, bold=True, anchor="mm")
    subtitle = fitted(recipe.subtitle, _SIZE_SUB, room)
    canvas.text((_EDGE, 96), subtitle, _SIZE_SUB, colours.muted)
    faint = mix(colours.ground, colours.muted, 0.75)
    at = (right, HEIGHT - _FOOT / 2)
    canvas.text(at, "UTC  ·  Countersign", _SIZE_AXIS - 3, faint, anchor="rm")


def _last_price(recipe: ChartRecipe) -> tuple[str, str, bool]:
    if not recipe.bars:
        return "", "", True
    numbers = Numbers(recipe.locale)
    first, last = recipe.bars[0].open, recipe.bars[-1].close
    change = (last - first) / first * 100 if first else Decimal(0)
    return numbers.price(last, recipe.digits), numbers.percent(change, sign=True), change >= 0
