"""Ticks against open legs: 200, 10,000 and 100,000 of them over 500 symbols.

In the core: `ThresholdIndex.cross` for a tick that reaches exactly one target, timed alone; that
target is armed anew after each, so the number of legs stands. Through the feed: `Hub.tick` with
the engine's own listener, until the crossing is noted for its account's inbox. The decision that
follows is timed apart: `step` on a group of six legs. Baseline: a plain loop over all legs of the
same market, comparing Decimals.
"""

from __future__ import annotations

import random
import time
from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Literal

from engine.decide.step import step
from engine.decide.wants import wants
from engine.domain.events import PriceCrossed
from engine.market.hub import Hub
from engine.market.index import ThresholdIndex
from engine.market.ticks import PAPER, Tick
from engine.runtime.ports import Ports
from engine.runtime.watching import Watching
from engine.store.memory import MemoryStore
from foundation.bus import Bus
from foundation.clock import WallClock
from tests.bench.seed import START, Trader, account_with_groups
from tests.bench.table import Row, percentile
from tests.bench.world import World
from tests.support.boards import OneBoard

SYMBOLS = tuple(f"S{n}/USDT" for n in range(500))
SIZES = (200, 10_000, 100_000)
_CROSSINGS = 3_000
_IDLE = 200_000
_HUB_IDLE = 30_000
_LOOPS = 20
_MARKET = Decimal(100)
_TARGET = Decimal(101)
Side = Literal["up", "down"]


class _Market:
    """Legs spread over the symbols: half wait for a rise, half for a fall, none at hand."""

    def __init__(self, legs: int, index: ThresholdIndex) -> None:
        self.index = index
        self.levels: list[tuple[str, Side, Decimal]] = []
        chance = random.Random(7)
        for number in range(legs):
            symbol = SYMBOLS[number % len(SYMBOLS)]
            side: Side = "up" if number % 2 else "down"
            away = Decimal(chance.randrange(500, 4000)) / 100
            price = _MARKET + away if side == "up" else _MARKET - away
            index.arm(f"a{number % 1000}", f"leg:{number}", symbol, side, price, 1)
            self.levels.append((symbol, side, price))

    def arm_target(self, symbol: str, seq: int) -> None:
        self.index.arm("a0", f"target:{symbol}", symbol, "up", _TARGET, seq)


async def run(world: World) -> Sequence[Row]:
    rows: list[Row] = []
    core: dict[int, float] = {}
    for legs in SIZES:
        world.say(f"ticks against {legs:,} legs")
        market = _Market(legs, ThresholdIndex())
        p50, p99 = _crossings(market)
        core[legs] = p50
        loop = _plain_loop(market)
        rows.append(
            Row(
                "ticks", f"tick → target reached, core, {legs:,} legs: p99", p99, "µs",
                50 if legs == SIZES[-1] else None, baseline=loop, baseline_is="plain loop",
                note=f"p50 {p50:.2g} µs",
            )
        )  # fmt: skip
    cost = core[SIZES[-1]] / core[SIZES[0]]
    rows.append(Row("ticks", "cost at 100,000 legs over cost at 200", cost, "x", 3))
    async with world.database() as database:
        clock = WallClock()
        hub = Hub(database, clock, PAPER)
        boards = OneBoard(hub, hub.index)
        ports = Ports(MemoryStore(), {}, clock, Bus(database), boards)
        watching = Watching(ports, boards.follow)
        hub.listen("", watching.heard)
        market = _Market(SIZES[-1], hub.index)
        p50, p99 = await _through_feed(hub, market)
        note = f"p50 {p50:.2g} µs; until noted for the inbox"
        rows.append(
            Row("ticks", "the same through the feed, 100,000 legs: p99", p99, "µs", 1000, note=note)
        )
        idle = _idle(market)
        rows.append(
            Row(
                "ticks", "ticks sustained, index, 100,000 legs", idle, "/s", 200_000, "high",
                baseline=1e6 / loop, baseline_is="plain loop",
            )
        )  # fmt: skip
        whole = await _hub_idle(hub)
        rows.append(Row("ticks", "ticks sustained, whole feed, 100,000 legs", whole, "/s"))
    rows.append(Row("ticks", "decision on a crossing: step, six legs", _decision(), "µs"))
    return rows


def _crossings(market: _Market) -> tuple[float, float]:
    """p50 and p99 in µs of a tick that reaches one target."""
    taken = []
    for number in range(_CROSSINGS):
        symbol = SYMBOLS[number % len(SYMBOLS)]
        market.arm_target(symbol, number)
        market.index.cross(symbol, _MARKET)
        began = time.perf_counter_ns()
        found = market.index.cross(symbol, _TARGET)
        taken.append((time.perf_counter_ns() - began) / 1000)
        assert len(found) == 1
    return percentile(taken, 0.5), percentile(taken, 0.99)


def _plain_loop(market: _Market) -> float:
    """µs a tick when every leg is looked at."""
    began = time.perf_counter()
    for number in range(_LOOPS):
        symbol = SYMBOLS[number]
        for of, side, price in market.levels:
            if of == symbol:
                _ = price <= _TARGET if side == "up" else price >= _TARGET
    return (time.perf_counter() - began) / _LOOPS * 1e6


async def _through_feed(hub: Hub, market: _Market) -> tuple[float, float]:
    taken, now = [], START
    for number in range(_CROSSINGS):
        symbol = SYMBOLS[number % len(SYMBOLS)]
        market.arm_target(symbol, number)
        now += timedelta(milliseconds=1)
        await hub.tick(Tick(symbol, _MARKET, now))
        tick = Tick(symbol, _TARGET, now)
        began = time.perf_counter_ns()
        await hub.tick(tick)
        taken.append((time.perf_counter_ns() - began) / 1000)
    return percentile(taken, 0.5), percentile(taken, 0.99)


def _idle(market: _Market) -> float:
    prices = (_MARKET, _MARKET + Decimal("0.1"))
    began = time.perf_counter()
    for number in range(_IDLE):
        market.index.cross(SYMBOLS[number % 500], prices[number & 1])
    return _IDLE / (time.perf_counter() - began)


async def _hub_idle(hub: Hub) -> float:
    ticks = [
        Tick(SYMBOLS[number % 500], _MARKET + Decimal(number & 1) / 10, START)
        for number in range(_HUB_IDLE)
    ]
    began = time.perf_counter()
    for tick in ticks:
        await hub.tick(tick)
    return _HUB_IDLE / (time.perf_counter() - began)


def _decision() -> float:
    """µs of one step: a target is crossed, its leg is sold."""
    account = account_with_groups("bench", 1, SYMBOLS[:1])
    trader = Trader(account, SYMBOLS[:1], account.last_at or START)
    watch = wants(account).watches[0]
    event = trader.event(PriceCrossed(watch.id, watch.armed_seq, _TARGET, trader.at), _TARGET)
    assert step(account, event).commands
    rounds = 300
    began = time.perf_counter()
    for _ in range(rounds):
        step(account, event)
    return (time.perf_counter() - began) / rounds * 1e6
