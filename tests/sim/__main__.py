"""Run the simulation by hand: ``python -m tests.sim --seeds 20000 --days 100 --mutants``.

Exits with 1 when a world violates an invariant or a mutant survives.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Sequence

from tests.sim.core_mutants import ALL_MUTANTS
from tests.sim.lives import MUTANT_SEEDS, caught_by_number, live
from tests.sim.quiet import quiet
from tests.sim.spread import progress, spread
from tests.sim.tempo import BUSY, CALM, Tempo
from tests.sim.trace import lines
from tests.sim.world import World


def main(arguments: Sequence[str] | None = None) -> int:
    """Parse, run, report; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.sim", description=__doc__)
    parser.add_argument("--seeds", type=int, default=300, help="how many busy worlds to live")
    parser.add_argument("--days", type=int, default=0, help="how many calm days beside them")
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--jobs", type=int, help="processes; by default one a processor")
    parser.add_argument("--mutants", action="store_true", help="also see that each mutant falls")
    parser.add_argument("--trace", type=int, metavar="SEED", help="tell one world's whole story")
    parser.add_argument("--calm", action="store_true", help="trace a calm world, not a busy one")
    chosen = parser.parse_args(arguments)
    if chosen.trace is not None:
        with quiet():
            return _trace(chosen.trace, CALM if chosen.calm else BUSY)
    bad = 0
    for tempo, count in ((BUSY, chosen.seeds), (CALM, chosen.days)):
        if count:
            seeds = range(chosen.first, chosen.first + count)
            bad += _worlds([(seed, tempo) for seed in seeds], chosen.jobs)
    if chosen.mutants:
        bad += _mutants(chosen.jobs)
    return 1 if bad else 0


def _trace(seed: int, tempo: Tempo) -> int:
    world = World(seed, tempo=tempo)
    world.run()
    for line in lines(world):
        print(line)
    return 1 if world.check.violations else 0


def _worlds(worlds: Sequence[tuple[int, Tempo]], jobs: int | None) -> int:
    faults: Counter[str] = Counter()
    bad, lived, steps, began = 0, 0.0, 0, time.perf_counter()
    for done, ((seed, tempo), one) in enumerate(spread(live, worlds, jobs), start=1):
        faults += one.faults
        lived += one.seconds
        steps += one.steps
        if one.violation is not None:
            bad += 1
            print(f"\rseed {seed} ({tempo.name}): {one.violation}{'':20}")
        progress(done, len(worlds), bad)
    passed = time.perf_counter() - began
    print(
        f"\n{len(worlds)} {worlds[0][1].name} worlds, {lived / 3600:,.1f} simulated hours in "
        f"{passed:.1f} s ({lived / passed:,.0f}x real time), {steps:,} steps, "
        f"{faults.total():,} faults: {bad} in violation"
    )
    for name, count in faults.most_common():
        print(f"  {count:9,}  {name.replace('_', ' ')}")
    return bad


def _mutants(jobs: int | None) -> int:
    survivors = 0
    print(f"\n{len(ALL_MUTANTS)} mutants, each to be caught within {MUTANT_SEEDS} seeds")
    for number, found in sorted(spread(caught_by_number, range(len(ALL_MUTANTS)), jobs)):
        survivors += found is None
        said = "SURVIVED" if found is None else f"seed {found[0]}: {found[1]}"
        print(f"  {ALL_MUTANTS[number].name:36} {said}")
    return survivors


if __name__ == "__main__":
    sys.exit(main())
