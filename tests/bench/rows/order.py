"""From a posted alert to an order at the venue, without a person between (auto-approve).

The whole house in one process, paper venue, one-leg ladders on many accounts. Timed is from the
moment the POST should have left this process (open loop) to the moment the venue took the order
(`paper_orders.placed_at`; the paper venue is called in process, so no network is in it). Both
clocks are this machine's. The note tells the medians of the stretches between: stored, offered
and approved, decided, claimed, placed. Then a burst: 1,000 alerts as fast as they go. Baseline:
four one-row commits one after the other on the same Postgres, the least that four durable
hand-overs (receipt, approval, decision, claim) cost.
"""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

import asyncpg

from engine.domain.settings import AccountSettings, LegSettings
from foundation.clock import WallClock
from tests.bench import wire
from tests.bench.table import Row, percentile
from tests.bench.world import World
from tests.support.house import Desk, House, open_desks
from tests.support.until import until

RATE = 100
SECONDS = 6
_DESKS = 200
_BURST = 1_000
_COMMITS = 100
SYMBOLS = ("BTC/USDT", "ETH/USDT", "SOL/USDT", "BNB/USDT", "XRP/USDT", "ADA/USDT", "DOGE/USDT",
           "LINK/USDT")  # fmt: skip
_STAGES = """
select p.account_id, p.symbol, p.placed_at, r.received_at as stored, f.taken_at as approved,
  o.created_at as decided, o.claimed_at as claimed
from paper_orders p
join outbox o on o.id = p.client_id
left join receipts r on r.id = o.correlation_id
left join offers f on f.receipt_id = r.id
"""


async def run(world: World) -> Sequence[Row]:
    dsn = await world.new_database()
    floor = await _four_commits(dsn)
    house = world.new_house(dsn)
    world.say("order: starting the house")
    async with house:
        await house.bot_at_work()
        desks = await open_desks(house, _DESKS, _settings())
        prices = {symbol: await house.price(symbol) for symbol in SYMBOLS}
        pairs = [(desk, symbol) for symbol in SYMBOLS for desk in desks]
        world.say("order: 100 alerts a second")
        steady = pairs[: RATE * SECONDS]
        began = WallClock().now() + timedelta(seconds=0.05)
        sent = await wire.open_loop(house.url, _requests(house, steady, prices), RATE)
        await _placed(house, len(steady))
        rows = _latency(await house.sql(_STAGES), steady, began, floor)
        world.say("order: a burst of 1,000")
        late = pairs[len(steady) : len(steady) + _BURST]
        requests = _requests(house, late, prices)
        start = time.perf_counter()
        burst = await wire.closed_loop(house.url, requests)
        await _placed(house, len(steady) + len(late))
        took = time.perf_counter() - start
        doubled = await house.value(
            "select count(*) - count(distinct (account_id, symbol)) from paper_orders"
        )
    note = f"{doubled} doubled {burst.bad}{sent.bad}".strip()
    return [
        *rows,
        Row("order", "burst of 1,000 alerts: all durable", burst.seconds, "s", 1, note=burst.bad),
        Row("order", "burst of 1,000 alerts: all orders at the venue", took, "s", 3, note=note),
    ]


def _settings() -> AccountSettings:
    whole = LegSettings(gap_percent=Decimal(0), weight_percent=Decimal(100), tp_percent=Decimal(50))
    return AccountSettings(
        ladder=(whole,), auto_approve="all", undo_seconds=0, max_drift_percent=Decimal(50)
    )


def _requests(
    house: House, pairs: Sequence[tuple[Desk, str]], prices: dict[str, str]
) -> list[bytes]:
    return [
        wire.request(
            house.url + desk.path,
            json.dumps(desk.alert(symbol, prices[symbol], f"{symbol}")).encode(),
        )
        for desk, symbol in pairs
    ]


async def _placed(house: House, count: int) -> None:
    async def all_there() -> bool:
        return bool(await house.value("select count(*) >= $1 from paper_orders", count))

    await until(all_there, within=60, every=0.02)


def _latency(
    found: Sequence[asyncpg.Record],
    pairs: Sequence[tuple[Desk, str]],
    began: datetime,
    floor: float,
) -> list[Row]:
    rows = {(row["account_id"], row["symbol"]): row for row in found}
    whole: list[float] = []
    stretches: dict[str, list[float]] = {}
    for number, (desk, symbol) in enumerate(pairs):
        row = rows[desk.account_id, symbol]
        moment = began + timedelta(seconds=number / RATE)
        whole.append((row["placed_at"] - moment).total_seconds() * 1000)
        for name in ("stored", "approved", "decided", "claimed", "placed_at"):
            if row[name] is not None:
                stretches.setdefault(name, []).append((row[name] - moment).total_seconds() * 1000)
                moment = row[name]
    medians = ", ".join(f"{name} {percentile(ms, 0.5):.1f}" for name, ms in stretches.items())
    against = "four one-row commits"
    return [
        Row(
            "order", f"alert → order at the venue, {RATE}/s: {name}", percentile(whole, share),
            "ms", target, baseline=floor, baseline_is=against, note=note,
        )
        for name, share, target, note in (
            ("p50", 0.5, 5, f"ms between: {medians}"),
            ("p99", 0.99, 20, ""),
        )
    ]  # fmt: skip


async def _four_commits(dsn: str) -> float:
    """Milliseconds."""
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute(
            "create table four_commits (id bigint generated always as identity)"
        )
        began = time.perf_counter()
        for _ in range(_COMMITS * 4):
            await connection.execute("insert into four_commits default values")
        return (time.perf_counter() - began) / _COMMITS * 1000
    finally:
        await connection.close()
