"""Events: per account by seq, and for the whole house without ever missing one."""

from __future__ import annotations

import asyncio

import pytest

from engine.api.views import EventView
from engine.domain.events import OrderRefused
from engine.domain.notices import Notice, NoticeKind
from engine.store import telling
from engine.store.port import InboxEntry
from foundation.errors import InvalidInput, NotFound
from tests.engine.api.conftest import House
from tests.engine.store.kit import approved, decide, placed


async def test_events_after_a_seq(house: House) -> None:
    commit = await house.signal("s1")
    await house.fill(commit, 0)
    account_id = house.account.id
    every = await house.events.since(house.me, account_id, 0)
    assert {event.seq for event in every} == {1, 2}
    assert [event.id for event in every] == sorted(event.id for event in every)
    later = await house.events.since(house.me, account_id, 1)
    assert later == tuple(event for event in every if event.seq == 2)
    assert later[-1].kind in {"leg_filled", "order_submitted"}
    assert await house.events.since(house.me, account_id, 2) == ()
    with pytest.raises(NotFound):
        await house.events.since(house.other, account_id, 0)


async def test_a_limit_never_tears_a_seq_apart(house: House) -> None:
    commit = await house.signal("s1")
    await house.fill(commit, 0)
    account_id = house.account.id
    first = await house.events.since(house.me, account_id, 0, 1)
    assert {event.seq for event in first} == {1}
    assert len(first) > 1
    rest = await house.events.since(house.me, account_id, first[-1].seq, 1)
    assert first + rest == await house.events.since(house.me, account_id, 0)


async def test_what_happens_between_two_decisions_is_read_after_the_event_before_it(
    house: House,
) -> None:
    account_id, started = house.account.id, Notice(NoticeKind.ENGINE_STATE, "It runs.")
    await telling.tell_all(house.database, started, house.clock.now())
    [first] = await house.events.since(house.me, account_id, 0)
    assert (first.seq, first.kind) == (0, "engine_state")
    await house.signal("s1")
    last = (await house.events.since(house.me, account_id, 0, after=first.id))[-1]
    await telling.tell_all(house.database, started, house.clock.now())
    [later] = await house.events.since(house.me, account_id, last.seq, after=last.id)
    assert (later.seq, later.kind) == (last.seq, "engine_state")
    assert await house.events.since(house.me, account_id, later.seq, after=later.id) == ()


async def test_the_whole_house_is_read_in_pages(house: House) -> None:
    theirs = await house.accounts.ensure_paper(house.other)
    start = await house.events.end()
    await house.signal("s1")
    await house.signal("s1", account_id=theirs.id)
    seen: list[EventView] = []
    cursor = start
    while True:
        rows, cursor = await house.events.read(cursor, 3)
        if not rows:
            break
        seen += rows
    assert len({event.id for event in seen}) == len(seen)
    assert {event.account_id for event in seen} == {house.account.id, theirs.id}
    assert (await house.events.read(None))[0] == tuple(seen)
    assert await house.events.end() == cursor
    assert await house.events.read(cursor) == ((), cursor)


async def test_the_end_is_after_the_latest_transaction_whatever_its_first_digit(
    house: House,
) -> None:
    for number in ("9", "10"):
        await house.database.pool.execute(
            "insert into events (account_id, seq, xid8, at, kind, reason, severity, data) "
            "values ($1, 1, $2::text::xid8, now(), 'engine_state', 'runs', 'info', '{}')",
            house.account.id,
            number,
        )
    assert (await house.events.end()).startswith("10-")
    assert (await house.events.read(await house.events.end()))[0] == ()


async def test_a_slow_transaction_hides_nothing_from_a_reader(house: House) -> None:
    """Who began to write first and commits last is still read, and in its place."""
    theirs = await house.accounts.ensure_paper(house.other)
    slow = await house.database.pool.acquire()
    transaction = slow.transaction()
    await transaction.start()
    await slow.execute(
        "insert into events (account_id, seq, at, kind, reason, severity, data) "
        "values ($1, 1, now(), 'engine_state', 'slow', 'info', '{}')",
        theirs.id,
    )
    await house.signal("s1")
    rows, cursor = await house.events.read(None)
    assert rows == ()
    await transaction.commit()
    await house.database.pool.release(slow)
    rows, cursor = await house.events.read(cursor)
    assert rows[0].reason == "slow"
    assert {event.account_id for event in rows[1:]} == {house.account.id}


async def test_readers_and_writers_side_by_side_lose_nothing(house: House) -> None:
    theirs = await house.accounts.ensure_paper(house.other)
    done = asyncio.Event()
    seen: list[int] = []

    async def write(account_id: str) -> None:
        for n in range(12):
            entry = approved(account_id, f"s{n}", timeframe=n + 1)
            await house.store.put([entry], house.clock.now())
            loaded = await house.store.load(account_id)
            rows = (await house.store.pending([account_id], 10))[account_id]
            await house.store.commit([decide(loaded, rows, house.clock.now())], house.clock.now())

    async def read() -> None:
        cursor: str | None = None
        while True:
            finished = done.is_set()
            rows, cursor = await house.events.read(cursor, 5)
            seen.extend(event.id for event in rows)
            if finished and not rows:
                return
            await asyncio.sleep(0)

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(read())
        async with asyncio.TaskGroup() as writers:
            writers.create_task(write(house.account.id))
            writers.create_task(write(theirs.id))
        done.set()
    every = await house.database.pool.fetch("select id from events")
    assert sorted(seen) == sorted(row["id"] for row in every)


@pytest.mark.parametrize(
    "cursor", ["", "x", "1", "1-", "-1", "1-x", "²-1", f"1-{2**63}", "9" * 21 + "-1"]
)
async def test_a_foreign_cursor_is_refused(house: House, cursor: str) -> None:
    with pytest.raises(InvalidInput):
        await house.events.read(cursor)


async def test_a_failed_order_is_told_loudly(house: House) -> None:
    commit = await house.signal("s1")
    order = placed(commit)[0]
    refused = OrderRefused(order.id, "no_funds", "Not enough funds.")
    await house.decide(InboxEntry(house.account.id, f"refused:{order.id}", refused))
    told = await house.events.since(house.me, house.account.id, 1)
    assert {event.severity for event in told if event.kind == "order_failed"} == {"critical"}
