"""Crash enumeration: each scenario once for every moment it can be interrupted at.

An interruption is a kill -9 at a port call, or a commit whose acknowledgement is lost. After it
the world must hold every invariant, settle, and end with the very result of the run that was not
interrupted. By hand: ``python -m tests.sim.enumerate``.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator, Sequence

from tests.sim.scenarios import SCENARIOS
from tests.sim.spread import spread
from tests.sim.stage import How, Scenario, Stage

WAYS: tuple[How, ...] = ("crash", "commit_ack_lost")


def undisturbed(scenario: Scenario, how: How) -> tuple[int, list[tuple[str, ...]]]:
    """How many moments the scenario has and what it ends with, when nothing interrupts it.

    Raises AssertionError when it goes wrong all by itself.
    """
    stage = Stage(scenario, how)
    stage.run()
    assert not stage.check.violations, f"{scenario.name}: {stage.check.violations[0]}"
    return stage.moments, stage.result()


def interrupted(scenario: Scenario, how: How, stride: int = 1, first: int = 1) -> Iterator[str]:
    """A sentence for every interruption that did harm; every ``stride``-th moment is tried."""
    moments, result = undisturbed(scenario, how)
    for at in range(first, moments + 1, stride):
        stage = Stage(scenario, how, at)
        stage.run()
        where = f"{scenario.name}, {how} at moment {at} of {moments}"
        for violation in stage.check.violations[:1]:
            yield f"{where}: {violation}"
        if not stage.check.violations and stage.result() != result:
            yield f"{where}: ended with {stage.result()} instead of {result}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Every moment of every scenario; 1 when one did harm."""
    parser = argparse.ArgumentParser(prog="python -m tests.sim.enumerate", description=__doc__)
    parser.add_argument("--only", default="", help="part of a scenario's name")
    parser.add_argument("--stride", type=int, default=1, help="try every n-th moment")
    parser.add_argument("--jobs", type=int, help="processes; by default one a processor")
    chosen = parser.parse_args(arguments)
    numbers = [n for n, one in enumerate(SCENARIOS) if chosen.only in one.name]
    parts = [(n, how, chosen.stride) for n in numbers for how in WAYS]
    bad, runs, began = 0, 0, time.perf_counter()
    for (number, how, stride), (moments, faults) in spread(_part, parts, chosen.jobs):
        runs += len(range(1, moments + 1, stride))
        bad += len(faults)
        print(f"{SCENARIOS[number].name}, {how}: {moments} moments, {len(faults)} did harm")
        for fault in faults[:3]:
            print(f"  {fault}")
    passed = time.perf_counter() - began
    print(f"{runs} interruptions in {passed:.0f} s, {bad} did harm")
    return 1 if bad else 0


def _part(part: tuple[int, How, int]) -> tuple[int, list[str]]:
    """The moments of one scenario interrupted in one way, and the harm that did."""
    number, how, stride = part
    moments, _ = undisturbed(SCENARIOS[number], how)
    return moments, list(interrupted(SCENARIOS[number], how, stride))


if __name__ == "__main__":
    sys.exit(main())
