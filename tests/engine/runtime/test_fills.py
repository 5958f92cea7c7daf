"""Fills are read once each, from where reading stood, whatever the venue repeats."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from decimal import Decimal
from typing import Any

from engine.domain.account import Account
from engine.domain.events import Fee, FeeConverted, OrderCancelled, OrderFilled
from engine.domain.watch import Wants
from engine.runtime.answers import reported
from engine.runtime.brakes import make_brakes
from engine.runtime.fills import Fills
from engine.runtime.watched import watched
from engine.venues.port import Ended, FeePriced, Fill
from foundation import limits
from foundation.errors import Unavailable
from tests.engine.runtime.kit import Bench, D, ToldVenue
from tests.support.clock import START
from tests.support.until import until

FEE = Fee(D("0.0001"), "BNB", D(600))


def fill(trade_id: str, quantity: Decimal = D("0.001")) -> Fill:
    return Fill("o", trade_id, quantity, D(60000), D("0.06"), D(0), START, FEE)


def test_a_fill_tells_what_was_paid_in_which_asset_at_which_rate() -> None:
    fact = reported("acc", "paper", fill("1")).fact
    assert isinstance(fact, OrderFilled)
    assert (fact.fee, fact.fee_usd) == (FEE, D("0.06"))
    later = reported("acc", "paper", FeePriced("o", "1", D("0.07"), D(700))).fact
    assert later == FeeConverted("o", "1", D("0.07"), D(700))


async def test_a_fill_becomes_a_fact_and_the_cursor_moves_with_it() -> None:
    bench = Bench()
    bench.venue.reports = [fill("1"), fill("2")]
    assert await Fills(bench.ports).turn()
    assert list(bench.facts()) == ["fill:paper:1", "fill:paper:2"]
    fact = bench.facts()["fill:paper:1"]
    known = OrderFilled("o", "1", D("0.001"), D(60000), D("0.06"), D(0), START, fee=FEE)
    assert fact == known
    assert await bench.store.cursor("a") == "2"


async def test_a_restart_reads_on_from_the_stored_cursor() -> None:
    bench = Bench()
    bench.venue.reports = [fill("1")]
    await Fills(bench.ports).turn()
    bench.venue.reports += [fill("1"), fill("2")]
    assert await Fills(bench.ports).turn()
    assert bench.venue.calls == [("fills", ""), ("fills", "1")]
    assert list(bench.facts()) == ["fill:paper:1", "fill:paper:2"]


async def test_an_order_the_venue_took_off_is_cancelled_with_its_count() -> None:
    bench = Bench()
    bench.venue.reports = [Ended("o", D("0.002"))]
    await Fills(bench.ports).turn()
    assert bench.facts() == {"cancelled:o": OrderCancelled("o", D("0.002"))}


async def test_busy_accounts_are_read_every_time_and_idle_ones_now_and_then() -> None:
    bench = Bench("busy", "idle")
    await bench.command("busy")
    fills = Fills(bench.ports)
    await fills.turn()
    fills.changed(bench.store.stored("busy"), Wants((), None))
    fills.changed(bench.store.stored("idle"), Wants((), None))
    bench.venue.calls.clear()
    await fills.turn()
    assert len(bench.venue.calls) == 1
    bench.clock.advance(limits.FILLS_POLL_IDLE_S)
    await fills.turn()
    assert len(bench.venue.calls) == 3


async def test_a_venue_that_does_not_answer_stops_nobody_else(monkeypatch: Any) -> None:
    bench = Bench("a", "b")
    bench.venue.reports = [fill("1")]
    reading = bench.venue.fills

    async def half(account_id: str, cursor: str) -> Any:
        if account_id == "a":
            raise Unavailable("the venue does not answer")
        return await reading(account_id, cursor)

    monkeypatch.setattr(bench.venue, "fills", half)
    assert await Fills(bench.ports).turn()
    assert list(bench.facts("a")) == []
    assert list(bench.facts("b")) == ["fill:paper:1"]


async def test_an_account_whose_venue_is_not_set_up_stops_nobody_else() -> None:
    bench = Bench("a")
    settings = bench.store.stored("a").settings
    bench.store.open_account(Account("b", "binance", settings))
    bench.venue.reports = [fill("1")]
    assert await Fills(bench.ports).turn()
    assert list(bench.facts("a")) == ["fill:paper:1"]


class Telling(ToldVenue):
    """A venue that knows whose reports are new."""

    def __init__(self) -> None:
        super().__init__()
        self.new: tuple[str, ...] = ()

    def news(self) -> tuple[str, ...]:
        told, self.new = self.new, ()
        return told


async def test_a_venue_that_tells_its_news_is_read_where_there_are_some() -> None:
    bench = Bench("a", "b", "c")
    venue = Telling()
    bench.ports = replace(bench.ports, venues={"paper": venue})
    fills = Fills(watched(bench.ports, make_brakes(bench.ports)))
    for name in ("a", "b", "c"):
        await bench.command(name)
        fills.changed(bench.store.stored(name), Wants((), None))
    await fills.turn()
    venue.calls.clear()
    venue.reports, venue.new = [fill("1")], ("b",)
    assert await fills.turn()
    assert "fill:paper:1" in bench.facts("b")
    assert "fill:paper:1" not in bench.facts("a")
    assert not await fills.turn()
    bench.clock.advance(limits.FILLS_POLL_TOLD_S)
    assert await fills.turn()  # polling is the guarantee
    assert "fill:paper:1" in bench.facts("a")


async def test_a_slow_venue_is_left_behind_and_not_asked_twice() -> None:
    bench = Bench("a", "b")
    slow = ToldVenue()
    slow.reports = [fill("1")]
    hold = asyncio.Event()
    reading = slow.fills

    async def late(account_id: str, cursor: str) -> Any:
        slow.calls.append(("asked", account_id))
        await hold.wait()
        return await reading(account_id, cursor)

    slow.fills = late  # type: ignore[method-assign]  # this one venue is slow
    bench.store.open_account(bench.account("s", "slow"))
    bench.ports = replace(bench.ports, venues={"paper": bench.venue, "slow": slow})
    bench.venue.reports = [fill("1")]
    fills = Fills(bench.ports)
    for _ in range(3):
        await fills.turn()
        bench.clock.advance(limits.FILLS_POLL_IDLE_S)
    assert "fill:paper:1" in bench.facts("a")
    assert slow.calls == [("asked", "s")]
    hold.set()
    await until(lambda: "fill:slow:1" in bench.facts("s"))
