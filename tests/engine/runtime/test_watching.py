"""Crossings: told once for one arming, also when the price was beyond it already."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from engine.domain.events import PriceCrossed
from engine.domain.instrument import Quote
from engine.domain.watch import Wants, Watch
from engine.market.ticks import Tick
from engine.runtime.watching import Watching
from foundation.errors import Unavailable
from tests.engine.runtime.kit import SYMBOL, Bench, D
from tests.support.clock import START

UP = Watch("tp:g:0:0", SYMBOL, "up", D(61000), 4)


class Feed:
    """A bench whose market can be moved."""

    def __init__(self) -> None:
        self.bench = Bench()
        self.watching = Watching(self.bench.ports, lambda _: self.bench.index)

    def want(self, *watches: Watch) -> None:
        self.watching.changed(self.bench.store.stored("a"), Wants(watches, None))

    async def price(self, price: int) -> None:
        tick = Tick(SYMBOL, D(price), self.bench.clock.now())
        self.bench.board.quotes[SYMBOL] = Quote(tick.price, tick.at)
        await self.watching.heard(tick, self.bench.index.cross(SYMBOL, tick.price))

    async def told(self) -> list[str]:
        await self.watching.turn()
        return list(self.bench.facts())


async def test_a_crossing_is_told_once() -> None:
    feed = Feed()
    feed.want(UP)
    await feed.price(60999)
    assert await feed.told() == []
    await feed.price(61000)
    await feed.price(61500)
    assert await feed.told() == ["cross:tp:g:0:0:4"]
    fact = feed.bench.facts()["cross:tp:g:0:0:4"]
    assert fact == PriceCrossed("tp:g:0:0", 4, D(61000), START)
    assert "inbox" in feed.bench.bus.woken


async def test_an_account_that_changed_meanwhile_does_not_hear_it_again() -> None:
    feed = Feed()
    feed.want(UP)
    await feed.price(61000)
    await feed.told()
    feed.want(UP, replace(UP, id="tp:g:0:1", price=D(70000)))
    assert len(feed.bench.index) == 1
    feed.want(replace(UP, armed_seq=9))
    assert await feed.told() == ["cross:tp:g:0:0:4", "cross:tp:g:0:0:9"]


async def test_what_the_price_has_passed_already_is_told_when_it_is_armed() -> None:
    feed = Feed()
    await feed.price(62000)
    feed.want(UP)
    assert await feed.told() == ["cross:tp:g:0:0:4"]


async def test_what_is_wanted_no_more_is_disarmed() -> None:
    feed = Feed()
    feed.want(UP)
    feed.want()
    await feed.price(62000)
    assert await feed.told() == []
    assert len(feed.bench.index) == 0


async def test_a_moved_watch_stands_at_its_new_level_only() -> None:
    feed = Feed()
    feed.want(UP)
    feed.want(replace(UP, price=D(63000), armed_seq=5))
    await feed.price(62000)
    assert await feed.told() == []
    await feed.price(63000)
    assert await feed.told() == ["cross:tp:g:0:0:5"]


async def test_a_sleeping_watch_wakes_at_its_time() -> None:
    feed = Feed()
    feed.want(replace(UP, not_before=START + timedelta(seconds=10)))
    await feed.price(62000)
    assert await feed.told() == []
    feed.bench.clock.advance(10)
    assert await feed.told() == ["cross:tp:g:0:0:4"]


async def test_a_gap_over_several_levels_tells_all_in_one_insert() -> None:
    feed = Feed()
    feed.want(*(replace(UP, id=f"tp:g:0:{n}", price=D(61000 + n)) for n in range(5)))
    await feed.price(65000)
    assert len(await feed.told()) == 5


async def test_what_could_not_be_written_is_written_later(monkeypatch: Any) -> None:
    feed = Feed()
    feed.want(UP)
    await feed.price(61000)
    with monkeypatch.context() as patch:

        async def away(*_: Any) -> int:
            raise Unavailable("the database does not answer")

        patch.setattr(type(feed.bench.store), "put", away)
        with pytest.raises(Unavailable):
            await feed.watching.turn()
    assert await feed.told() == ["cross:tp:g:0:0:4"]
