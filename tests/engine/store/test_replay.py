"""A group is rebuilt from its journal since the last snapshot and equals it (spec engine §11)."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings

from engine.domain.account import Account
from engine.domain.words import GroupStatus, Intent, TakeProfitMode
from engine.store import replay as replaying
from engine.store.digest import digest
from engine.store.port import AccountCommit, Decided, InboxEntry
from engine.store.snapshots import decode_account, encode_account
from engine.store.written import CORE_VERSION
from foundation.errors import ContractBroken, NotFound
from tests.engine.decide.test_properties import heal, play
from tests.engine.store import worlds
from tests.engine.store.kit import START, BehindPostgres, after, approved, filled, placed, work
from tests.engine.store.test_stories import Scribe, interlude


@given(worlds.accounts("acc"))
@hypothesis_settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
def test_a_snapshot_holds_the_whole_account(account: Account) -> None:
    again = decode_account(encode_account(account))
    assert again == account
    assert list(again.groups) == list(account.groups)
    for key, group in account.groups.items():
        assert list(again.groups[key].orders) == list(group.orders)


def test_what_is_no_snapshot_is_our_own_bug() -> None:
    with pytest.raises(ContractBroken):
        decode_account(b"{}")


async def told(postgres: BehindPostgres, seed: int, mode: TakeProfitMode) -> Account:
    """A long random story, written event by event."""
    desk, venue = play(seed, mode, Scribe)
    assert isinstance(desk, Scribe)
    interlude(desk)
    heal(desk, venue)
    first = desk.steps[0][0]
    account = await postgres.open(**dict(first.settings))
    assert account == first
    chain = (await postgres.store.load("acc")).digest
    for before, event, made in desk.steps:
        chain = digest(chain, event, before, made.account, made.commands)
        seq = made.account.seq
        decided = Decided(seq, event, None, made.outcome, made.commands, made.notices, chain)
        commit = AccountCommit(account, made.account, (decided,), None)
        assert await postgres.store.commit([commit], event.at) == {"acc"}
        account = made.account
    return account


@pytest.mark.parametrize(("seed", "mode"), list(enumerate(TakeProfitMode, start=20)))
async def test_whatever_happened_is_rebuilt_from_the_journal_alone(
    postgres: BehindPostgres, seed: int, mode: TakeProfitMode
) -> None:
    account = await told(postgres, seed, mode)
    found = await replaying.replay(postgres.database, "acc")
    assert found.trouble == ""
    assert (found.since_seq, found.events) == (0, account.seq)
    assert found.rebuilt == account


async def story(postgres: BehindPostgres) -> Account:
    """Opened, filled, a leg's target hit and closed, the rest closed by an exit signal."""
    await postgres.open()
    store = postgres.store
    commit = await work(store, "acc", START, approved("acc", "s1"))
    fills = [
        InboxEntry("acc", f"f{n}", filled(order, f"t{n}", after(n)))
        for n, order in enumerate(placed(commit)[:2], start=1)
    ]
    await work(store, "acc", after(3), *fills)
    commit = await work(store, "acc", after(4), approved("acc", "out", intent=Intent.EXIT))
    return commit.after


async def test_a_replay_begins_at_the_last_snapshot(postgres: BehindPostgres) -> None:
    account = await story(postgres)
    pool = postgres.database.pool
    assert await postgres.store.upgrade(after(5)) == 0, "nothing was written by another core"
    await pool.execute("update accounts set core_version = '1'")
    assert await postgres.store.upgrade(after(5)) == 1
    assert await postgres.store.upgrade(after(6)) == 0
    await pool.execute("update journal set core_version = '1'")
    found = await replaying.replay(postgres.database, "acc")
    assert (found.trouble, found.since_seq, found.events) == ("", account.seq, 0)
    last = await work(postgres.store, "acc", after(7), approved("acc", "s2", symbol="ETH/USDT"))
    found = await replaying.replay(postgres.database, "acc")
    assert (found.trouble, found.since_seq, found.events) == ("", account.seq, 1)
    assert found.rebuilt == last.after


async def test_a_journal_of_another_core_is_not_replayed(postgres: BehindPostgres) -> None:
    await story(postgres)
    pool = postgres.database.pool
    await pool.execute("update journal set core_version = '1' where seq = 2")
    found = await replaying.replay(postgres.database, "acc")
    assert found.trouble == "Event 2 was written by core 1."
    await pool.execute("update snapshots set core_version = '1'")
    found = await replaying.replay(postgres.database, "acc")
    assert found.trouble == f"Written by core 1, this is core {CORE_VERSION}."
    await pool.execute("delete from snapshots")
    assert "no snapshot yet" in (await replaying.replay(postgres.database, "acc")).trouble


async def test_what_was_tampered_with_is_told(postgres: BehindPostgres) -> None:
    account = await story(postgres)
    pool = postgres.database.pool

    async def trouble() -> str:
        return (await replaying.replay(postgres.database, "acc")).trouble

    [group_id] = account.groups
    await pool.execute("update position_groups set replacement_count = 7")
    assert await trouble() == "The stored account differs in groups."
    await pool.execute("update position_groups set replacement_count = 0")
    assert await trouble() == ""
    await pool.execute("update accounts set digest = $1", b"x" * 16)
    assert await trouble() == "The last digest differs from the stored one."
    await pool.execute("delete from journal where seq = 2")
    assert await trouble() == "Event 2 is missing."
    event = (await pool.fetchval("select event from journal where seq = 1")).replace(
        b"60000", b"60001"
    )
    await pool.execute("update journal set event = $1 where seq = 1", event)
    assert await trouble() == "Event 1 leads elsewhere than it did."
    assert account.groups[group_id].status is not GroupStatus.CLOSED
    with pytest.raises(NotFound):
        await replaying.replay(postgres.database, "nobody")


async def test_an_account_that_cannot_be_read_stops_no_upgrade(postgres: BehindPostgres) -> None:
    await postgres.open("a")
    await postgres.open("b")
    pool = postgres.database.pool
    await pool.execute("update accounts set core_version = '1'")
    await pool.execute("""update accounts set kept = '{"guard": 1}' where id = 'a'""")
    assert await postgres.store.upgrade(START) == 1
    versions = await pool.fetch("select id, core_version from accounts order by id")
    assert [tuple(row) for row in versions] == [("a", "1"), ("b", CORE_VERSION)]
