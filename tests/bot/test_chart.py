"""Charts: real pictures whatever the data, labels that never cover each other."""

from __future__ import annotations

import io
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from bot.cards.chart import HEIGHT, WIDTH, draw
from bot.cards.chart_layout import price_scale, price_ticks, shown_levels, spread, time_ticks
from bot.cards.chart_paint import PALETTES, fitted, width_of
from bot.cards.look import Look
from bot.cards.offer_chart import bars, chart
from bot.cards.recipe import Bar, ChartRecipe, Level
from bot.i18n import texts_for
from tests.bot.views import candles, extreme_offer, offer

D = Decimal


def recipe(theme: str = "dark", view: Any = None, count: int = 60) -> ChartRecipe:
    look = Look(texts_for("en"), "light" if theme == "light" else "dark", None)
    return chart(view or offer(), look, candles(count))


def picture(made: ChartRecipe) -> Image.Image:
    content = draw(made)
    assert content[:8] == b"\x89PNG\r\n\x1a\n"
    image = Image.open(io.BytesIO(content))
    assert image.size == (WIDTH, HEIGHT)
    return image.convert("RGB")


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_a_chart_shows_candles_levels_and_ground(theme: str) -> None:
    image = picture(recipe(theme))
    colours = {colour for _, colour in image.getcolors(maxcolors=2**20) or []}
    palette = PALETTES[theme]
    for wanted in (palette.ground, palette.up, palette.down, *palette.levels.values()):
        if wanted not in (palette.levels["leg"], palette.levels["exit"], palette.levels["price"]):
            assert wanted in colours


def test_the_same_recipe_gives_the_same_bytes() -> None:
    assert draw(recipe()) == draw(recipe())


@pytest.mark.parametrize("count", [0, 1, 2, 5, 96, 300])
def test_any_number_of_candles(count: int) -> None:
    picture(recipe(count=count))


def test_extreme_offers_and_flat_markets() -> None:
    picture(recipe(view=extreme_offer()))
    flat = tuple(Bar(n * 900, D(5), D(5), D(5), D(5), D(0)) for n in range(10))
    base = recipe()
    picture(ChartRecipe(**{**_fields(base), "bars": flat, "levels": ()}))
    zero = tuple(Bar(n * 900, D(0), D(0), D(0), D(0), D(0)) for n in range(10))
    picture(ChartRecipe(**{**_fields(base), "bars": zero, "levels": ()}))


def _fields(made: ChartRecipe) -> dict[str, Any]:
    return {name: getattr(made, name) for name in ChartRecipe.__slots__}


@given(st.lists(st.floats(0, 600), max_size=17))
def test_labels_keep_their_order_and_their_distance(wanted: list[float]) -> None:
    wanted.sort()
    placed = spread(wanted, 35, 0, 600)
    assert len(placed) == len(wanted)
    for above, below in pairwise(placed):
        assert below - above >= 35 - 1e-6
    for centre in placed:
        assert 17.5 - 1e-6 <= centre <= 582.5 + 1e-6


def test_labels_with_room_stay_where_they_belong() -> None:
    assert spread([100, 300, 500], 35, 0, 600) == [100, 300, 500]
    crowd = spread([300, 300, 300], 35, 0, 600)
    assert crowd == pytest.approx([265, 300, 335])


def test_all_candles_are_in_the_picture_and_far_levels_are_not() -> None:
    base = recipe()
    far = (*base.levels, Level("stop", D("0.01"), "Stop"), Level("target", D("9e9"), "Target"))
    scale = price_scale(ChartRecipe(**{**_fields(base), "levels": far}), 0, 100)
    assert all(not scale.beyond(float(bar.high)) for bar in base.bars)
    assert all(not scale.beyond(float(bar.low)) for bar in base.bars)
    assert scale.beyond(0.01) == -1
    assert scale.beyond(9e9) == 1


def test_ticks_are_round_and_few() -> None:
    scale = price_scale(recipe(), 0, 100)
    ticks = price_ticks(scale, 2)
    assert 3 <= len(ticks) <= 12
    assert all(scale.low <= tick <= scale.high for tick in ticks)
    times = time_ticks(bars(candles(96)), 6, "en")
    assert 1 <= len(times) <= 8
    assert any("Jan" in words for _, words in times)


def test_the_most_telling_levels_are_kept() -> None:
    levels = [Level("leg", D(n + 1), f"{n}") for n in range(30)]
    levels += [Level("entry", D(50), "e"), Level("average", D(20), "a")]
    kept = shown_levels(levels, 10)
    assert len(kept) == 10
    assert {"entry", "average"} <= {level.kind for level in kept}
    assert [level.price for level in kept] == sorted((k.price for k in kept), reverse=True)


def test_words_are_cut_to_their_place() -> None:
    cut = fitted("1000000MOGWAIFUCOIN/USDT:USDT", 42, 300, bold=True)
    assert cut.endswith("…")
    assert width_of(cut, 42, bold=True) <= 300
