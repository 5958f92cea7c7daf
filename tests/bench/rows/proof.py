"""How fast the proofs run: simulated worlds against real time, interruptions a second."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence

from tests.bench.table import Row
from tests.bench.world import World as Bench
from tests.sim.enumerate import interrupted, undisturbed
from tests.sim.quiet import quiet
from tests.sim.scenarios import SCENARIOS
from tests.sim.world import World

SEEDS = 40
STRIDE = 3


async def run(bench: Bench) -> Sequence[Row]:
    bench.say("proof: simulated worlds")
    # in a thread of its own, because a world brings its own event loop
    return await asyncio.to_thread(_measure)


def _measure() -> Sequence[Row]:
    with quiet():
        began, lived, faults, bad = time.perf_counter(), 0.0, 0, 0
        for seed in range(SEEDS):
            world = World(seed)
            world.run()
            lived += world.loop.now
            faults += world.faults.counts.total()
            bad += bool(world.check.violations)
        passed = time.perf_counter() - began
        scenario = SCENARIOS[1]
        moments, _ = undisturbed(scenario, "crash")
        began = time.perf_counter()
        harm = list(interrupted(scenario, "crash", STRIDE))
        each = (time.perf_counter() - began) / len(range(1, moments + 1, STRIDE))
    return [
        Row(
            "proof", "simulation against real time", lived / passed, "x", 10_000, "high",
            note=f"{SEEDS} worlds, {faults} faults, {bad} in violation",
        ),
        Row("proof", "crash enumeration", 1 / each, "/s", 150, "high", note=f"{len(harm)} harmed"),
    ]  # fmt: skip
