"""Waking: in process at once, across processes by NOTIFY, and again after a lost connection."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest

from foundation.bus import Bus
from foundation.db import Database
from tests.support.until import until


@pytest.fixture
async def elsewhere(database: Database) -> AsyncIterator[Bus]:
    """The bus of another process on the same database."""
    other = Bus(database)
    await other.start()
    yield other
    await other.stop()


async def test_wakes_in_process_without_the_database(bus: Bus) -> None:
    asyncio.get_running_loop().call_soon(bus.wake, "inbox")
    assert await bus.wait("inbox", 5) is True


async def test_wait_times_out(bus: Bus) -> None:
    assert await bus.wait("outbox", 0.01) is False


async def test_a_wake_while_working_is_not_lost(bus: Bus) -> None:
    assert await bus.wait("inbox", 0) is False
    bus.wake("inbox")  # while this task was busy, not waiting
    assert await bus.wait("inbox", 0) is True
    assert await bus.wait("inbox", 0) is False


async def test_a_mark_covers_the_time_before_the_first_wait(bus: Bus) -> None:
    mark = bus.mark("events")
    bus.wake("events")
    assert await bus.wait("events", 0, since=mark) is True


async def test_topics_are_apart(bus: Bus) -> None:
    mark = bus.mark("paper")
    bus.wake("offers")
    assert await bus.wait("paper", 0.02, since=mark) is False


async def test_wakes_the_other_process(bus: Bus, elsewhere: Bus) -> None:
    mark = elsewhere.mark("receipts")
    bus.wake("receipts")
    assert await elsewhere.wait("receipts", 5, since=mark) is True


async def test_a_storm_of_wakes_is_one_notify(bus: Bus, elsewhere: Bus, database: Database) -> None:
    heard: list[str] = []
    ear = await asyncpg.connect(database.dsn)
    try:
        await ear.add_listener("countersign_wake", lambda *args: heard.append(args[3]))
        mark = elsewhere.mark("offers")
        for _ in range(500):
            bus.wake("inbox")
            bus.wake("offers")
        assert await elsewhere.wait("offers", 5, since=mark) is True
        await until(lambda: heard)
    finally:
        await ear.close()
    assert heard == ["inbox,offers"]


async def test_reconnects_and_makes_everybody_look(
    bus: Bus, elsewhere: Bus, database: Database
) -> None:
    mark, own_mark = elsewhere.mark("inbox"), bus.mark("inbox")
    async with database.pool.acquire() as connection:
        cut = await connection.fetchval(
            "select count(pg_terminate_backend(pid)) from pg_stat_activity"
            " where application_name = 'countersign-bus' and datname = current_database()"
        )
    assert cut == 2
    # nobody knows what was told meanwhile, so a reconnect wakes every topic once
    assert await elsewhere.wait("inbox", 5, since=mark) is True
    assert await bus.wait("inbox", 5, since=own_mark) is True
    mark = elsewhere.mark("outbox")
    bus.wake("outbox")
    assert await elsewhere.wait("outbox", 5, since=mark) is True
