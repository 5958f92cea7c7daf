"""Wait out the window, ask, and let the core decide again; never send."""

from __future__ import annotations

import itertools
from datetime import timedelta

import pytest

from engine.domain.account import Account
from engine.domain.commands import CancelOrder
from engine.domain.events import (
    OrderAccepted,
    OrderCancelled,
    OrderLost,
    OrderRefused,
    OrderUnclear,
)
from engine.domain.words import OrderStatus
from engine.runtime.resolver import CERTAIN_AFTER, Resolver
from engine.store.port import OutboxRow, OutboxStatus
from engine.venues.port import Absent, Cancelled, Found, OutcomeUnknown
from foundation import limits
from tests.engine.runtime.kit import Bench, D, order


async def unclear(bench: Bench, *commands: object) -> list[OutboxRow]:
    """The commands, claimed and sent without an answer."""
    bench.plant(*(("a", command) for command in commands))  # type: ignore[arg-type]  # commands
    rows = list(await bench.store.claim(bench.clock.now(), 10, 10))
    for row in rows:
        await bench.store.unknown(row, bench.clock.now())
    return rows


def after_the_window(bench: Bench) -> None:
    bench.clock.advance(CERTAIN_AFTER.total_seconds())


async def test_nobody_is_asked_while_a_request_may_still_land() -> None:
    bench = Bench()
    await unclear(bench, order("o"))
    bench.clock.advance((CERTAIN_AFTER - timedelta(milliseconds=1)).total_seconds())
    assert not await Resolver(bench.ports).turn()
    assert bench.venue.calls == []


async def test_found_means_accepted() -> None:
    bench = Bench()
    await unclear(bench, order("o"))
    bench.venue.find_answer = Found(OrderStatus.OPEN, "v9", D(0))
    after_the_window(bench)
    assert await Resolver(bench.ports).turn()
    assert bench.facts() == {"ack:o": OrderAccepted("o", "v9")}
    assert bench.status("o") is OutboxStatus.DONE


async def test_absent_means_lost_and_nothing_is_sent() -> None:
    bench = Bench()
    await unclear(bench, order("o"))
    after_the_window(bench)
    assert await Resolver(bench.ports).turn()
    assert bench.facts() == {"lost:o": OrderLost("o")}
    assert bench.venue.calls == [("find", "o")]


async def test_a_claim_that_died_before_sending_is_resolved_too() -> None:
    bench = Bench()
    bench.plant(("a", order("o")))
    await bench.store.claim(bench.clock.now(), 1, 1)
    after_the_window(bench)
    assert await Resolver(bench.ports).turn()
    assert bench.facts() == {"lost:o": OrderLost("o")}


async def test_found_cancelled_tells_both_facts_in_order() -> None:
    bench = Bench()
    await unclear(bench, order("o"))
    bench.venue.find_answer = Found(OrderStatus.CANCELLED, "v9", D("0.003"))
    after_the_window(bench)
    await Resolver(bench.ports).turn()
    assert list(bench.facts().items()) == [
        ("ack:o", OrderAccepted("o", "v9")),
        ("cancelled:o", OrderCancelled("o", D("0.003"))),
    ]


async def test_found_rejected_is_a_refusal() -> None:
    bench = Bench()
    await unclear(bench, order("o"))
    bench.venue.find_answer = Found(OrderStatus.FAILED, "v9", D(0))
    after_the_window(bench)
    await Resolver(bench.ports).turn()
    assert isinstance(bench.facts()["refused:o"], OrderRefused)


async def test_an_unclear_look_up_is_asked_again_with_growing_pauses() -> None:
    bench = Bench()
    await unclear(bench, order("o"))
    bench.venue.find_answer = OutcomeUnknown("502")
    resolver = Resolver(bench.ports)
    after_the_window(bench)
    asked_at = []
    for second in range(130):
        before = len(bench.venue.calls)
        assert not await resolver.turn()
        if len(bench.venue.calls) > before:
            asked_at.append(second)
        bench.clock.advance(1)
    pauses = [b - a for a, b in itertools.pairwise(asked_at)]
    exact = [1, 2, 4, 8, 16, 32, 32, 32]
    assert len(pauses) >= len(exact)
    for pause, most in zip(pauses, exact, strict=False):
        assert most * (1 - limits.BACKOFF_JITTER) <= pause <= most
    assert set(bench.facts()) == {"unclear:o"}
    bench.venue.find_answer = Found(OrderStatus.FILLED, "v9", D("0.01"))
    bench.clock.advance(limits.RESOLVER_RETRY_MAX_S)
    assert await resolver.turn()


async def test_what_stays_unclear_keeps_no_later_one_from_being_asked_after(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits, "RESOLVER_PAGE", 2)
    bench = Bench()
    await unclear(bench, order("o1"), order("o2"))
    bench.venue.find_answer = OutcomeUnknown("down")
    resolver = Resolver(bench.ports)
    for _ in range(8):
        bench.clock.advance(limits.RESOLVER_RETRY_MAX_S)
        await resolver.turn()
    await unclear(bench, order("late"))
    after_the_window(bench)
    bench.venue.find_answer = Absent()
    assert await resolver.turn()
    assert bench.status("late") is OutboxStatus.DONE


async def test_a_cancel_is_repeated_until_it_is_clear() -> None:
    bench = Bench()
    bench.plant(("a", order("o")))
    (placed,) = await bench.store.claim(bench.clock.now(), 1, 1)
    await bench.store.answered(placed, None, bench.clock.now())
    await unclear(bench, CancelOrder("c", "g", "BTCUSDT", "o"))
    bench.venue.cancel_answer = OutcomeUnknown("timed out")
    resolver = Resolver(bench.ports)
    after_the_window(bench)
    assert not await resolver.turn()
    bench.venue.cancel_answer = Cancelled(D("0.01"))
    bench.clock.advance(1)
    assert await resolver.turn()
    assert bench.facts() == {"cancelled:o": OrderCancelled("o", D("0.01"))}
    assert bench.status("c") is OutboxStatus.DONE


async def test_an_order_for_a_venue_that_is_not_set_up_waits_for_it() -> None:
    bench = Bench()
    bench.store.open_account(Account("b", "binance", bench.store.stored("a").settings))
    bench.plant(("b", order("b1")), ("a", order("a1")))
    await bench.store.claim(bench.clock.now(), 10, 10)
    after_the_window(bench)
    resolver = Resolver(bench.ports)
    assert await resolver.turn()
    assert not await resolver.turn()
    assert bench.status("a1") is OutboxStatus.DONE
    assert bench.status("b1", "b") is OutboxStatus.CLAIMED


async def test_exhausted_look_ups_alert_the_owner_once_and_go_on() -> None:
    bench = Bench()
    await unclear(bench, order("o"))
    bench.venue.find_answer = OutcomeUnknown("502")
    resolver = Resolver(bench.ports)
    after_the_window(bench)
    for _ in range(limits.RESOLVER_ALERT_TRIES + 5):
        await resolver.turn()
        bench.clock.advance(limits.RESOLVER_RETRY_MAX_S)
    assert bench.facts() == {"unclear:o": OrderUnclear("o", limits.RESOLVER_ALERT_TRIES)}
    assert len(bench.venue.calls) > limits.RESOLVER_ALERT_TRIES
