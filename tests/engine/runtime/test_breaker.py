"""The breaker: entries pause while a venue mostly fails; one probe decides whether they go on."""

from __future__ import annotations

import asyncio

import pytest

from engine.runtime.brakes import make_brakes
from engine.runtime.breaker import Breaker, BreakerState
from engine.runtime.watched import watched
from engine.venues.port import Absent, OutcomeUnknown, Refused
from foundation import limits
from foundation.errors import Unavailable
from tests.engine.runtime.kit import Bench, order
from tests.support.clock import START, FakeClock

CLOSED, OPEN, HALF_OPEN = BreakerState.CLOSED, BreakerState.OPEN, BreakerState.HALF_OPEN


def opened(clock: FakeClock) -> Breaker:
    breaker = Breaker("binance", clock)
    for _ in range(limits.BREAKER_CALLS_MIN):
        breaker.failed()
    return breaker


def test_a_failure_rate_over_a_window_opens_it() -> None:
    clock = FakeClock()
    breaker = Breaker("binance", clock)
    for _ in range(limits.BREAKER_CALLS_MIN):
        breaker.answered()
    for _ in range(limits.BREAKER_CALLS_MIN - 1):
        breaker.failed()
    assert breaker.state is CLOSED
    assert breaker.entries(7) == 7
    breaker.failed()
    assert breaker.state is OPEN
    assert breaker.entries(7) == 0


def test_few_calls_and_old_failures_open_nothing() -> None:
    clock = FakeClock()
    breaker = Breaker("binance", clock)
    for _ in range(limits.BREAKER_CALLS_MIN - 1):
        breaker.failed()
    assert breaker.state is CLOSED
    clock.advance(limits.BREAKER_WINDOW_S + 1)
    breaker.failed()
    assert breaker.state is CLOSED


def test_half_open_takes_one_probe_and_its_success_closes_it() -> None:
    clock = FakeClock()
    breaker = opened(clock)
    clock.advance(limits.BREAKER_OPEN_FIRST_S)
    assert breaker.state is HALF_OPEN
    assert breaker.entries(7) == 1
    breaker.probing()
    assert breaker.entries(7) == 0
    breaker.answered()
    assert breaker.state is CLOSED
    assert breaker.entries(7) == 7


def test_a_failed_probe_opens_it_for_longer() -> None:
    clock = FakeClock()
    breaker = opened(clock)
    clock.advance(limits.BREAKER_OPEN_FIRST_S)
    breaker.failed()
    assert breaker.state is OPEN
    clock.advance(limits.BREAKER_OPEN_FIRST_S)
    assert breaker.state is OPEN
    clock.advance(limits.BREAKER_OPEN_FIRST_S)
    assert breaker.state is HALF_OPEN


def test_a_probe_that_never_ends_makes_room_for_another() -> None:
    clock = FakeClock()
    breaker = opened(clock)
    clock.advance(limits.BREAKER_OPEN_FIRST_S)
    breaker.probing()
    assert breaker.entries(1) == 0
    clock.advance(limits.BREAKER_PROBE_S)
    assert breaker.entries(1) == 1


@pytest.mark.parametrize(
    ("answer", "failed"),
    [
        (Absent(), False),
        (OutcomeUnknown("502"), True),
        (Refused("insufficient_funds", "No money."), False),
        (Unavailable("no answer"), True),
        (Unavailable("slow down", code="rate_limited"), False),
        (Unavailable("who are you?", code="authentication_failed"), False),
        (ConnectionResetError("gone"), True),
    ],
)
async def test_what_counts_as_a_failure_of_the_venue(answer: object, failed: bool) -> None:
    bench = Bench()
    brakes = make_brakes(bench.ports)
    venue = watched(bench.ports, brakes).venue("paper")
    bench.venue.place_answer = answer
    for n in range(limits.BREAKER_CALLS_MIN):
        try:
            await venue.place("a", order(f"o{n}"), START)
        except (Unavailable, ConnectionResetError):
            continue
    assert (brakes.breakers.of("paper").state is OPEN) is failed


async def test_a_call_that_times_out_is_a_failure() -> None:
    bench = Bench()
    brakes = make_brakes(bench.ports)
    venue = watched(bench.ports, brakes).venue("paper")
    bench.venue.hold = asyncio.Event()
    for _ in range(limits.BREAKER_CALLS_MIN):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.001):
                await venue.wallet("a")
    assert brakes.breakers.of("paper").state is OPEN
