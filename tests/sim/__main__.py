"""Run the simulation by hand: ``python -m tests.sim --seeds 20000 --mutants``.

Exits with 1 when a seed violates an invariant or a mutant survives.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Sequence

from tests.sim.core_mutants import ALL_MUTANTS
from tests.sim.mutants import Mutant
from tests.sim.quiet import quiet
from tests.sim.trace import lines
from tests.sim.world import World

MUTANT_SEEDS = 50
BAR = 40


def main(arguments: Sequence[str] | None = None) -> int:
    """Parse, run, report; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.sim", description=__doc__)
    parser.add_argument("--seeds", type=int, default=300, help="how many worlds to live through")
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--mutants", action="store_true", help="also see that each mutant falls")
    parser.add_argument("--trace", type=int, metavar="SEED", help="tell one world's whole story")
    chosen = parser.parse_args(arguments)
    with quiet():
        if chosen.trace is not None:
            return _trace(chosen.trace)
        bad = _seeds(range(chosen.first, chosen.first + chosen.seeds))
        if chosen.mutants:
            bad += _mutants()
    return 1 if bad else 0


def _trace(seed: int) -> int:
    world = World(seed)
    world.run()
    for line in lines(world):
        print(line)
    return 1 if world.check.violations else 0


def _seeds(seeds: range) -> int:
    faults: Counter[str] = Counter()
    bad, lived, steps, began = 0, 0.0, 0, time.perf_counter()
    for done, seed in enumerate(seeds, start=1):
        world = World(seed)
        world.run()
        faults += world.faults.counts
        lived += world.loop.now
        steps += world.loop.steps
        if world.check.violations:
            bad += 1
            print(f"\rseed {seed}: {world.check.violations[0]}{'':20}")
        _progress(done, len(seeds), bad)
    passed = time.perf_counter() - began
    print(
        f"\n{len(seeds)} worlds, {lived / 3600:.1f} simulated hours in {passed:.1f} s "
        f"({lived / passed:,.0f}x real time), {steps:,} steps, {faults.total():,} faults: "
        f"{bad} in violation"
    )
    for name, count in faults.most_common():
        print(f"  {count:8,}  {name.replace('_', ' ')}")
    return bad


def _mutants() -> int:
    survivors = 0
    print(f"\n{len(ALL_MUTANTS)} mutants, each to be caught within {MUTANT_SEEDS} seeds")
    for mutant in ALL_MUTANTS:
        found = caught(mutant, MUTANT_SEEDS)
        survivors += found is None
        said = "SURVIVED" if found is None else f"seed {found[0]}: {found[1]}"
        print(f"  {mutant.name:36} {said}")
    return survivors


def caught(mutant: Mutant, seeds: int) -> tuple[int, str] | None:
    """The first seed that catches the mutant and what it says, or None."""
    for seed in range(seeds):
        world = World(seed, mutant)
        world.run()
        if world.check.violations:
            return seed, world.check.violations[0]
    return None


def _progress(done: int, of: int, bad: int) -> None:
    if not sys.stdout.isatty() and done % 500 and done != of:
        return
    full = BAR * done // of
    end = "" if sys.stdout.isatty() else "\n"
    print(f"\r[{'#' * full}{'.' * (BAR - full)}] {done}/{of} {bad} bad", end=end, flush=True)


if __name__ == "__main__":
    sys.exit(main())
