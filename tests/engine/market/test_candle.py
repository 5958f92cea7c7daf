"""Paths and larger bars: every price in its bounds, nothing lost."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from engine.market.candle import Candle, aggregated, begun, grown, opening, path, path_times

D = Decimal
AT = datetime(2024, 7, 26, 14, 15, tzinfo=UTC)


def candle(opened: str, high: str, low: str, close: str) -> Candle:
    return Candle(AT, D(opened), D(high), D(low), D(close), D(1))


def test_the_nearer_extreme_comes_first() -> None:
    assert path(candle("100", "101", "95", "97")) == (D(100), D(101), D(95), D(97))
    assert path(candle("100", "110", "99", "97")) == (D(100), D(99), D(110), D(97))


def test_equal_distances_go_down_first() -> None:
    assert path(candle("100", "105", "95", "100")) == (D(100), D(95), D(105), D(100))


def test_the_path_takes_the_length_of_the_bar() -> None:
    assert path_times(candle("1", "1", "1", "1")) == tuple(
        AT + timedelta(seconds=15 * n) for n in range(4)
    )


@given(st.lists(st.integers(1, 1000), min_size=1, max_size=200), st.sampled_from((1, 5, 60, 1440)))
def test_larger_bars_keep_extremes_and_ends(prices: list[int], minutes: int) -> None:
    bars = [begun(AT + timedelta(minutes=n), D(p)) for n, p in enumerate(prices)]
    larger = list(aggregated(bars, minutes))
    assert larger[0].open == prices[0]
    assert larger[-1].close == prices[-1]
    assert max(bar.high for bar in larger) == max(prices)
    assert min(bar.low for bar in larger) == min(prices)
    assert all(bar.at == opening(bar.at, minutes) for bar in larger)
    assert all(a.at < b.at for a, b in pairwise(larger))


@given(st.lists(st.integers(1, 1000), min_size=1))
def test_a_growing_candle_is_the_candle_of_its_prices(prices: list[int]) -> None:
    bar = begun(AT, D(prices[0]))
    for price in prices[1:]:
        bar = grown(bar, D(price))
    assert (bar.open, bar.close) == (prices[0], prices[-1])
    assert (bar.high, bar.low) == (max(prices), min(prices))
