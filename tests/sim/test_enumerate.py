"""Every scenario of the crash enumeration, interrupted at a share of its moments.

All moments are tried by ``make sim``; here every 29th, each scenario from another one on.
"""

from __future__ import annotations

import pytest

from tests.sim.enumerate import WAYS, interrupted, undisturbed
from tests.sim.quiet import quiet
from tests.sim.scenarios import SCENARIOS
from tests.sim.stage import Scenario

STRIDE = 29


def test_there_are_scenarios_enough() -> None:
    assert len({scenario.name for scenario in SCENARIOS}) == len(SCENARIOS) >= 20


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda one: one.name)
def test_a_scenario_ends_the_same_wherever_it_is_interrupted(scenario: Scenario) -> None:
    first = 1 + SCENARIOS.index(scenario) % STRIDE
    with quiet():
        moments, result = undisturbed(scenario, "crash")
        assert moments > STRIDE, "hardly anything happens in it"
        assert result, "nothing was closed in it"
        harm = [text for way in WAYS for text in interrupted(scenario, way, STRIDE, first)]
    assert harm == []
