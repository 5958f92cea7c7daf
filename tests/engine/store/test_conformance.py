"""One suite for both stores: what the port promises, Postgres and memory keep alike."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from engine.domain.commands import CancelOrder, PlaceOrder
from engine.domain.events import (
    CloseAllCommanded,
    Due,
    Halted,
    InstallationCommanded,
    OrderAccepted,
    OrderCancelled,
    OrderLost,
    StateCommanded,
)
from engine.domain.words import Intent, TradingState
from engine.store.digest import GENESIS
from engine.store.port import (
    Depths,
    Heartbeat,
    InboxEntry,
    Lanes,
    OutboxRow,
    OutboxStatus,
    Room,
)
from foundation.errors import ContractBroken, NotFound
from tests.engine.store.kit import (
    PRICES,
    START,
    Behind,
    D,
    after,
    approved,
    decide,
    due,
    filled,
    placed,
    work,
)

FAR = 1000


async def opened(behind: Behind, account_id: str = "acc") -> list[PlaceOrder]:
    """An account with a group of five ordered legs."""
    await behind.open(account_id)
    commit = await work(behind.store, account_id, START, approved(account_id, "s1"))
    return placed(commit)


async def keys(behind: Behind, account_id: str = "acc") -> list[str]:
    rows = (await behind.store.pending([account_id], FAR)).get(account_id, ())
    return [row.entry.key for row in rows]


async def test_a_fact_is_put_once(behind: Behind) -> None:
    await behind.open("a")
    await behind.open("b")
    put = behind.store.put
    assert await put([due("a", "x"), due("a", "y"), due("a", "x"), due("b", "x")], START) == 3
    assert await put([due("a", "x"), due("b", "y")], START) == 1
    assert await put([], START) == 0
    assert await keys(behind, "a") == ["x", "y"]
    assert await keys(behind, "b") == ["x", "y"]


async def test_a_repeat_never_changes_the_fact(behind: Behind) -> None:
    await behind.open()
    await behind.store.put([InboxEntry("acc", "k", Halted("first"), "c1")], START)
    await behind.store.put([InboxEntry("acc", "k", Halted("second"), "c2")], after(1))
    [row] = (await behind.store.pending(["acc"], FAR))["acc"]
    assert row.entry == InboxEntry("acc", "k", Halted("first"), "c1")
    assert row.received_at == START


async def test_facts_for_no_account_are_not_found(behind: Behind) -> None:
    with pytest.raises(NotFound):
        await behind.store.put([due("nobody", "x")], START)


async def test_ready_names_who_has_waited_longest(behind: Behind) -> None:
    await behind.open("idle", next_due=after(500))
    await behind.open("late", next_due=after(5))
    await behind.open("busy")
    await behind.open("both", next_due=after(1))
    await behind.store.put([due("busy", "x")], after(3))
    await behind.store.put([due("both", "x")], after(4))
    assert await behind.store.ready(START, 10) == ["busy", "both"]
    assert await behind.store.ready(after(10), 10) == ["both", "busy", "late"]
    assert await behind.store.ready(after(10), 2) == ["both", "busy"]


async def test_an_order_to_resume_is_never_decided_after_the_emergency_close_that_came_later(
    behind: Behind,
) -> None:
    await behind.open("a1")
    resume = StateCommanded(TradingState.RUNNING, "user")
    told = [("resume", resume), ("alert", due("a1", "alert").fact),
            ("close", CloseAllCommanded("user")), ("again", resume)]  # fmt: skip
    await behind.store.put([InboxEntry("a1", key, fact) for key, fact in told], START)
    found = await behind.store.pending(["a1"], FAR, ["a1"])
    assert [row.entry.key for row in found["a1"]] == ["resume", "close"]


async def test_a_held_account_is_ready_for_facts_of_its_venue_alone(behind: Behind) -> None:
    await behind.open("free")
    await behind.open("held", next_due=after(1))
    await behind.store.put([due("held", "alert"), due("free", "alert")], START)
    held = ["held"]
    assert await behind.store.ready(after(10), FAR, held) == ["free"]
    closing = InboxEntry("held", "close", CloseAllCommanded("user"))
    fill = InboxEntry("held", "lost:o", OrderLost("o"))
    await behind.store.put([fill, closing], after(2))
    assert await behind.store.ready(after(10), FAR, held) == ["free", "held"]
    found = await behind.store.pending(["free", "held"], FAR, held)
    assert {key: [row.entry.key for row in rows] for key, rows in found.items()} == {
        "free": ["alert"],
        "held": ["lost:o", "close"],
    }
    assert await keys(behind, "held") == ["alert", "lost:o", "close"]


async def test_pending_gives_the_oldest_of_each(behind: Behind) -> None:
    await behind.open("a")
    await behind.open("b")
    await behind.open("c")
    facts = [due("a", "1"), due("b", "1"), due("a", "2"), due("a", "3")]
    await behind.store.put(facts, START)
    found = await behind.store.pending(["a", "b", "c"], 2)
    assert {key: [row.entry.key for row in rows] for key, rows in found.items()} == {
        "a": ["1", "2"],
        "b": ["1"],
    }
    ids = [row.id for rows in found.values() for row in rows]
    assert len(set(ids)) == 3


async def test_a_new_account_loads_as_it_was_opened(behind: Behind) -> None:
    account = await behind.open(max_open_groups=3)
    loaded = await behind.store.load("acc")
    assert loaded.account == account
    assert loaded.digest == GENESIS
    with pytest.raises(NotFound):
        await behind.store.load("nobody")


async def test_what_was_committed_is_what_loads(behind: Behind) -> None:
    await behind.open(max_open_groups=1)
    commit = await work(
        behind.store,
        "acc",
        START,
        approved("acc", "s1"),
        approved("acc", "s2", symbol="ETH/USDT"),
        approved("acc", "s3", symbol="SOL/USDT"),
    )
    orders = placed(commit)
    assert len(commit.after.groups) == 1
    assert [queued.id for queued in commit.after.queue] == ["s2", "s3"]
    loaded = await behind.store.load("acc")
    assert loaded.account == commit.after
    assert loaded.digest == commit.decided[-1].digest
    fills = [
        InboxEntry("acc", f"ack:{orders[0].id}", OrderAccepted(orders[0].id, "v1")),
        InboxEntry("acc", "fill:paper:1", filled(orders[0], "1", after(1))),
        InboxEntry("acc", "fill:paper:2", filled(orders[1], "2", after(1), "0.5")),
    ]
    commit = await work(behind.store, "acc", after(2), *fills)
    loaded = await behind.store.load("acc")
    assert loaded.account == commit.after
    assert list(loaded.account.groups) == list(commit.after.groups)
    [group] = loaded.account.groups.values()
    assert list(group.orders) == list(next(iter(commit.after.groups.values())).orders)
    assert group.open_quantity == orders[0].quantity + orders[1].quantity / 2


async def test_the_order_of_the_queue_survives_a_replacement(behind: Behind) -> None:
    await behind.open(max_open_groups=1)
    names = ["BTC/USDT", "ETH/USDT", "SOL/USDT"]
    facts = [approved("acc", f"s{n}", symbol=name) for n, name in enumerate(names)]
    await work(behind.store, "acc", START, *facts)
    newer = approved("acc", "newer", symbol="ETH/USDT", entry_price=D(2900))
    commit = await work(behind.store, "acc", after(1), newer)
    assert [queued.id for queued in commit.after.queue] == ["newer", "s2"]
    loaded = await behind.store.load("acc")
    assert loaded.account == commit.after
    assert loaded.account.queue[0].replacement_count == 1


async def test_it_survives_a_restart_whether_one_waits_for_a_price_or_for_a_slot(
    behind: Behind,
) -> None:
    await behind.open(max_open_groups=1)
    unpriced = {name: price for name, price in PRICES.items() if name != "ETH/USDT"}
    entry = approved("acc", "s1", symbol="ETH/USDT")
    await work(behind.store, "acc", START, entry, prices=unpriced)
    [waiting] = (await behind.store.load("acc")).account.queue
    assert waiting.waits_for_price
    await work(behind.store, "acc", after(1), approved("acc", "s2"), prices=unpriced)
    commit = await work(behind.store, "acc", after(2), due("acc", "look"))
    loaded = await behind.store.load("acc")
    assert loaded.account == commit.after
    [waiting] = loaded.account.queue
    assert not waiting.waits_for_price
    assert waiting.expires_at == START + timedelta(days=1)


async def test_the_fence_lets_one_of_two_through(behind: Behind) -> None:
    await behind.open()
    await behind.store.put([approved("acc", "s1")], START)
    loaded = await behind.store.load("acc")
    rows = (await behind.store.pending(["acc"], FAR))["acc"]
    mine, theirs = decide(loaded, rows, START), decide(loaded, rows, after(1))
    assert await behind.store.commit([mine], START) == {"acc"}
    assert await behind.store.commit([theirs], after(1)) == frozenset()
    assert (await behind.store.load("acc")).account == mine.after
    assert await behind.journal("acc") == [(1, mine.decided[0].digest)]
    assert (await behind.store.depths()).outbox_waiting == len(placed(mine))


async def test_a_late_account_does_not_hold_up_the_others(behind: Behind) -> None:
    commits = []
    for name in ("a", "b", "c"):
        await behind.open(name)
        await behind.store.put([approved(name, "s1")], START)
        rows = (await behind.store.pending([name], FAR))[name]
        commits.append(decide(await behind.store.load(name), rows, START))
    assert await behind.store.commit([commits[1]], START) == {"b"}
    assert await behind.store.commit(commits, START) == {"a", "c"}
    assert [len(await behind.journal(name)) for name in ("a", "b", "c")] == [1, 1, 1]
    assert await behind.store.commit([], START) == frozenset()


async def test_seqs_have_no_gap(behind: Behind) -> None:
    await behind.open()
    await behind.store.put([approved("acc", "s1")], START)
    rows = (await behind.store.pending(["acc"], FAR))["acc"]
    commit = decide(await behind.store.load("acc"), rows, START)
    broken = replace(commit, decided=(replace(commit.decided[0], seq=2),))
    with pytest.raises(ContractBroken):
        await behind.store.commit([broken], START)
    assert (await behind.store.load("acc")).account.seq == 0


async def test_a_time_that_changed_nothing_moves_only_next_due(behind: Behind) -> None:
    account = await behind.open(next_due=after(1))
    loaded = await behind.store.load("acc")
    quiet = decide(loaded, (), after(1), next_due=after(60))
    assert await behind.store.commit([quiet], after(1)) == {"acc"}
    assert await behind.store.next_due() == after(60)
    assert await behind.store.ready(after(59), 10) == []
    assert (await behind.store.load("acc")).account == account
    assert await behind.journal("acc") == []


async def test_the_earliest_next_due_counts(behind: Behind) -> None:
    assert await behind.store.next_due() is None
    await behind.open("a", next_due=after(9))
    await behind.open("b", next_due=after(4))
    await behind.open("c")
    assert await behind.store.next_due() == after(4)


async def test_a_decided_fact_has_its_outcome_and_waits_no_more(behind: Behind) -> None:
    await behind.open()
    exit_ = approved("acc", "s2", intent=Intent.EXIT)
    commit = await work(behind.store, "acc", START, approved("acc", "s1"), exit_)
    assert await behind.outcome("acc", "offer:s1") == commit.decided[0].outcome
    assert await behind.outcome("acc", "offer:s2") == commit.decided[1].outcome
    assert await keys(behind) == []
    assert await behind.store.ready(after(1), 10) == []


async def test_commands_are_claimed_once_risk_reducing_first(behind: Behind) -> None:
    orders = await opened(behind)
    at_work = [InboxEntry("acc", f"fill:{n}", filled(orders[n], str(n), START)) for n in (0, 1)]
    await work(behind.store, "acc", START, *at_work)
    exit_ = approved("acc", "s2", intent=Intent.EXIT)
    commit = await work(behind.store, "acc", after(1), exit_)
    urgent = [c for one in commit.decided for c in one.commands]
    assert {type(command) for command in urgent} >= {CancelOrder}
    claimed = await behind.store.claim(after(1), FAR, FAR)
    ids = [row.command.id for row in claimed]
    assert ids[: len(urgent)] == [command.id for command in urgent]
    # the others have a cancel before them, which withdraws them unsent
    assert ids[len(urgent) :] == [order.id for order in orders[:2]]
    assert {row.status for row in claimed} == {OutboxStatus.CLAIMED}
    assert {row.claimed_at for row in claimed} == {after(1)}
    assert claimed[-1].correlation_id == "corr-s1"
    assert claimed[-1].venue == "paper"
    for order in orders[2:]:
        assert await behind.store.withdraw("acc", order.id, after(1))
    assert await behind.store.claim(after(1), FAR, FAR) == []


@pytest.mark.parametrize("says", [StateCommanded, InstallationCommanded])
async def test_the_entries_of_a_halted_account_stay_and_its_exits_leave(
    behind: Behind, says: type[StateCommanded | InstallationCommanded]
) -> None:
    first, *entries = await opened(behind)
    fill = InboxEntry("acc", "fill:1", filled(first, "1", START))
    exit_ = approved("acc", "s2", intent=Intent.EXIT)
    other = approved("acc", "s3", symbol="ETH/USDT")
    await work(behind.store, "acc", START, fill, exit_, other)
    halted = InboxEntry("acc", "halt", says(TradingState.HALTED, "user"))
    await work(behind.store, "acc", after(1), halted)
    claimed = await behind.store.claim(after(1), FAR, FAR)
    commands = [row.command for row in claimed]
    placed_ = [one for one in commands if isinstance(one, PlaceOrder)]
    assert [one.reduce_only for one in placed_] == [True]
    assert len(commands) == 1 + len(entries)
    running = InboxEntry("acc", "run", says(TradingState.RUNNING, "user"))
    await work(behind.store, "acc", after(2), running)
    later = await behind.store.claim(after(2), FAR, FAR)
    assert {row.command.symbol for row in later} >= {"ETH/USDT"}


async def test_a_claim_is_capped_and_may_pass_over_accounts(behind: Behind) -> None:
    orders = await opened(behind, "a")
    await opened(behind, "b")
    assert len(await behind.store.claim(START, FAR, 2)) == 4
    assert len(await behind.store.claim(START, 1, FAR)) == 1
    rest = await behind.store.claim(START, FAR, FAR, skip=["a"])
    assert {row.account_id for row in rest} == {"b"}
    left = await behind.store.claim(START, FAR, FAR)
    assert {row.account_id for row in left} == {"a"}
    assert len(left) == len(orders) - 3


async def test_entries_leave_lanes_free_for_exits(behind: Behind) -> None:
    first, *_ = await opened(behind, "a")
    await opened(behind, "b")
    fill = InboxEntry("a", "fill:1", filled(first, "1", START))
    await work(behind.store, "a", START, fill, approved("a", "s2", intent=Intent.EXIT))
    await work(behind.store, "a", START, approved("a", "s3", symbol="ETH/USDT"))
    lanes = Lanes(rooms={"paper": Room(commands=8, entries=2)})
    claimed = await behind.store.claim(START, FAR, FAR, lanes=lanes)
    entries = [c for c in claimed if getattr(c.command, "priority", 0)]
    assert len(entries) == 2
    assert len(claimed) == 2 + len([c for c in claimed if c not in entries])
    shut = Lanes(rooms={"paper": Room(commands=0, entries=0)})
    assert await behind.store.claim(START, FAR, FAR, lanes=shut) == []
    elsewhere = Lanes(rooms={"binance": Room(commands=0, entries=0)}, exits_only=("b",))
    rest = await behind.store.claim(START, FAR, FAR, lanes=elsewhere)
    assert rest
    assert {row.account_id for row in rest} == {"a"}


async def test_what_a_venues_limits_leave_an_account_bounds_its_claims(behind: Behind) -> None:
    first, *_ = await opened(behind, "a")
    await opened(behind, "b")
    fill = InboxEntry("a", "fill:1", filled(first, "1", START))
    await work(behind.store, "a", START, fill, approved("a", "s2", intent=Intent.EXIT))
    await work(behind.store, "a", START, approved("a", "s3", symbol="ETH/USDT"))
    none = Lanes(accounts={"a": Room(0, 0), "b": Room(0, 0)})
    assert await behind.store.claim(START, FAR, FAR, lanes=none) == []
    one = Lanes(accounts={"a": Room(commands=1, entries=0), "b": Room(commands=3, entries=2)})
    claimed = await behind.store.claim(START, FAR, FAR, lanes=one)
    of_a = [row.command for row in claimed if row.account_id == "a"]
    assert len(of_a) == 1
    assert getattr(of_a[0], "priority", 0) == 0
    of_b = [row.command for row in claimed if row.account_id == "b"]
    assert [getattr(command, "priority", 0) for command in of_b] == [1, 1]


async def test_what_is_too_old_is_withdrawn_and_told_as_lost(behind: Behind) -> None:
    orders = await opened(behind)
    until = orders[0].valid_until
    assert until is not None
    assert await behind.store.claim(until + timedelta(seconds=1), FAR, FAR) == []
    rows = (await behind.store.pending(["acc"], FAR))["acc"]
    assert [row.entry.key for row in rows] == [f"lost:{order.id}" for order in orders]
    assert rows[0].entry.fact == OrderLost(orders[0].id)
    assert rows[0].entry.correlation_id == "corr-s1"
    status = await behind.store.outbox_status("acc", orders[0].id)
    assert status is OutboxStatus.WITHDRAWN
    assert await behind.store.claim(until + timedelta(seconds=2), FAR, FAR) == []


async def test_an_order_is_claimed_up_to_its_last_moment(behind: Behind) -> None:
    orders = await opened(behind)
    until = orders[0].valid_until
    assert until is not None
    assert len(await behind.store.claim(until, FAR, FAR)) == len(orders)


async def cancel_of_a_claimed(behind: Behind) -> tuple[OutboxRow, CancelOrder]:
    """One order is claimed; then its group is closed, which cancels it."""
    await opened(behind)
    [row] = await behind.store.claim(START, 1, FAR)
    commit = await work(behind.store, "acc", after(1), approved("acc", "s2", intent=Intent.EXIT))
    cancels = [c for one in commit.decided for c in one.commands if isinstance(c, CancelOrder)]
    return row, next(cancel for cancel in cancels if cancel.order_id == row.command.id)


async def test_a_cancel_waits_until_its_order_is_answered(behind: Behind) -> None:
    row, cancel = await cancel_of_a_claimed(behind)
    claimed = await behind.store.claim(after(1), FAR, FAR)
    assert cancel.id not in [one.command.id for one in claimed]
    await behind.store.unknown(row, after(1))
    assert await behind.store.claim(after(1), FAR, FAR) == []
    fact = InboxEntry("acc", f"ack:{row.command.id}", OrderAccepted(row.command.id, "v1"))
    assert await behind.store.answered(row, fact, after(2))
    [later] = await behind.store.claim(after(2), FAR, FAR)
    assert later.command == cancel


async def test_an_answer_counts_once(behind: Behind) -> None:
    await opened(behind)
    [row] = await behind.store.claim(START, 1, FAR)
    fact = InboxEntry("acc", f"ack:{row.command.id}", OrderAccepted(row.command.id, "v1"))
    other = replace(row, claimed_at=after(5))
    assert not await behind.store.answered(other, fact, after(5))
    assert await keys(behind) == []
    assert await behind.store.answered(row, fact, after(1))
    assert not await behind.store.answered(row, fact, after(2))
    assert await keys(behind) == [f"ack:{row.command.id}"]
    assert await behind.store.outbox_status("acc", row.command.id) is OutboxStatus.DONE


async def test_an_answer_may_have_nothing_to_tell(behind: Behind) -> None:
    await opened(behind)
    [row] = await behind.store.claim(START, 1, FAR)
    assert await behind.store.answered(row, None, START)
    assert await keys(behind) == []


async def test_an_unknown_outcome_is_kept_until_it_is_resolved(behind: Behind) -> None:
    await opened(behind)
    claimed = await behind.store.claim(START, 2, FAR)
    later = await behind.store.claim(after(3), 1, FAR)
    await behind.store.unknown(claimed[0], after(1))
    await behind.store.unknown(replace(claimed[1], claimed_at=after(9)), after(1))
    age = timedelta(seconds=5)
    assert await behind.store.unresolved(after(4), age, FAR) == []
    found = await behind.store.unresolved(after(5), age, FAR)
    assert {row.command.id: row.status for row in found} == {
        claimed[0].command.id: OutboxStatus.SENT,
        claimed[1].command.id: OutboxStatus.CLAIMED,
    }
    every = await behind.store.unresolved(after(8), age, FAR)
    assert every[-1].command == later[0].command
    assert len(await behind.store.unresolved(after(8), age, 1)) == 1
    sent = replace(claimed[0], status=OutboxStatus.SENT)
    assert await behind.store.answered(sent, None, after(6))
    assert (await behind.store.depths()).orders_unknown == 0


async def test_an_unsent_order_can_be_withdrawn(behind: Behind) -> None:
    orders = await opened(behind)
    [row] = await behind.store.claim(START, 1, FAR)
    assert not await behind.store.withdraw("acc", row.command.id, START)
    assert await behind.store.withdraw("acc", orders[1].id, START)
    assert not await behind.store.withdraw("acc", orders[1].id, START)
    assert not await behind.store.withdraw("other", orders[2].id, START)
    [told] = (await behind.store.pending(["acc"], FAR))["acc"]
    assert told.entry.key == f"cancelled:{orders[1].id}"
    assert told.entry.fact == OrderCancelled(orders[1].id, D(0))
    claimed = await behind.store.claim(START, FAR, FAR)
    assert orders[1].id not in [one.command.id for one in claimed]
    assert await behind.store.outbox_status("acc", "nothing") is None
    assert await behind.store.outbox_status("other", orders[1].id) is None


async def test_a_broken_row_is_set_aside_and_the_account_halted(behind: Behind) -> None:
    await behind.open()
    await behind.store.put([due("acc", "poison"), due("acc", "fine")], START)
    row = (await behind.store.pending(["acc"], FAR))["acc"][0]
    await behind.store.set_aside(row.id, "acc", "it broke", START)
    assert await keys(behind) == ["fine", f"halted:{row.id}"]
    outcome = await behind.outcome("acc", "poison")
    assert outcome is not None
    assert (outcome.status, outcome.code, outcome.text) == ("refused", "set_aside", "it broke")
    await behind.store.set_aside(row.id, "acc", "again", after(1))
    assert await keys(behind) == ["fine", f"halted:{row.id}"]


async def test_time_itself_may_break_an_account(behind: Behind) -> None:
    await behind.open()
    await behind.store.set_aside(None, "acc", "time broke", START)
    await behind.store.set_aside(None, "acc", "time broke again", START)
    [row] = (await behind.store.pending(["acc"], FAR))["acc"]
    assert row.entry.key == "halted:due:0"
    assert row.entry.fact == Halted("time broke")
    with pytest.raises(NotFound):
        await behind.store.set_aside(None, "nobody", "x", START)


async def test_reports_and_their_cursor_move_together(behind: Behind) -> None:
    await behind.open("a")
    await behind.open("b")
    store = behind.store
    assert await store.cursor("a") == ""
    assert await store.put_reports("a", [due("a", "1"), due("a", "2")], "c2", START) == 2
    assert await store.put_reports("a", [due("a", "2"), due("a", "3")], "c3", START) == 1
    assert await store.put_reports("a", [], "c4", START) == 0
    assert (await store.cursor("a"), await store.cursor("b")) == ("c4", "")
    assert await keys(behind, "a") == ["1", "2", "3"]
    with pytest.raises(NotFound):
        await store.put_reports("nobody", [], "c", START)
    with pytest.raises(NotFound):
        await store.cursor("nobody")


async def test_accounts_are_listed_in_order(behind: Behind) -> None:
    for name in ("b", "a", "c"):
        await behind.open(name)
    await work(behind.store, "a", START, approved("a", "s1"))
    refs = await behind.store.accounts()
    assert [(ref.id, ref.venue, ref.seq) for ref in refs] == [
        ("a", "paper", 1),
        ("b", "paper", 0),
        ("c", "paper", 0),
    ]


async def test_depths_count_what_waits(behind: Behind) -> None:
    assert await behind.store.depths() == Depths(0, 0, 0)
    orders = await opened(behind)
    await behind.store.put([due("acc", "x")], START)
    [row] = await behind.store.claim(START, 1, FAR)
    assert await behind.store.depths() == Depths(1, len(orders) - 1, 0)
    await behind.store.unknown(row, START)
    assert await behind.store.depths() == Depths(1, len(orders) - 1, 1)


async def test_a_heartbeat_replaces_the_last(behind: Behind) -> None:
    assert await behind.beat_at() is None
    await behind.store.beat(Heartbeat(START, 0.01, None, Depths(1, 2, 3)))
    assert await behind.beat_at() == START
    await behind.store.beat(Heartbeat(after(10), 0.02, 1.5, Depths(0, 0, 0)))
    assert await behind.beat_at() == after(10)


async def test_a_whole_story_loads_at_every_step(behind: Behind) -> None:
    orders = await opened(behind)
    now = 1
    for n, order in enumerate(orders):
        await work(behind.store, "acc", after(now), InboxEntry("acc", f"a{n}", _ack(order)))
        fill = InboxEntry("acc", f"f{n}", filled(order, str(n), after(now)))
        commit = await work(behind.store, "acc", after(now + 1), fill)
        assert (await behind.store.load("acc")).account == commit.after
        now += 2
    exit_ = approved("acc", "out", intent=Intent.EXIT)
    commit = await work(behind.store, "acc", after(now), exit_)
    prices = PRICES
    for _ in range(10):
        out = [replace(o, price=prices[o.symbol]) for o in placed(commit)]
        if not out:
            break
        facts = [
            InboxEntry("acc", f"x{n}{o.id}", filled(o, f"x{n}{o.id}", after(now))) for o in out
        ]
        commit = await work(behind.store, "acc", after(now + 1), *facts)
        now += 2
    [group] = (await behind.store.load("acc")).account.groups.values()
    assert group.status == "closed"
    assert (await behind.store.load("acc")).account == commit.after
    gone = await work(behind.store, "acc", after(now + 4000), InboxEntry("acc", "due", Due()))
    assert gone.after.groups == {}
    assert (await behind.store.load("acc")).account == gone.after


def _ack(order: PlaceOrder) -> OrderAccepted:
    return OrderAccepted(order.id, f"v{order.id}")
