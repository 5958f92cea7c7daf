"""Whole worlds, from their first second to their last, and what came of them."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from tests.sim.core_mutants import ALL_MUTANTS
from tests.sim.mutants import Mutant
from tests.sim.tempo import Tempo
from tests.sim.world import World

MUTANT_SEEDS = 50


class Lived(NamedTuple):
    """What one world was: simulated seconds, steps, faults by name, its first violation."""

    seconds: float
    steps: int
    faults: Counter[str]
    violation: str | None


def live(world_of: tuple[int, Tempo]) -> Lived:
    """The world of a seed and a tempo."""
    seed, tempo = world_of
    world = World(seed, tempo=tempo)
    world.run()
    first = next(iter(world.check.violations), None)
    return Lived(world.loop.now, world.loop.steps, world.faults.counts, first)


def caught(mutant: Mutant, seeds: int = MUTANT_SEEDS) -> tuple[int, str] | None:
    """The first seed that catches the mutant and what it says, or None."""
    for seed in range(seeds):
        world = World(seed, mutant)
        world.run()
        if world.check.violations:
            return seed, world.check.violations[0]
    return None


def caught_by_number(number: int) -> tuple[int, str] | None:
    """`caught` of a mutant named by its place, which another process can be told."""
    return caught(ALL_MUTANTS[number])
