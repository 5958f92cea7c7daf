"""Alerts accepted durably, over real HTTP by a real process, Postgres with fsync on.

Latency is taken from the moment a request should have left, at 200 a second (open loop). First
with the server alone in its process (`countersign server`), then with everything in one process
(`countersign run`), where each alert also becomes a priced offer meanwhile. Throughput: 64
connections, each sends when it was answered, server alone; CPU is the server process's, per
request. Baseline: a bare aiohttp handler that reads JSON, in a process of its own.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

import psutil

from engine.domain.settings import AccountSettings
from tests.bench import wire
from tests.bench.bare import bare_server
from tests.bench.table import Row, percentile
from tests.bench.wire import Outcome
from tests.bench.world import World
from tests.support.house import Desk, House, open_desks
from tests.support.until import until

RATE = 200
SECONDS = 6
_DESKS = 250
_FLOOD = 15_000
_SYMBOL = "BTC/USDT"


async def run(world: World) -> Sequence[Row]:
    async with bare_server() as (url, process):
        world.say("accept: the bare handler")
        body = json.dumps({"tv": {"symbol": "BTCUSDT"}}).encode()
        plain = [wire.request(url, body)] * (RATE * SECONDS)
        floor = await wire.open_loop(url, plain, RATE)
        bare, bare_cpu = await _flooded(url, [wire.request(url, body)] * _FLOOD, process)
    dsn = await world.new_database()
    house = world.new_house(dsn)
    world.say("accept: starting the house")
    async with house:
        await house.bot_at_work()
        desks = await open_desks(house, _DESKS, AccountSettings())
        price = await house.price(_SYMBOL)
        world.say("accept: 200 alerts a second, everything in one process")
        whole = await wire.open_loop(house.url, _alerts(house, desks, price, "w"), RATE)
        await until(lambda: house.value(_ALL_FANNED_OUT), within=60, every=0.2)
    alone = world.new_house(dsn, "server", ENCRYPTION_KEY=_key(house))
    async with alone:
        world.say("accept: 200 alerts a second, server alone")
        apart = await wire.open_loop(alone.url, _alerts(alone, desks, price, "a"), RATE)
        world.say("accept: as many as it takes")
        assert alone.process is not None
        flood = _alerts(alone, desks, price, "f", _FLOOD)
        ours, ours_cpu = await _flooded(alone.url, flood, psutil.Process(alone.process.pid))
        stored = await alone.value("select count(*) from receipts")
    lost = len(whole.latencies) + len(apart.latencies) + ours.good - stored
    return [
        *_latency("server alone", apart, floor, (1.5, 5.0)),
        *_latency("all in one process", whole, floor, (None, None)),
        Row(
            "accept", "alerts accepted, sustained", ours.good / ours.seconds, "/s", 5_000, "high",
            baseline=bare.good / bare.seconds, baseline_is="bare handler",
            note=f"{lost} acknowledged and not stored {ours.bad}".strip(),
        ),
        Row(
            "accept", "CPU of the server per alert", ours_cpu * 1e6, "µs", bare_cpu * 3e6,
            baseline=bare_cpu * 1e6, baseline_is="bare handler", note="target: 3 x the baseline",
        ),
    ]  # fmt: skip


_ALL_FANNED_OUT = """
select not exists (select 1 from receipts where status = 'accepted' and fanned_out_at is null)
"""


def _latency(
    where: str, ours: Outcome, floor: Outcome, targets: tuple[float | None, float | None]
) -> list[Row]:
    return [
        Row(
            "accept", f"alert accepted, {RATE}/s, {where}: p{share:.0%}".replace("%", ""),
            percentile(ours.ms, share), "ms", target, baseline=percentile(floor.ms, share),
            baseline_is="bare handler", note=ours.bad,
        )
        for share, target in zip((0.5, 0.99), targets, strict=True)
    ]  # fmt: skip


async def _flooded(
    url: str, requests: Sequence[bytes], process: psutil.Process
) -> tuple[Outcome, float]:
    """What came of it, and the CPU seconds of the process per answer."""
    before = process.cpu_times()
    outcome = await wire.closed_loop(url, requests)
    after = process.cpu_times()
    spent = after.user + after.system - before.user - before.system
    return outcome, spent / len(outcome.latencies)


def _alerts(
    house: House, desks: Sequence[Desk], price: str, name: str, count: int = RATE * SECONDS
) -> list[bytes]:
    """Alerts with ids of their own, spread over the hooks so that none is too many for one."""
    made = []
    for number in range(count):
        desk = desks[number % len(desks)]
        body = json.dumps(desk.alert(_SYMBOL, price, f"{name}{number}")).encode()
        made.append(wire.request(house.url + desk.path, body))
    return made


def _key(house: House) -> str:
    """Both processes must open the same sealed hooks."""
    return (house.data_dir / "keys" / "encryption.key").read_text().strip()
