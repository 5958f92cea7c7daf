"""Money that comes when its group is long over: it is still the group's (spec engine §3, §11)."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from engine.domain.account import Account
from engine.domain.commands import CancelOrder, PlaceOrder
from engine.domain.events import Fact, FeeConverted, FundingPaid, OrderCancelled, OrderFilled
from engine.domain.group import Group
from engine.domain.words import GroupStatus, Intent
from engine.runtime.deciding import Decider
from engine.runtime.ports import Ports
from engine.runtime.rules import Rules
from engine.runtime.worker import Worker
from engine.store import load
from engine.store import replay as replaying
from engine.store.port import InboxEntry
from foundation import limits
from tests.engine.runtime.kit import ONE_LEG, SYMBOL, Board, Here, ToldVenue
from tests.engine.store.kit import Behind, BehindPostgres, D, approved
from tests.support.clock import FakeClock

LONG = limits.CLOSED_GROUP_KEPT_S * 3


class Desk:
    """A worker over a real store, and its account's facts in short words."""

    def __init__(self, behind: Behind) -> None:
        self.behind = behind
        self.store = behind.store
        self.clock = FakeClock()
        board = Board(self.clock)
        self.ports = Ports(self.store, {"paper": ToldVenue()}, self.clock, Here(), board)
        self.rules = Rules(self.ports)
        self.worker = Worker(self.ports, Decider(board, self.rules), ())
        self._n = 0

    async def open(self) -> Desk:
        await self.behind.open("acc", ladder=ONE_LEG, max_open_groups=5)
        await self.rules.turn()
        return self

    async def put(self, entry: InboxEntry) -> str:
        """Have a fact decided; the code of its outcome."""
        await self.store.put([entry], self.clock.now())
        await self.work()
        outcome = await self.behind.outcome("acc", entry.key)
        assert outcome is not None
        return outcome.code

    async def give(self, fact: Fact) -> str:
        self._n += 1
        return await self.put(InboxEntry("acc", f"fact:{self._n}", fact))

    async def work(self) -> None:
        while await self.worker.turn():
            pass

    async def wait(self, seconds: float) -> None:
        self.clock.advance(seconds)
        await self.work()

    async def account(self) -> Account:
        return (await self.store.load("acc")).account

    async def commands(self) -> list[PlaceOrder | CancelOrder]:
        rows = await self.store.claim(self.clock.now(), 100, 100)
        for row in rows:
            await self.store.answered(row, None, self.clock.now())
        return [row.command for row in rows]

    async def fill(self, order: PlaceOrder, price: str, **changes: Any) -> None:
        values: dict[str, Any] = {"fee_usd": D("0.1"), "fee_in_base": D(0)} | changes
        fact = OrderFilled(
            order.id, f"t:{order.id}", order.quantity, D(price), venue_time=self.clock.now(),
            **values,
        )  # fmt: skip
        assert await self.give(fact) == "filled"

    async def traded(self, name: str = "s1", **changes: Any) -> tuple[Group, PlaceOrder]:
        """A group that was opened, held for a minute and closed; and its entry."""
        await self.put(approved("acc", name, **changes))
        [entry] = await self.commands()
        assert isinstance(entry, PlaceOrder)
        await self.fill(entry, "60000", fee_usd=D(0), fee_converted=False)
        await self.wait(60)
        await self.put(approved("acc", f"{name}-out", intent=Intent.EXIT, **changes))
        for command in await self.commands():
            if isinstance(command, PlaceOrder):
                await self.fill(command, "60600")
            else:
                await self.give(OrderCancelled(command.order_id, D(0)))
        closed = (await self.account()).groups[entry.group_id]
        assert closed.status is GroupStatus.CLOSED
        return closed, entry


async def forgotten(desk: Desk, **changes: Any) -> tuple[Group, PlaceOrder]:
    """A group whose account has let it go long ago."""
    closed, entry = await desk.traded(**changes)
    await desk.wait(LONG)
    assert closed.id not in (await desk.account()).groups
    return closed, entry


async def test_a_fee_that_is_converted_long_after_its_group_closed_is_booked_on_it(
    behind: Behind,
) -> None:
    desk = await Desk(behind).open()
    _, entry = await forgotten(desk)
    before = await desk.account()
    fact = FeeConverted(entry.id, f"t:{entry.id}", D("0.25"))
    assert await desk.give(fact) == "fee_booked"
    after = await desk.account()
    assert after.guard.realized_usd == before.guard.realized_usd - D("0.25")
    assert after.groups == {}, "it is let go again at once"
    [again] = await behind.store.recall("acc", fact)
    assert again.fees_usd == D("0.35")


async def test_late_money_recalls_only_the_groups_it_is_about(behind: Behind) -> None:
    desk = await Desk(behind).open()
    first, entry = await desk.traded()
    held_at = desk.clock.now() - timedelta(seconds=30)
    await desk.wait(LONG)
    await forgotten(desk, name="s2")
    recall = behind.store.recall
    assert [g.id for g in await recall("acc", FeeConverted(entry.id, "t", D(1)))] == [first.id]
    assert await recall("acc", FeeConverted("nobody's", "t", D(1))) == ()
    assert [g.id for g in await recall("acc", FundingPaid(SYMBOL, D(1), held_at))] == [first.id]
    assert await recall("acc", FundingPaid("ETH/USDT", D(1), held_at)) == ()
    assert await recall("acc", FundingPaid(SYMBOL, D(1), held_at - timedelta(hours=1))) == ()
    _, other = await desk.traded("s3")
    assert await recall("acc", FeeConverted(other.id, "t", D(1))) == (), "it is not let go yet"


async def test_a_foreign_fee_and_funding_nobody_bore_recall_nothing(behind: Behind) -> None:
    desk = await Desk(behind).open()
    await forgotten(desk)
    assert await desk.give(FeeConverted("nobody's", "t9", D(1))) == "foreign_order"
    early = desk.clock.now() - timedelta(days=30)
    assert await desk.give(FundingPaid(SYMBOL, D(-1), early)) == "booked_on_account"


async def day_sums(postgres: BehindPostgres) -> list[tuple[str, Decimal, Decimal]]:
    rows = await postgres.database.pool.fetch(
        "select (day at time zone 'UTC')::date::text as day, realized_pnl_usd, fees_usd "
        "from trade_days order by day"
    )
    return [tuple(row) for row in rows]


async def test_late_funding_over_the_day_boundary_moves_the_sums_of_the_day_it_closed(
    postgres: BehindPostgres,
) -> None:
    desk = await Desk(postgres).open()
    closed, _ = await desk.traded()
    held_at = desk.clock.now() - timedelta(seconds=30)
    await desk.wait(86_400)
    second, _ = await desk.traded("s2")
    assert [day for day, *_ in await day_sums(postgres)] == ["2026-01-05", "2026-01-06"]
    paid = FundingPaid(SYMBOL, D("-1.5"), held_at)
    assert await desk.give(paid) == "funding_booked"
    assert await day_sums(postgres) == [
        ("2026-01-05", closed.realized_pnl_usd - D("1.5"), closed.fees_usd),
        ("2026-01-06", second.realized_pnl_usd, second.fees_usd),
    ]
    stored = await load.load_group(postgres.database, closed.id)
    assert stored is not None
    assert stored.realized_pnl_usd == closed.realized_pnl_usd - D("1.5")
    assert stored.closed_at == closed.closed_at
    trade = await postgres.database.pool.fetchval(
        "select realized_pnl_usd from trades where id = $1", closed.id
    )
    assert trade == stored.realized_pnl_usd


async def test_a_late_fee_moves_the_sums_of_the_day_its_group_closed_and_no_fee_counts_twice(
    postgres: BehindPostgres,
) -> None:
    desk = await Desk(postgres).open()
    closed, entry = await desk.traded()
    await desk.wait(86_400)
    await desk.give(FeeConverted(entry.id, f"t:{entry.id}", D("0.25")))
    [(day, realised, fees)] = await day_sums(postgres)
    assert day == "2026-01-05"
    assert realised == closed.realized_pnl_usd - D("0.25")
    assert fees == closed.fees_usd + D("0.25")
    booked = await postgres.database.pool.fetch(
        "select day::text, realized_pnl_usd, fees_usd from daily_results order by day"
    )
    assert [tuple(row) for row in booked] == [
        ("2026-01-05", closed.realized_pnl_usd, closed.fees_usd),
        ("2026-01-06", D("-0.25"), D("0.25")),
    ]


async def test_what_late_money_led_to_is_rebuilt_from_the_journal_alone(
    postgres: BehindPostgres,
) -> None:
    desk = await Desk(postgres).open()
    _, entry = await forgotten(desk)
    await desk.put(approved("acc", "s9", timeframe=60))
    await desk.give(FeeConverted(entry.id, f"t:{entry.id}", D("0.25")))
    found = await replaying.replay(postgres.database, "acc")
    assert found.trouble == ""
    assert found.rebuilt == await desk.account()


async def test_late_money_on_a_symbol_nobody_trades_any_more_is_decided_with_its_rules(
    behind: Behind,
) -> None:
    desk = await Desk(behind).open()
    closed, entry = await forgotten(desk)
    await desk.store.put(
        [InboxEntry("acc", "fee", FeeConverted(entry.id, "t1", D("0.25")))], desk.clock.now()
    )
    loaded = await desk.store.load("acc")
    assert SYMBOL not in loaded.account.symbols()
    [row] = (await desk.store.pending(["acc"], 1))["acc"]
    decider = Decider(desk.ports.prices, desk.rules)
    commit = decider.decide(loaded, [row], desk.clock.now(), recalled={row.id: [closed]}).commit
    assert commit is not None
    event = commit.decided[0].event
    assert event.recalled == (closed,)
    assert SYMBOL in event.market.instruments
    assert SYMBOL in event.market.quotes
