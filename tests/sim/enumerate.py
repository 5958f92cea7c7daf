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

from tests.sim.quiet import quiet
from tests.sim.scenarios import SCENARIOS
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
    chosen = parser.parse_args(arguments)
    bad, runs, began = 0, 0, time.perf_counter()
    with quiet():
        for scenario in SCENARIOS:
            if chosen.only not in scenario.name:
                continue
            for how in WAYS:
                moments, _ = undisturbed(scenario, how)
                faults = list(interrupted(scenario, how, chosen.stride))
                runs += len(range(1, moments + 1, chosen.stride))
                bad += len(faults)
                print(f"{scenario.name}, {how}: {moments} moments, {len(faults)} did harm")
                for fault in faults[:3]:
                    print(f"  {fault}")
    passed = time.perf_counter() - began
    print(f"{runs} interruptions in {passed:.0f} s, {bad} did harm")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
