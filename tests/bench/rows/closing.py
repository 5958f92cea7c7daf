"""From a tick that reaches a target to the closing order at the exchange, over a real wire.

The engine runs in this process on durable Postgres, the exchange behind HTTP on loopback. Every
account holds one position, each with a target of its own; a tick reaches one target at a time.
Baseline: two one-row commits, the least that two durable hand-overs (crossing, decision) cost.

Then the same path for a signal, while one account's requests are not answered: what the others
feel of it, against the same run before.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from decimal import Decimal

from engine.domain.settings import AccountSettings, LegSettings
from foundation.db import Database
from tests.bench.rig import BTC, Rig, rig
from tests.bench.table import Row, percentile
from tests.bench.world import World

POSITIONS = 120
SIGNALS = 300
RATE = 25
_COMMITS = 200
SLOW = "slow"


async def run(world: World) -> Sequence[Row]:
    world.say("closing: positions and their targets")
    async with world.database() as database:
        floor = await _two_commits(database)
        settings = {f"a{n}": _settings(Decimal(1) + Decimal(n) / 50) for n in range(POSITIONS)}
        async with rig(database, settings) as made:
            closing = await _close_one_by_one(made)
    against = "two one-row commits"
    rows = [
        Row("closing", f"tick → closing order on the wire: {name}", percentile(closing, share),
            "ms", target, baseline=floor, baseline_is=against)
        for name, share, target in (("p50", 0.5, None), ("p99", 0.99, 20))
    ]  # fmt: skip
    return [*rows, *await _neighbours(world)]


def _settings(target: Decimal) -> AccountSettings:
    leg = LegSettings(gap_percent=Decimal(0), weight_percent=Decimal(100), tp_percent=target)
    return AccountSettings(ladder=(leg,), max_pyramids=1, max_open_groups=5)


async def _close_one_by_one(made: Rig) -> list[float]:
    """Milliseconds from each tick to its order."""
    for n in range(POSITIONS):
        await made.signal(f"a{n}", f"s{n}")
    await made.orders(POSITIONS)
    price = made.wire.exchange.prices[BTC]
    await made.tick(price - 1)
    await asyncio.sleep(3)
    found = []
    for n in range(POSITIONS):
        before = len(made.landed)
        began = time.perf_counter()
        await made.tick(
            (price * (1 + (Decimal(1) + Decimal(n) / 50) / 100)).quantize(Decimal(1)) + 5
        )
        await made.orders(before + 1)
        found.append((made.landed[before][0] - began) * 1000)
    return found


async def _neighbours(world: World) -> list[Row]:
    world.say("closing: one account is not answered")
    calm = await _signals_to_orders(world, hung=False)
    beside = await _signals_to_orders(world, hung=True)
    return [
        Row(
            "closing", "one account unanswered: others' signal → order, p99",
            percentile(beside, 0.99), "ms", percentile(calm, 0.99) * 1.1,
            baseline=percentile(calm, 0.99), baseline_is="the same with every account answered",
            note="target: 10 % over the baseline",
        )
    ]  # fmt: skip


async def _signals_to_orders(world: World, *, hung: bool) -> list[float]:
    """Milliseconds from each put signal to its order at the exchange."""
    names = [f"a{n}" for n in range(SIGNALS)]
    settings = {name: _settings(Decimal(50)) for name in (SLOW, *names)}
    async with world.database() as database, rig(database, settings) as made:
        made.wire.unanswered = frozenset({SLOW}) if hung else frozenset()
        if hung:
            await made.signal(SLOW, "slow")
        put = {}
        for name in names:
            put[name] = time.perf_counter()
            await made.signal(name, name)
            await asyncio.sleep(1 / RATE)
        await made.orders(SIGNALS)
        return [(at - put[account]) * 1000 for at, account, _ in made.landed if account in put]


async def _two_commits(database: Database) -> float:
    """Milliseconds."""
    async with database.pool.acquire() as connection:
        await connection.execute(
            "create table two_commits (id bigint generated always as identity)"
        )
        began = time.perf_counter()
        for _ in range(_COMMITS * 2):
            await connection.execute("insert into two_commits default values")
        return (time.perf_counter() - began) / _COMMITS * 1000
