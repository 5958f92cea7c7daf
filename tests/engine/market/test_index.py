"""The threshold index against the plain way: look at every level on every tick."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.market.index import Crossing, ThresholdIndex
from foundation import limits
from tests.support.work import lines_run

D = Decimal
prices = st.integers(1, 40).map(lambda n: D(n) / 4)
levels = st.integers(1, 40_000).map(lambda n: D(n) / 3999)
moves = st.one_of(
    st.tuples(
        st.just("arm"),
        st.sampled_from("ab"),
        st.sampled_from("123456"),
        st.sampled_from(("BTC/USDT", "ETH/USDT")),
        st.sampled_from(("up", "down")),
        st.one_of(prices, levels),
        st.integers(1, 3),
    ),
    st.tuples(st.just("disarm"), st.sampled_from("ab"), st.sampled_from("123456")),
    st.tuples(st.just("tick"), st.sampled_from(("BTC/USDT", "ETH/USDT")), prices),
)


class Plain:
    """What the index must be equal to."""

    def __init__(self) -> None:
        self.armed: dict[tuple[str, str], tuple[str, str, Decimal, int]] = {}
        self.last: dict[str, Decimal] = {}

    def cross(self, symbol: str, price: Decimal) -> list[Crossing]:
        up, down = [], []
        for (owner, name), (of, direction, level, seq) in list(self.armed.items()):
            if of != symbol:
                continue
            if direction == "up" and price >= level:
                up.append((level, owner, name, seq))
            if direction == "down" and price <= level:
                down.append((-level, owner, name, seq))
        rising = price >= self.last.get(symbol, price)
        self.last[symbol] = price
        ordered = sorted(down) + sorted(up) if rising else sorted(up) + sorted(down)
        for _, owner, name, _ in ordered:
            del self.armed[owner, name]
        return [Crossing(owner, name, seq) for _, owner, name, seq in ordered]


@settings(max_examples=400, deadline=None)
@given(st.lists(moves, max_size=60))
def test_it_tells_what_the_plain_way_tells(story: list[tuple[Any, ...]]) -> None:
    index, plain = ThresholdIndex(), Plain()
    for move in story:
        if move[0] == "arm":
            _, owner, name, symbol, direction, price, seq = move
            index.arm(owner, name, symbol, direction, price, seq)
            plain.armed[owner, name] = (symbol, direction, price, seq)
        elif move[0] == "disarm":
            assert index.disarm(*move[1:]) == (plain.armed.pop(move[1:], None) is not None)
        else:
            assert index.cross(*move[1:]) == plain.cross(*move[1:])
        assert len(index) == len(plain.armed)


def test_a_gap_over_several_levels_fires_all_once_in_order_of_the_path() -> None:
    index = ThresholdIndex()
    index.cross("BTC/USDT", D(100))
    for name, price in (("near", 99), ("far", 95), ("middle", 97), ("beyond", 80)):
        index.arm("a", name, "BTC/USDT", "down", D(price), 7)
    fired = index.cross("BTC/USDT", D(90))
    assert [crossing.watch_id for crossing in fired] == ["near", "middle", "far"]
    assert index.cross("BTC/USDT", D(90)) == []
    assert [w.watch_id for w in index.watches("BTC/USDT")] == ["beyond"]


def test_a_standing_price_fires_what_is_armed_beyond_it() -> None:
    index = ThresholdIndex()
    index.cross("BTC/USDT", D(100))
    index.arm("a", "stop", "BTC/USDT", "up", D(90), 1)
    assert index.cross("BTC/USDT", D(100)) == [Crossing("a", "stop", 1)]


def test_a_moved_level_lets_the_old_one_die() -> None:
    index = ThresholdIndex()
    index.arm("a", "tp", "BTC/USDT", "up", D(110), 1)
    index.arm("a", "tp", "BTC/USDT", "up", D(120), 2)
    assert index.cross("BTC/USDT", D(115)) == []
    assert index.cross("BTC/USDT", D(120)) == [Crossing("a", "tp", 2)]


def test_ties_end_in_ids() -> None:
    index = ThresholdIndex()
    for name in ("c", "a", "b"):
        index.arm("x", name, "BTC/USDT", "up", D(5), 1)
    assert [c.watch_id for c in index.cross("BTC/USDT", D(5))] == ["a", "b", "c"]


def test_levels_finer_than_any_tick_never_fire_too_early() -> None:
    index = ThresholdIndex()
    third = D(1) / D(3)
    index.arm("a", "up", "X", "up", third, 1)
    index.arm("a", "down", "X", "down", third, 1)
    assert index.cross("X", D("0.333333333333")) == [Crossing("a", "down", 1)]
    assert index.cross("X", D("0.333333333334")) == [Crossing("a", "up", 1)]


def test_moving_a_level_for_ever_does_not_grow_the_heap() -> None:
    index = ThresholdIndex()
    for n in range(10_000):
        index.arm("a", "trail", "BTC/USDT", "up", D(1000 + n), n)
    heap = index._up["BTC/USDT"]
    assert len(heap.items) <= 2 * limits.INDEX_DEAD_MIN + 2
    assert index.disarm("a", "trail")
    assert len(index) == 0


def test_a_tick_touches_only_what_it_crosses() -> None:
    """A thousand times as many levels out of reach cost a tick nothing more."""

    def work(levels: int) -> int:
        index = ThresholdIndex()
        for n in range(levels):
            index.arm("a", f"up{n}", "BTC/USDT", "up", D(70_000 + n), 1)
            index.arm("a", f"down{n}", "BTC/USDT", "down", D(60_000) - n % 50_000, 1)
        assert index.cross("BTC/USDT", D(65_000)) == []
        return lines_run(lambda: index.cross("BTC/USDT", D(65_001)))

    assert work(20_000) == work(20)
