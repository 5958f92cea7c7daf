"""How fast the proofs run: simulated worlds against real time, interruptions a second."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence

from tests.bench.table import Row
from tests.bench.world import World as Bench
from tests.sim.enumerate import interrupted, undisturbed
from tests.sim.lives import Lived, live
from tests.sim.quiet import quiet
from tests.sim.scenarios import SCENARIOS
from tests.sim.tempo import BUSY, CALM, Tempo

SEEDS, DAYS = 40, 8
STRIDE = 3


async def run(bench: Bench) -> Sequence[Row]:
    bench.say("proof: simulated worlds")
    # in a thread of its own, because a world brings its own event loop
    return await asyncio.to_thread(_measure)


def _measure() -> Sequence[Row]:
    with quiet():
        busy, busy_s = _lived(SEEDS, BUSY)
        calm, calm_s = _lived(DAYS, CALM)
        scenario = SCENARIOS[1]
        moments, _ = undisturbed(scenario, "crash")
        began = time.perf_counter()
        harm = list(interrupted(scenario, "crash", STRIDE))
        each = (time.perf_counter() - began) / len(range(1, moments + 1, STRIDE))
    return [
        Row(
            "proof", "simulation against real time, calm days", _seconds(calm) / calm_s, "x",
            10_000, "high", note=_note(calm),
        ),
        Row(
            "proof", "faults survived in five minutes of it, one process",
            _faults(calm) / calm_s * 300, "", 25_000, "high",
        ),
        Row(
            "proof", "simulation against real time, busy minutes", _seconds(busy) / busy_s, "x",
            note=_note(busy),
        ),
        Row("proof", "crash enumeration", 1 / each, "/s", 150, "high", note=f"{len(harm)} harmed"),
    ]  # fmt: skip


def _lived(count: int, tempo: Tempo) -> tuple[list[Lived], float]:
    """So many worlds, and the seconds they took."""
    began = time.perf_counter()
    worlds = [live((seed, tempo)) for seed in range(count)]
    return worlds, time.perf_counter() - began


def _seconds(worlds: Sequence[Lived]) -> float:
    return sum(world.seconds for world in worlds)


def _faults(worlds: Sequence[Lived]) -> int:
    return sum(world.faults.total() for world in worlds)


def _note(worlds: Sequence[Lived]) -> str:
    bad = sum(world.violation is not None for world in worlds)
    return f"{len(worlds)} worlds, {_faults(worlds)} faults, {bad} in violation"
