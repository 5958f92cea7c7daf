"""A silent feed (over 15 s without a sign of life) blocks entries and shows (spec engine §10)."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from engine.domain.events import SignalReceived
from engine.domain.instrument import Quote
from engine.domain.words import GroupStatus, Intent
from engine.runtime.deciding import Decider
from engine.runtime.heartbeat import Pulse
from engine.runtime.rules import Rules
from engine.runtime.worker import Worker
from engine.store.port import InboxEntry
from tests.engine.runtime.kit import SYMBOL, Bench
from tests.support.clock import START


class Silent:
    """A feed that told one price at the start and nothing since."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench

    def quote(self, board: str, symbol: str) -> Quote | None:
        return Quote(Decimal(60000), START) if symbol == SYMBOL else None

    def age(self) -> float | None:
        return (self._bench.clock.now() - START).total_seconds()


@pytest.mark.parametrize(("silent_s", "code"), [(15.0, "opened"), (15.1, "stale_price")])
async def test_a_silent_feed_blocks_entries_and_shows(silent_s: float, code: str) -> None:
    bench = Bench()
    prices = Silent(bench)
    object.__setattr__(bench.ports, "prices", prices)
    rules = Rules(bench.ports)
    await rules.turn()
    worker = Worker(bench.ports, Decider(prices, rules), ())
    await bench.enter(1)
    await worker.turn()
    bench.clock.advance(silent_s)
    await bench.enter(2, timeframe=60)
    await worker.turn()
    outcomes = [outcome.code for _, outcome in bench.store.inbox("a") if outcome]
    assert outcomes == ["opened", code]
    # the owner is told, with the age
    notices = [one for done in bench.store.journal["a"] for one in done.notices]
    refused = [one.reason for one in notices if one.kind == "signal_refused"]
    assert refused == (
        []
        if code == "opened"
        else ["The last price of BTC/USDT is 15 s old; entries wait for the feed."]
    )
    # health tells it for the installation
    await Pulse(bench.ports).turn()
    assert bench.store.heartbeat is not None
    assert bench.store.heartbeat.feed_age == silent_s
    # exits go on whatever the feed does
    [entry] = [row.entry for row, _ in bench.store.inbox("a") if row.entry.key == "offer:1"]
    assert isinstance(entry.fact, SignalReceived)
    leaving = replace(entry.fact.signal, id="out", intent=Intent.EXIT)
    await bench.store.put(
        [InboxEntry("a", "offer:out", SignalReceived(leaving))], bench.clock.now()
    )
    await worker.turn()
    group = next(iter(bench.store.stored("a").groups.values()))
    assert group.status in {GroupStatus.CLOSING, GroupStatus.CLOSED}
