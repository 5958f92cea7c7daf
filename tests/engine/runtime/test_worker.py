"""The worker: one account at a time, all or nothing, and a broken one stops nobody else."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from engine.decide.recalling import LateMoney
from engine.decide.wants import look_again
from engine.domain.account import Account
from engine.domain.events import FeeConverted, Halted, OrderAccepted, OrderFilled, StateCommanded
from engine.domain.group import Group
from engine.domain.protection import EntryLock
from engine.domain.words import TradingState
from engine.store.memory import MemoryStore
from engine.store.port import AccountCommit, InboxEntry, Loaded, OutboxStatus
from foundation import limits
from foundation.errors import ContractBroken, Unavailable
from tests.engine.runtime.kit import SYMBOL, Bench, D
from tests.support.clock import START


class Listener:
    """Remembers what it was told of accounts."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, int, int]] = []

    def changed(self, account: Account, wants: object) -> None:
        self.seen.append((account.id, account.seq, len(wants.watches)))  # type: ignore[attr-defined]  # Wants


def no_number(order_id: str) -> OrderFilled:
    """A quantity that is none: the core's arithmetic refuses it."""
    return OrderFilled(order_id, "t1", D("sNaN"), D(60000), D(0), D(0), datetime(2026, 1, 5))  # noqa: DTZ001 - unread


async def test_a_fact_becomes_a_journal_row_a_command_and_an_outcome() -> None:
    bench = Bench()
    await bench.enter()
    listener = Listener()
    worker = await bench.worker(listener)
    assert await worker.turn()
    assert not await worker.turn()
    (decided,) = bench.store.journal["a"]
    assert decided.event.market.quotes[SYMBOL].price == D(60000)
    assert decided.event.market.instruments[SYMBOL].tick == D("0.1")
    (row,) = bench.store.outbox("a")
    assert row.status is OutboxStatus.NEW
    ((_, outcome),) = bench.store.inbox("a")
    assert outcome is not None
    assert outcome.code == "opened"
    assert bench.bus.woken.count("outbox") == bench.bus.woken.count("events") == 1
    assert listener.seen == [("a", 1, 0)]


async def test_an_event_is_never_stamped_before_the_last_one() -> None:
    bench = Bench()
    await bench.enter()
    worker = await bench.worker()
    bench.clock.advance(10)
    await worker.turn()
    bench.clock._passed = timedelta(seconds=3)  # a clock that was set back
    await bench.tell("cmd:1", StateCommanded(TradingState.PAUSED, "person"))
    await worker.turn()
    first, second = bench.store.journal["a"]
    assert second.event.at == first.event.at


async def test_what_breaks_the_core_is_set_aside_and_halts_only_its_account() -> None:
    bench = Bench("a", "b")
    worker = await bench.worker()
    await bench.enter(1, "a")
    await worker.turn()
    order_id = bench.store.outbox("a")[0].command.id
    await bench.tell("fill:paper:t1", no_number(order_id), "a")
    await bench.tell(f"ack:{order_id}", OrderAccepted(order_id, "v1"), "a")
    await bench.enter(1, "b")
    while await worker.turn():
        pass
    assert bench.store.stored("a").state is TradingState.HALTED
    assert bench.store.stored("b").state is TradingState.RUNNING
    assert bench.store.stored("b").slots_taken == 1
    outcomes = {row.entry.key: outcome for row, outcome in bench.store.inbox("a")}
    assert all(outcome is not None for outcome in outcomes.values())
    broken = outcomes["fill:paper:t1"]
    assert broken is not None
    assert broken.code == "set_aside"
    assert isinstance(bench.facts("a")["halted:2"], Halted)
    # what came after it is decided all the same
    assert outcomes[f"ack:{order_id}"].code == "accepted"  # type: ignore[union-attr]  # checked above


async def test_a_lost_race_is_decided_again_from_the_stored_account() -> None:
    bench = Bench()
    mine, other = await bench.worker(), await bench.worker()
    await mine.refresh()
    await mine.turn()
    await bench.enter(1)
    await other.turn()
    await bench.enter(2)
    while await mine.turn():
        pass
    assert [one.seq for one in bench.store.journal["a"]] == [1, 2]
    assert bench.store.stored("a").groups
    outcomes = [outcome.code for _, outcome in bench.store.inbox("a") if outcome]
    assert outcomes == ["opened", "pyramid_added"]


class Forgetful(MemoryStore):
    """Commits, and loses the acknowledgement once."""

    lost = 1

    async def commit(self, commits: Sequence[AccountCommit], now: datetime) -> frozenset[str]:
        written = await super().commit(commits, now)
        if self.lost:
            self.lost -= 1
            raise Unavailable("the connection was lost")
        return written


async def test_after_a_commit_of_unclear_fate_the_account_is_loaded_and_told_again() -> None:
    bench = Bench()
    bench.store = Forgetful(journal=bench.store.journal, _accounts=bench.store._accounts)
    object.__setattr__(bench.ports, "store", bench.store)
    listener = Listener()
    worker = await bench.worker(listener)
    await bench.enter()
    with pytest.raises(Unavailable):
        await worker.turn()
    assert listener.seen == []
    assert await worker.turn()
    assert listener.seen == [("a", 1, 0)]
    assert len(bench.store.journal["a"]) == 1


class Picky(MemoryStore):
    """Refuses the rows of every turn in which account ``a`` decides the fact ``cmd:bad``."""

    async def commit(self, commits: Sequence[AccountCommit], now: datetime) -> frozenset[str]:
        good = [c for c in commits if "cmd:bad" not in [d.event.key for d in c.decided]]
        written = await super().commit(good, now)
        if len(good) < len(commits):
            raise ContractBroken("a check is broken", accounts=["a"])
        return written


async def test_the_one_fact_whose_rows_are_refused_is_found_and_set_aside() -> None:
    bench = Bench("a", "b")
    bench.store = Picky(journal=bench.store.journal, _accounts=bench.store._accounts)
    object.__setattr__(bench.ports, "store", bench.store)
    worker = await bench.worker()
    await bench.enter(1, "a")
    await bench.tell("cmd:bad", StateCommanded(TradingState.PAUSED, "person"), "a")
    await bench.enter(2, "a", timeframe=60)
    await bench.enter(1, "b")
    for _ in range(8):
        await worker.turn()
    codes = {row.entry.key: outcome.code for row, outcome in bench.store.inbox("a") if outcome}
    assert codes["offer:1"] == "opened"
    assert codes["cmd:bad"] == "set_aside"
    assert bench.store.stored("a").state is TradingState.HALTED
    assert bench.store.stored("b").slots_taken == 1


class Torn(MemoryStore):
    """The rows of account ``a`` cannot be read."""

    async def load(self, account_id: str) -> Loaded:
        if account_id == "a":
            raise ValueError("settings: extra fields not permitted")
        return await super().load(account_id)


async def test_an_account_that_cannot_be_read_does_not_stop_the_others() -> None:
    bench = Bench("a", "b")
    bench.store = Torn(journal=bench.store.journal, _accounts=bench.store._accounts)
    object.__setattr__(bench.ports, "store", bench.store)
    worker = await bench.worker()
    await worker.refresh()
    await bench.enter(1, "a")
    await bench.enter(1, "b")
    assert await worker.turn()
    assert bench.store.stored("b").slots_taken == 1
    assert not await worker.turn(), "what cannot be read is no hot loop"


class Unreadable(MemoryStore):
    """The groups that account ``a`` has let go cannot be read, and nobody's while ``away``."""

    away = False
    asked = 0

    async def recall(self, account_id: str, fact: LateMoney) -> tuple[Group, ...]:
        self.asked += 1
        if self.away:
            raise Unavailable("the connection was lost")
        if account_id == "a":
            raise ValueError("rules: extra fields not permitted")
        return await super().recall(account_id, fact)


def unreadable_bench() -> tuple[Bench, Unreadable]:
    bench = Bench("a", "b")
    store = Unreadable(journal=bench.store.journal, _accounts=bench.store._accounts)
    bench.store = store
    object.__setattr__(bench.ports, "store", store)
    return bench, store


async def test_a_group_that_cannot_be_recalled_sets_its_money_aside_and_stops_nobody_else() -> None:
    bench, store = unreadable_bench()
    worker = await bench.worker()
    late = [InboxEntry(name, "fee", FeeConverted("long-ago", "t1", D(1))) for name in ("a", "b")]
    await bench.store.put(late, bench.clock.now())
    await bench.enter(1, "a")
    await bench.enter(1, "b")
    while await worker.turn():
        pass
    codes = {
        name: {row.entry.key: outcome.code for row, outcome in store.inbox(name) if outcome}
        for name in ("a", "b")
    }
    assert codes["a"]["fee"] == "set_aside"
    assert codes["b"]["fee"] == "foreign_order"
    assert store.stored("a").state is TradingState.HALTED
    assert store.stored("a").guard.realized_usd == 0
    assert store.stored("b").slots_taken == 1


async def test_a_recall_the_database_is_away_for_is_tried_again() -> None:
    bench, store = unreadable_bench()
    store.away = True
    worker = await bench.worker()
    late = InboxEntry("b", "fee", FeeConverted("long-ago", "t1", D(1)))
    await store.put([late], bench.clock.now())
    with pytest.raises(Unavailable):
        await worker.turn()
    assert [outcome for _, outcome in store.inbox("b")] == [None]


async def test_much_late_money_is_recalled_some_at_a_time_and_in_its_order() -> None:
    bench, store = unreadable_bench()
    worker = await bench.worker()
    many = limits.WORKER_RECALLS_MAX + 5
    late = [InboxEntry("b", f"{n}", FeeConverted(f"o{n}", "t1", D(1))) for n in range(many)]
    await store.put(late, bench.clock.now())
    await bench.enter(1, "b")
    assert await worker.turn()
    assert store.asked == limits.WORKER_RECALLS_MAX
    assert len(store.journal["b"]) == limits.WORKER_RECALLS_MAX, "what comes after them waits"
    assert await worker.turn()
    assert store.asked == many
    keys = [decided.event.key for decided in store.journal["b"]]
    assert keys[:many] == [f"{n}" for n in range(many)]
    assert len(keys) == many + 1


async def test_time_that_changes_nothing_writes_nothing_and_is_not_a_hot_loop() -> None:
    bench = Bench()
    bench.venue.rules = {}
    worker = await bench.worker()
    await bench.enter()
    await worker.turn()
    assert bench.store.journal["a"][0].outcome.code == "waiting"
    bench.clock.advance(limits.WAITING_RECHECK_S)
    assert await worker.turn()
    assert len(bench.store.journal["a"]) == 1
    assert not await worker.turn()
    due = await bench.store.next_due()
    assert due == bench.clock.now() + timedelta(seconds=limits.DUE_RETRY_S)


async def test_time_that_changes_something_is_an_event_without_an_inbox_row() -> None:
    bench = Bench()
    bench.venue.rules = {}
    waiting = await bench.worker()
    await bench.enter()
    await waiting.turn()
    bench.venue.rules = {SYMBOL: (await Bench().venue.instruments())[SYMBOL]}
    bench.clock.advance(limits.WAITING_RECHECK_S)
    worker = await bench.worker()
    assert await worker.turn()
    last = bench.store.journal["a"][-1]
    assert (last.event.key, last.row_id) == ("due:2", None)
    assert len(bench.store.outbox("a")) == 1


async def test_refresh_notices_what_another_engine_decided() -> None:
    bench = Bench()
    listener = Listener()
    worker = await bench.worker(listener)
    assert await worker.refresh()
    await worker.turn()
    assert listener.seen == [("a", 0, 0)]
    assert not await worker.refresh()
    await bench.enter()
    await (await bench.worker()).turn()
    assert await worker.refresh()
    await worker.turn()
    assert listener.seen[-1] == ("a", 1, 0)


async def test_an_account_that_cannot_be_read_is_left_alone_for_a_while_and_stops_nobody(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bench = Bench("a", "b")
    worker = await bench.worker()
    loading, loads = MemoryStore.load, []

    async def broken(store: MemoryStore, account_id: str) -> Any:
        loads.append(account_id)
        if account_id == "a":
            raise ValueError("not a number")
        return await loading(store, account_id)

    monkeypatch.setattr(MemoryStore, "load", broken)
    await bench.enter(1, "a")
    await bench.enter(1, "b")
    await worker.turn()
    assert bench.store.stored("b").slots_taken == 1
    tries = loads.count("a")
    for _ in range(5):
        await worker.turn()
    assert loads.count("a") == tries
    bench.clock.advance(limits.UNREADABLE_RETRY_S)
    await worker.turn()
    assert loads.count("a") > tries


def test_a_due_that_changes_nothing_does_not_postpone_what_comes_sooner() -> None:
    past = EntryLock("cooldown", SYMBOL, START - timedelta(seconds=1), "")
    soon = EntryLock("cooldown", SYMBOL, START + timedelta(seconds=1), "")
    account = replace(Bench.account("a"), locks=(past, soon))
    assert limits.DUE_RETRY_S > 1
    assert look_again(account, START) == soon.until


class Slow(MemoryStore):
    """Notes what is written while a commit is under way; loses the acknowledgement for ``a``."""

    moments: Sequence[str] = ()

    async def commit(self, commits: Sequence[AccountCommit], now: datetime) -> frozenset[str]:
        name = commits[0].before.id
        self.moments = (*self.moments, f"{name} begins")
        written = await super().commit(commits, now)
        for _ in range(10):
            await asyncio.sleep(0)
        self.moments = (*self.moments, f"{name} ends")
        if name == "a" and len(self.moments) < 5:
            raise Unavailable("the connection was lost")
        return written


async def test_the_next_accounts_are_decided_while_those_before_are_written(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits, "WORKER_ACCOUNTS_A_COMMIT", 1)
    bench = Bench("a", "b")
    bench.store = Slow(journal=bench.store.journal, _accounts=bench.store._accounts)
    object.__setattr__(bench.ports, "store", bench.store)
    listener = Listener()
    worker = await bench.worker(listener)
    await bench.enter(1, "a")
    await bench.enter(1, "b")
    with pytest.raises(Unavailable):
        await worker.turn()
    assert bench.store.moments == ("a begins", "b begins", "a ends", "b ends")
    assert listener.seen == [("b", 1, 0)]  # what became of ``a`` is read anew
    assert await worker.turn()
    assert listener.seen == [("b", 1, 0), ("a", 1, 0)]
    assert [len(bench.store.journal[name]) for name in ("a", "b")] == [1, 1]
