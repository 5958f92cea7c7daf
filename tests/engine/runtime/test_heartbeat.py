"""The heartbeat (spec engine §10): how late the loop runs, how old prices are, how venues do."""

from __future__ import annotations

import asyncio

from engine.runtime.brakes import make_brakes
from engine.runtime.heartbeat import Pulse
from engine.runtime.shedding import Work
from engine.runtime.watchdog import Watchdog
from engine.store.port import Depths, VenueBeat
from foundation import limits
from tests.engine.runtime.kit import Bench


async def late(bench: Bench, pulse: Pulse, lag: float) -> None:
    """One probe that is answered ``lag`` seconds too late."""
    async with asyncio.TaskGroup() as group:
        group.create_task(pulse.probe())
        await asyncio.sleep(0)
        bench.clock.advance(limits.LAG_PROBE_S + lag)


async def test_it_tells_the_worst_lag_the_feeds_age_and_every_venue() -> None:
    bench = Bench()
    brakes = make_brakes(bench.ports)
    for _ in range(limits.BREAKER_CALLS_MIN):
        brakes.breakers.of("paper").failed()
    pulse = Pulse(bench.ports, brakes, lambda: 3.0)
    for lag in (0.0, 0.2, 0.1):
        await late(bench, pulse, lag)
    await pulse.turn()
    beat = bench.store.heartbeat
    assert beat is not None
    assert round(beat.loop_lag, 3) == 0.2
    assert (beat.feed_age, beat.reconciled_age) == (0.5, 3.0)
    assert beat.venues["paper"] == VenueBeat(True, "open", 1.0, 0.0, 0.0, 0.0, 0.0, "")
    await late(bench, pulse, 0.0)
    await pulse.turn()
    assert bench.store.heartbeat is not None
    assert bench.store.heartbeat.loop_lag < 0.1


async def test_a_heartbeat_every_ten_seconds_tells_how_much_waits() -> None:
    bench = Bench()
    pulse = Pulse(bench.ports, make_brakes(bench.ports))
    await bench.enter()
    await pulse.turn()
    waiting = bench.store.heartbeat
    assert waiting is not None
    assert waiting.depths == Depths(inbox_waiting=1, outbox_waiting=0, orders_unknown=0)
    await (await bench.worker()).turn()
    await pulse.turn()
    decided = bench.store.heartbeat
    assert decided is not None
    assert decided.depths == Depths(inbox_waiting=0, outbox_waiting=1, orders_unknown=0)
    assert limits.HEARTBEAT_S == 10


async def test_loop_lag_drives_what_is_left_out() -> None:
    bench = Bench()
    brakes = make_brakes(bench.ports)
    pulse = Pulse(bench.ports, brakes)
    await late(bench, pulse, limits.LOAD_LAGS[1])
    await pulse.turn()
    assert brakes.shedding.left_out == (Work.ANALYTICS, Work.LIVE_EDITS)
    assert bench.store.heartbeat is not None
    assert bench.store.heartbeat.left_out == ("analytics", "live_edits")


async def test_a_stall_is_told_to_every_account_once_it_is_over() -> None:
    bench = Bench("a", "b")
    watchdog = Watchdog(bench.clock)
    pulse = Pulse(bench.ports, watchdog=watchdog)
    watchdog.start()
    bench.clock.advance(limits.STALL_S + 2)
    await pulse.turn()
    assert bench.store.told == []
    watchdog.turned()
    for _ in range(3):
        await pulse.turn()
    watchdog.stop()
    [(account, notice)] = bench.store.told
    assert account is None
    assert notice.kind == "engine_state"
    assert notice.data == {"state": "stalled", "by": "engine", "scope": "engine", "seconds": "7"}
