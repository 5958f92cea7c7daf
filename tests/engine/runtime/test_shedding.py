"""Under overload work is shed in a named order, and comes back one kind at a time."""

from __future__ import annotations

from engine.runtime.shedding import ORDER, Shedding, Work
from foundation import limits
from tests.support.clock import FakeClock


def test_work_is_shed_in_its_named_order() -> None:
    assert ORDER == (Work.ANALYTICS, Work.LIVE_EDITS, Work.RANKING, Work.ENTRIES)
    shedding = Shedding(FakeClock())
    assert shedding.left_out == ()
    for n, lag in enumerate(limits.LOAD_LAGS, start=1):
        shedding.lagged(lag)
        assert shedding.left_out == ORDER[:n]
    assert shedding.sheds(Work.ENTRIES)


def test_a_great_lag_sheds_all_of_it_at_once_and_calm_brings_it_back_step_by_step() -> None:
    clock = FakeClock()
    shedding = Shedding(clock)
    shedding.lagged(limits.LOAD_LAGS[-1] * 2)
    assert shedding.left_out == ORDER
    for left in range(len(ORDER) - 1, -1, -1):
        shedding.lagged(0.0)
        assert len(shedding.left_out) == left + 1
        clock.advance(limits.LOAD_CALM_S)
        shedding.lagged(0.0)
        assert shedding.left_out == ORDER[:left]


def test_lag_that_goes_on_keeps_it_shed() -> None:
    clock = FakeClock()
    shedding = Shedding(clock)
    shedding.lagged(limits.LOAD_LAGS[1])
    for _ in range(10):
        clock.advance(limits.LOAD_CALM_S)
        shedding.lagged(limits.LOAD_LAGS[1])
    assert shedding.left_out == ORDER[:2]
