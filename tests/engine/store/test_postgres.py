"""What only a real database can break: races, refused rows, lost answers, projections."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from engine.decide.step import step
from engine.domain.account import Account
from engine.domain.commands import CancelOrder
from engine.domain.events import Due, Event, Halted, OrderCancelled, SettingsChanged
from engine.domain.group import Group
from engine.domain.notices import Outcome
from engine.domain.settings import AccountSettings
from engine.domain.words import ExitReason, GroupStatus, Intent, OrderStatus
from engine.store.codec import decode_event
from engine.store.digest import GENESIS, digest
from engine.store.port import AccountCommit, Decided, InboxEntry
from engine.store.postgres import PostgresStore
from engine.store.remembered import Remembered
from foundation.db import Database
from foundation.errors import ContractBroken, Unavailable
from tests.engine.store import worlds
from tests.engine.store.kit import (
    PRICES,
    START,
    BehindPostgres,
    D,
    after,
    approved,
    decide,
    due,
    filled,
    market,
    placed,
    work,
)
from tests.engine.store.proxy import CuttingProxy

FAR = 1000


def written(before: Account, after_: Account) -> AccountCommit:
    """A commit of one event that turned one account into the other."""
    event = Event("k", START, market({}, START), Due())
    done = Outcome("done", "done", "Done.")
    decided = Decided(before.seq + 1, event, None, done, (), (), GENESIS)
    return AccountCommit(before, replace(after_, seq=before.seq + 1), (decided,), None)


@given(data=st.data())
@hypothesis_settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
async def test_any_account_loads_as_it_was_saved(
    postgres: BehindPostgres, data: st.DataObject
) -> None:
    count = await postgres.database.pool.fetchval("select count(*) from accounts")
    name = f"acc{count}"
    before = await postgres.open(name)
    first = written(before, data.draw(worlds.accounts(name)))
    assert await postgres.store.commit([first], START) == {name}
    loaded = (await postgres.store.load(name)).account
    assert loaded == first.after
    assert list(loaded.groups) == list(first.after.groups)
    for key, group in loaded.groups.items():
        assert list(group.orders) == list(first.after.groups[key].orders)


async def race(postgres: BehindPostgres, name: str) -> list[frozenset[str]]:
    """Two workers decide the same rows at different times and write at once."""
    loaded = await postgres.store.load(name)
    rows = (await postgres.store.pending([name], FAR))[name]
    both = [decide(loaded, rows, after(n)) for n in (0, 1)]
    other = PostgresStore(postgres.database)
    return list(
        await asyncio.gather(
            postgres.store.commit([both[0]], START), other.commit([both[1]], START)
        )
    )


async def test_of_two_racing_workers_one_writes_everything(postgres: BehindPostgres) -> None:
    pool = postgres.database.pool
    for n in range(10):
        name = f"acc{n}"
        await postgres.open(name)
        await postgres.store.put([approved(name, "s1")], START)
        won = await race(postgres, name)
        assert sorted(len(one) for one in won) == [0, 1]
        loaded = await postgres.store.load(name)
        [group] = loaded.account.groups.values()
        assert loaded.account.seq == 1
        commands = await pool.fetchval("select count(*) from outbox where account_id = $1", name)
        assert commands == len(group.orders) == 5
        stamps = await pool.fetch("select at from events where account_id = $1", name)
        assert {row["at"] for row in stamps} == {loaded.account.last_at}


async def test_overlapping_batches_never_deadlock(postgres: BehindPostgres) -> None:
    names = [f"acc{n}" for n in range(8)]
    commits = []
    for name in names:
        await postgres.open(name)
        await postgres.store.put([approved(name, "s1")], START)
        rows = (await postgres.store.pending([name], FAR))[name]
        commits.append(decide(await postgres.store.load(name), rows, START))
    batches = [commits, commits[::-1], commits[4:], commits[::2]]
    won = await asyncio.gather(*(postgres.store.commit(batch, START) for batch in batches))
    assert sorted(name for one in won for name in one) == names


async def test_two_senders_never_claim_the_same(postgres: BehindPostgres) -> None:
    for n in range(6):
        await postgres.open(f"acc{n}")
        await work(postgres.store, f"acc{n}", START, approved(f"acc{n}", "s1"))
    claims = await asyncio.gather(*(postgres.store.claim(START, 7, 3) for _ in range(6)))
    ids = [row.command.id for claimed in claims for row in claimed]
    assert len(ids) == len(set(ids))
    while more := await postgres.store.claim(START, 7, 3):
        ids += [row.command.id for row in more]
    assert len(ids) == len(set(ids)) == 30


@pytest.mark.parametrize("flaw", [{"reduce_quantity": D(-1)}, {"source": "nul\x00"}])
async def test_one_broken_account_does_not_stop_the_others(
    postgres: BehindPostgres, flaw: dict[str, Any]
) -> None:
    commits = []
    for name in ("a", "b", "c"):
        await postgres.open(name)
        await postgres.store.put([approved(name, "s1")], START)
        rows = (await postgres.store.pending([name], FAR))[name]
        commits.append(decide(await postgres.store.load(name), rows, START))
    broken = commits[1].after
    [group] = broken.groups.values()
    torn = replace(broken, groups={group.id: replace(group, **flaw)})
    commits[1] = replace(commits[1], after=torn)
    with pytest.raises(ContractBroken) as caught:
        await postgres.store.commit(commits, START)
    assert caught.value.data["accounts"] == ["b"]
    seqs = [(await postgres.store.load(name)).account.seq for name in ("a", "b", "c")]
    assert seqs == [1, 0, 1]
    assert [len(await postgres.journal(name)) for name in ("a", "b", "c")] == [1, 0, 1]


async def test_two_groups_never_share_a_slot(postgres: BehindPostgres) -> None:
    await postgres.open()
    commit = await work(postgres.store, "acc", START, approved("acc", "s1"))
    [group] = commit.after.groups.values()
    twin = replace(group, id="twin", orders={})
    both = replace(commit.after, groups={**commit.after.groups, "twin": twin})
    with pytest.raises(ContractBroken):
        await postgres.store.commit([written(commit.after, both)], START)
    flat = replace(group, status=GroupStatus.CLOSED, closed_at=START, exit_reason=ExitReason.TARGET)
    moved = replace(commit.after, groups={group.id: flat, "twin": twin})
    assert await postgres.store.commit([written(commit.after, moved)], START) == {"acc"}


G, Q = GroupStatus, OrderStatus
ILLEGAL: dict[str, dict[str, Any]] = {
    "waits_without_orders": {"status": G.WAITING},
    "filled_while_open": {"status": G.ACTIVE},
    "ends_with_a_reason": {"status": G.CLOSING},
    "closed_has_a_time": {"status": G.CLOSED, "exit_reason": ExitReason.TARGET},
    "open_has_not_closed": {"status": G.FAILED, "closed_at": START},
}
ILLEGAL_ORDERS: dict[str, dict[str, Any]] = {
    "filled_whole": {"status": Q.FILLED},
    "filled_in_part": {"status": Q.PARTIALLY_FILLED},
    "not_filled": {"status": Q.OPEN, "filled_quantity": D("0.00001")},
}


@pytest.mark.parametrize("flaw", [*ILLEGAL, *ILLEGAL_ORDERS])
async def test_the_database_refuses_illegal_states_too(postgres: BehindPostgres, flaw: str) -> None:
    await postgres.open()
    commit = await work(postgres.store, "acc", START, approved("acc", "s1"))
    [group] = commit.after.groups.values()
    order = next(iter(group.orders.values()))
    if flaw in ILLEGAL:
        broken = replace(group, **ILLEGAL[flaw])
    else:
        broken_order = replace(order, **ILLEGAL_ORDERS[flaw])
        broken = replace(group, orders={**group.orders, order.id: broken_order})
    after = replace(commit.after, groups={group.id: broken})
    with pytest.raises(ContractBroken) as caught:
        await postgres.store.commit([written(commit.after, after)], START)
    assert flaw in caught.value.text


async def test_an_unclear_commit_is_unavailable_and_a_reload_tells(
    postgres: BehindPostgres, database_dsn: str
) -> None:
    await postgres.open()
    await postgres.store.put([approved("acc", "s1")], START)
    async with CuttingProxy(database_dsn) as proxy:
        through = await Database.open(proxy.dsn, pool_size=1)
        store = PostgresStore(through)
        rows = (await store.pending(["acc"], FAR))["acc"]
        commit = decide(await store.load("acc"), rows, START)
        proxy.cut_after(b"offer:s1")
        with pytest.raises(Unavailable):
            await store.commit([commit], START)
        assert (await store.load("acc")).account == commit.after
        assert await store.commit([commit], START) == frozenset()
        await through.close()
    assert len(await postgres.journal("acc")) == 1


async def test_a_database_that_is_away_is_unavailable(
    postgres: BehindPostgres, database_dsn: str
) -> None:
    await postgres.open()
    async with CuttingProxy(database_dsn) as proxy:
        through = await Database.open(proxy.dsn, pool_size=1)
        store = PostgresStore(through)
        await proxy.close()
        for call in (
            store.load("acc"),
            store.put([due("acc", "x")], START),
            store.ready(START, 1),
            store.claim(START, 1, 1),
            store.next_due(),
        ):
            with pytest.raises(Unavailable):
                await call
        await through.close()


async def test_the_journal_alone_rebuilds_the_account(postgres: BehindPostgres) -> None:
    await postgres.open(max_open_groups=1)
    commit = await work(
        postgres.store,
        "acc",
        START,
        approved("acc", "s1"),
        approved("acc", "s2", symbol="ETH/USDT"),
    )
    facts = [
        InboxEntry("acc", f"f{n}", filled(order, str(n), after(1)))
        for n, order in enumerate(placed(commit))
    ]
    await work(postgres.store, "acc", after(2), *facts)
    await work(postgres.store, "acc", after(3), approved("acc", "out", intent=Intent.EXIT))
    rows = await postgres.database.pool.fetch("select * from journal order by seq")
    assert [row["seq"] for row in rows] == [*range(1, len(rows) + 1)]
    account, chain = Account("acc", "paper", AccountSettings(max_open_groups=1)), GENESIS
    for row in rows:
        event = decode_event(row["event"])
        assert (row["key"], row["at"]) == (event.key, event.at)
        made = step(account, event)
        chain = digest(chain, event, account, made.account, made.commands)
        assert row["digest"] == chain
        account = made.account
    loaded = await postgres.store.load("acc")
    assert loaded.account == account
    assert loaded.digest == chain


async def test_a_process_that_loads_in_between_has_the_same_digests(
    postgres: BehindPostgres,
) -> None:
    """`work` loads before every commit; replaying without ever loading must agree with it."""
    await postgres.open()
    commit = await work(postgres.store, "acc", START, approved("acc", "s1"))
    account = commit.after
    for n, order in enumerate(placed(commit)):
        fill = InboxEntry("acc", f"f{n}", filled(order, str(n), after(n), "0.3333"))
        commit = await work(postgres.store, "acc", after(n), fill)
        kept = step(account, commit.decided[0].event)
        chain = (await postgres.journal("acc"))[-2][1]
        again = digest(chain, commit.decided[0].event, account, kept.account, kept.commands)
        assert again == commit.decided[0].digest
        account = kept.account


async def test_only_what_changed_is_written(postgres: BehindPostgres) -> None:
    await postgres.open()
    commit = await work(postgres.store, "acc", START, approved("acc", "s1"))
    pool = postgres.database.pool
    tables = ("position_groups", "pyramids", "dca_orders", "orders")

    async def versions() -> dict[str, set[str]]:
        return {
            table: {row[0] for row in await pool.fetch(f"select ctid::text from {table}")}
            for table in tables
        }

    old = await versions()
    fill = InboxEntry("acc", "f", filled(placed(commit)[0], "1", after(1)))
    commit = await work(postgres.store, "acc", after(1), fill)
    new = await versions()
    moved = {table: len(new[table] - old[table]) for table in tables}
    orders = [c for one in commit.decided for c in one.commands]
    assert moved == {
        "position_groups": 1,
        "pyramids": 1,
        "dca_orders": 1,
        "orders": 1 + len(orders),
    }


async def test_how_a_signal_left_the_queue_is_kept(postgres: BehindPostgres) -> None:
    await postgres.open(max_open_groups=1, queue_expiry_minutes=60)
    facts = [
        approved("acc", "s1"),
        approved("acc", "old", symbol="ETH/USDT"),
        approved("acc", "old2", symbol="SOL/USDT"),
    ]
    await work(postgres.store, "acc", START, *facts)
    await work(postgres.store, "acc", after(1), approved("acc", "new", symbol="ETH/USDT"))
    gone = approved("acc", "x", symbol="SOL/USDT", intent=Intent.EXIT)
    await work(postgres.store, "acc", after(2), gone)
    await work(postgres.store, "acc", after(3), approved("acc", "y", intent=Intent.EXIT))
    pool = postgres.database.pool

    async def statuses() -> dict[str, str]:
        rows = await pool.fetch("select id, status from queued_signals")
        return {row["id"]: row["status"] for row in rows}

    now = await statuses()
    assert now["old"] == "replaced"
    assert now["old2"] == "cancelled"
    if now["new"] == "queued":
        await work(postgres.store, "acc", after(4000), InboxEntry("acc", "due", Due()))
        assert (await statuses())["new"] in ("promoted", "expired")
    assert (await postgres.store.load("acc")).account.queue == ()


async def test_an_account_read_again_is_as_one_read_anew(postgres: BehindPostgres) -> None:
    """At every step of a life with three groups, a queue and a change of settings."""
    await postgres.open(max_open_groups=3, total_capital_usd="30000")
    screens, moments = Remembered(postgres.database), 0

    async def step_by_step(*entries: InboxEntry) -> None:
        nonlocal moments
        for entry in entries:
            now = after(moments // 2)  # two share a moment
            moments += 1
            commit = await work(postgres.store, "acc", now, entry)
            loaded = (await postgres.store.load("acc")).account
            assert await screens.account("acc") == loaded == commit.after
            assert list(loaded.groups) == list((await screens.account("acc")).groups)
            for command in [one for d in commit.decided for one in d.commands][:2]:
                if isinstance(command, CancelOrder):
                    gone = OrderCancelled(command.order_id, D(0))
                    await step_by_step(InboxEntry("acc", f"c:{command.id}", gone))
                elif command.price is not None:
                    fact = filled(command, command.id, now, "0.5")
                    await step_by_step(InboxEntry("acc", f"f:{command.id}", fact))

    symbols = ("BTC/USDT", "ETH/USDT", "SOL/USDT")
    await step_by_step(*[approved("acc", f"s{n}", symbol=one) for n, one in enumerate(symbols)])
    await step_by_step(
        approved("acc", "more"), approved("acc", "w", symbol="ETH/USDT", timeframe=60)
    )
    wider = AccountSettings(max_open_groups=5, total_capital_usd=D(50000))
    await step_by_step(InboxEntry("acc", "cmd:settings", SettingsChanged(2, wider)))
    await step_by_step(approved("acc", "out", symbol="ETH/USDT", intent=Intent.EXIT))
    moments = 9000
    await step_by_step(due("acc", "later"))
    before = await screens.account("acc")
    assert await screens.account("acc") is before, "what did not change is not read"


async def test_rank_and_loss_of_who_waits_are_kept_as_last_decided(
    postgres: BehindPostgres,
) -> None:
    await postgres.open(max_open_groups=1, max_drift_percent=50)
    eth, sol = approved("acc", "e", symbol="ETH/USDT"), approved("acc", "s", symbol="SOL/USDT")
    await work(postgres.store, "acc", START, approved("acc", "held"), eth, sol)

    async def stored() -> dict[str, tuple[str, int, object]]:
        rows = await postgres.database.pool.fetch("select * from queued_signals")
        return {row["id"]: (row["status"], row["rank"], row["loss_percent"]) for row in rows}

    assert await stored() == {"e": ("queued", 1, 0), "s": ("queued", 2, 0)}
    prices = PRICES | {"SOL/USDT": D(120)}
    more = approved("acc", "e2", symbol="ETH/USDT", timeframe=60)
    await work(postgres.store, "acc", after(1), more, prices=prices)
    now = await stored()
    assert now == {"e": ("queued", 2, 0), "s": ("queued", 1, 20), "e2": ("queued", 3, 0)}
    loaded = (await postgres.store.load("acc")).account
    assert {one.id: (one.rank, one.loss_percent) for one in loaded.queue} == {
        name: standing[1:] for name, standing in now.items()
    }
    prices = PRICES | {"ETH/USDT": D(2700)}
    commit = await work(
        postgres.store, "acc", after(2), approved("acc", "x", intent=Intent.EXIT), prices=prices
    )
    orders = [command for one in commit.decided for command in one.commands]
    gone = [
        InboxEntry("acc", f"gone:{one.order_id}", OrderCancelled(one.order_id, D(0)))
        for one in orders
        if isinstance(one, CancelOrder)
    ]
    await work(postgres.store, "acc", after(3), *gone, prices=prices)
    assert await stored() == {
        "e": ("promoted", 1, 10), "s": ("queued", 2, 0), "e2": ("queued", 1, 10)
    }  # fmt: skip
    promoted_at = "select left_at from queued_signals where id = 'e'"
    assert await postgres.database.pool.fetchval(promoted_at) == after(3)


async def test_the_projection_of_a_group_is_what_the_group_says(postgres: BehindPostgres) -> None:
    await postgres.open()
    commit = await work(postgres.store, "acc", START, approved("acc", "s1"))
    orders = placed(commit)
    facts = [InboxEntry("acc", f"f{n}", filled(orders[n], str(n), START)) for n in (0, 1)]
    commit = await work(postgres.store, "acc", after(1), *facts)
    [group] = commit.after.groups.values()
    row = await postgres.database.pool.fetchrow("select * from position_groups")
    assert row is not None
    legs = group.pyramids[0].legs
    assert (row["legs_filled"], row["legs_total"], row["pyramid_count"]) == (2, 5, 1)
    assert row["open_quantity"] == orders[0].quantity + orders[1].quantity
    assert row["invested_usd"] == group.invested_usd
    assert row["fees_usd"] == D("0.02")
    assert row["realized_pnl_usd"] == D("-0.02")
    assert row["next_tp_price"] == min(leg.tp_price for leg in legs if leg.tp_price)
    assert row["next_entry_price"] == legs[2].price
    day = await postgres.database.pool.fetchrow("select * from daily_results")
    assert day is not None
    assert (day["day"], day["realized_pnl_usd"], day["fees_usd"]) == (
        START.date(),
        D("-0.02"),
        D("0.02"),
    )


async def test_many_groups_load_in_a_few_reads(postgres: BehindPostgres) -> None:
    """The number of statements does not grow with the number of groups."""
    await postgres.open(max_open_groups=200)
    commit = await work(postgres.store, "acc", START, approved("acc", "s1"))
    [model] = commit.after.groups.values()
    many = {f"g{n}": _copy(model, n) for n in range(300)}
    full = replace(commit.after, groups={**commit.after.groups, **many})
    assert await postgres.store.commit([written(commit.after, full)], START) == {"acc"}
    statements: list[str] = []
    narrow = await Database.open(postgres.database.dsn, pool_size=1)
    async with narrow.pool.acquire() as connection:
        connection.add_query_logger(lambda query: statements.append(query.query))
    loaded = await PostgresStore(narrow).load("acc")
    await narrow.close()
    assert len(loaded.account.groups) == 301
    assert loaded.account.groups["g7"].orders.keys() == many["g7"].orders.keys()
    reads = [sql for sql in statements if sql.lstrip().startswith("select")]
    assert len(reads) == 6


def _copy(model: Group, n: int) -> Group:
    orders = {
        f"g{n}-{key}": replace(order, id=f"g{n}-{key}", group_id=f"g{n}")
        for key, order in model.orders.items()
    }
    return replace(model, id=f"g{n}", symbol=f"C{n}/USDT", orders=orders)


async def test_a_slow_reader_of_commands_sees_age(postgres: BehindPostgres) -> None:
    await postgres.open()
    await work(postgres.store, "acc", START, approved("acc", "s1"))
    claimed = await postgres.store.claim(START, FAR, FAR)
    assert len(await postgres.store.unresolved(after(9), timedelta(seconds=9), FAR)) == len(claimed)


async def test_a_row_that_cannot_be_read_back_halts_its_account_and_no_other(
    postgres: BehindPostgres,
) -> None:
    await postgres.open("poisoned")
    await postgres.open("healthy")
    await postgres.store.put([due("poisoned", "x"), due("healthy", "x")], START)
    await postgres.database.pool.execute(
        "update inbox set fact = '{\"kind\": \"from_tomorrow\"}' where account_id = 'poisoned'"
    )
    await postgres.store.put([due("poisoned", "y")], START)
    found = await postgres.store.pending(["poisoned", "healthy"], FAR)
    bad, good = found["poisoned"]
    assert isinstance(bad.entry.fact, Halted)
    assert f"row {bad.id} cannot be read back" in bad.entry.fact.reason
    assert good.entry.fact == Due()
    assert [row.entry.fact for row in found["healthy"]] == [Due()]
