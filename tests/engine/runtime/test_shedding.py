"""Under overload work is shed in a named order, and comes back one kind at a time."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from engine.domain.events import CloseCommanded, SignalReceived
from engine.domain.words import Side
from engine.runtime.deciding import Decider
from engine.runtime.rules import Rules
from engine.runtime.shedding import ORDER, Shedding, Work
from engine.runtime.worker import Worker
from foundation import limits
from tests.engine.runtime.kit import Bench, D
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


async def waiting(shedding: Shedding | None = None) -> tuple[Bench, Worker]:
    """A free slot, and a signal that waits for the other side of its symbol to close."""
    bench = Bench()
    rules = Rules(bench.ports)
    await rules.turn()
    worker = Worker(bench.ports, Decider(bench.board, rules, shedding), ())
    await bench.enter()
    await worker.turn()
    [given] = [f for f in bench.facts().values() if isinstance(f, SignalReceived)]
    other = replace(given.signal, id="s2", side=Side.SHORT)
    await bench.tell("offer:2", replace(given, signal=other))
    await worker.turn()
    account = bench.store.stored("a")
    assert (len(account.queue), account.slots_free) == (1, 1)
    bench.clock.advance(limits.QUEUE_LOOK_S + 1)
    return bench, worker


async def test_the_queue_is_ranked_anew_every_few_seconds() -> None:
    bench, worker = await waiting()
    await worker.turn()
    assert await bench.store.next_due() == bench.clock.now() + timedelta(seconds=limits.DUE_RETRY_S)


async def test_under_overload_ranking_anew_is_left_out_but_a_free_slot_is_filled_at_once() -> None:
    shedding = Shedding(FakeClock())
    shedding.lagged(limits.LOAD_LAGS[ORDER.index(Work.RANKING)])
    bench, worker = await waiting(shedding)
    await worker.turn()
    later = bench.clock.now() + timedelta(seconds=limits.RANKING_SHED_S)
    assert await bench.store.next_due() == later
    [group] = bench.store.stored("a").groups.values()
    await bench.tell("cmd:close", CloseCommanded(group.id, D(1), "person"))
    await worker.turn()
    [order_id] = group.orders
    assert await bench.store.withdraw("a", order_id, bench.clock.now())
    await worker.turn()
    assert bench.store.stored("a").queue == ()


def test_lag_that_goes_on_keeps_it_shed() -> None:
    clock = FakeClock()
    shedding = Shedding(clock)
    shedding.lagged(limits.LOAD_LAGS[1])
    for _ in range(10):
        clock.advance(limits.LOAD_CALM_S)
        shedding.lagged(limits.LOAD_LAGS[1])
    assert shedding.left_out == ORDER[:2]
