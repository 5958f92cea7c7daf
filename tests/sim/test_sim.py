"""300 worlds without a violation, every mutant caught, and the same seed the same world."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.sim.core_mutants import ALL_MUTANTS
from tests.sim.lives import caught
from tests.sim.mutants import Mutant
from tests.sim.quiet import quiet
from tests.sim.tempo import CALM
from tests.sim.world import World

SEEDS = 300
SHARDS = 6
CALM_DAYS = 3
DIGESTS = """
from tests.sim.quiet import quiet
from tests.sim.world import World
with quiet():
    for seed in (3, 4, 5):
        print(World(seed).run())
"""


@pytest.mark.parametrize("shard", range(SHARDS))
def test_no_world_violates_an_invariant(shard: int) -> None:
    bad = {}
    with quiet():
        for seed in range(shard, SEEDS, SHARDS):
            world = World(seed)
            world.run()
            if world.check.violations:
                bad[seed] = world.check.violations
    assert bad == {}, "see one with: python -m tests.sim --trace SEED"


@pytest.mark.parametrize("seed", range(CALM_DAYS))
def test_no_calm_day_violates_an_invariant(seed: int) -> None:
    with quiet():
        world = World(seed, tempo=CALM)
        world.run()
    assert world.loop.now >= CALM.busy_s
    assert world.check.violations == [], "see it with: python -m tests.sim --calm --trace SEED"


@pytest.mark.parametrize("mutant", ALL_MUTANTS, ids=lambda mutant: mutant.name)
def test_every_mutant_is_caught(mutant: Mutant) -> None:
    with quiet():
        assert caught(mutant) is not None, f"{mutant.name} survived"


def test_a_seed_is_the_same_world_whatever_the_hash_seed() -> None:
    assert _digests("1") == _digests("2")


def _digests(hash_seed: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", DIGESTS],
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    digests = done.stdout.split()
    assert len(set(digests)) == 3
    return digests


def test_faults_do_happen() -> None:
    """A simulation in which nothing goes wrong would prove nothing."""
    seen: dict[str, int] = {}
    with quiet():
        for seed in range(40):
            world = World(seed)
            world.run()
            for name, count in world.faults.counts.items():
                seen[name] = seen.get(name, 0) + count
    for name in ("killed", "twin", "commit_ack_lost", "reply_lost", "request_late", "fills_again",
                 "pause_after_claim", "dropped_as_late", "lookup_fails", "cancelled_by_hand",
                 "placed_by_hand", "comparison_fails", "fill_crosses_cancel"):  # fmt: skip
        assert seen.get(name, 0) >= 3, f"{name} hardly ever happened"
