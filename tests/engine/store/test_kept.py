"""What is kept of a group, its pyramids and legs, and which states no row can have (spec §1)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from asyncpg import Record

from engine.decide.wants import wants
from engine.domain.commands import PlaceOrder
from engine.domain.events import (
    Fact,
    Fee,
    FeeConverted,
    OrderAccepted,
    OrderCancelled,
    OrderFilled,
    PriceCrossed,
)
from engine.domain.group import Group
from engine.domain.words import (
    GroupStatus,
    Intent,
    OrderStatus,
)
from engine.store.port import AccountCommit, InboxEntry
from foundation.db import metadata
from foundation.errors import ContractBroken
from tests.engine.store.kit import (
    PRICES,
    START,
    BehindPostgres,
    D,
    after,
    approved,
    placed,
    work,
)
from tests.engine.store.test_postgres import written

G, Q = GroupStatus, OrderStatus


class Life:
    """A group with two pyramids, of which one leg filled, reached its target and was sold."""

    def __init__(self, behind: BehindPostgres) -> None:
        self._behind = behind
        self._at = 0
        self.last: AccountCommit

    async def live(self) -> Life:
        await self._behind.open()
        more = {"strategy": "Dips", "strategy_version": "3"}
        await self.do(approved("acc", "s1", **more))
        self.legs = placed(self.last)
        self.first = first = self.legs[0]
        await self.do(self.fact("ack", OrderAccepted(first.id, "venue-1")))
        bought = OrderFilled(
            first.id, "t1", first.quantity, D("59990"), D("0.2"), D("0.00001"), after(2)
        )
        await self.do(self.fact("bought", bought))
        self.second = self.legs[1]
        await self.do(self.fact("more", filled_at(self.second, "t0", "59700")))
        await self.do(approved("acc", "s2", entry_price=D(59000)))
        watch = next(one for one in wants(self.last.after).watches if one.id.endswith(":0:0"))
        crossed = PriceCrossed(watch.id, watch.armed_seq, watch.price, after(6))
        await self.do(self.fact("crossed", crossed), prices=PRICES | {"BTC/USDT": watch.price})
        self.target = placed(self.last)[-1]
        sold = replace(filled_at(self.target, "t2", str(watch.price)), fee_usd=D("0.1"))
        await self.do(self.fact("sold", sold))
        await self.do(self.fact("off", OrderCancelled(self.legs[4].id, D(0))))
        return self

    def fact(self, key: str, fact: Any) -> InboxEntry:
        return InboxEntry("acc", key, fact)

    async def do(self, entry: InboxEntry, **how: Any) -> None:
        self._at += 1
        self.last = await work(self._behind.store, "acc", after(self._at), entry, **how)

    @property
    def group(self) -> Group:
        [group] = self.last.after.groups.values()
        return group

    async def row(self, sql: str, *values: Any) -> Record:
        found = await self._behind.database.pool.fetchrow(sql, *values)
        assert found is not None
        return found


def filled_at(order: PlaceOrder, trade: str, price: str) -> OrderFilled:
    return OrderFilled(order.id, trade, order.quantity, D(price), D(0), D(0), after(5))


async def test_of_a_group_everything_promised_is_kept(postgres: BehindPostgres) -> None:
    life = await Life(postgres).live()
    group = life.group
    row = await life.row(
        "select g.*, a.user_id, a.venue from position_groups g join accounts a "
        "on a.id = g.account_id"
    )
    kept = {
        "symbol": "BTC/USDT",
        "timeframe": 15,
        "side": "long",
        "status": "partially_filled",
        "venue": "paper",
        "pyramid_count": 2,
        "max_pyramids": 5,
        "replacement_count": 0,
        "legs_filled": 2,
        "legs_total": 10,
        "base_entry_price": D(60000),
        "invested_usd": group.invested_usd,
        "filled_quantity": life.first.quantity + life.second.quantity,
        "closed_quantity": life.target.quantity,
        "realized_pnl_usd": group.realized_pnl_usd,
        "fees_usd": D("0.3"),
        "tp_mode": "per_leg",
        "tp_aggregate_percent": D(1),
        "settings_version": 1,
        "source": "tradingview",
        "strategy": "Dips",
        "strategy_version": "3",
        "created_at": after(1),
        "updated_at": after(8),
        "closed_at": None,
    }
    assert {name: row[name] for name in kept} == kept
    assert row["user_id"]
    assert row["weighted_avg_price"] == D("59700")
    assert group.realized_pnl_usd > 0


async def test_of_a_pyramid_everything_promised_is_kept(postgres: BehindPostgres) -> None:
    life = await Life(postgres).live()
    rows = await postgres.database.pool.fetch("select * from pyramids order by index")
    kept = [
        (row["index"], row["entry_price"], row["entry_at"], row["signal_id"], row["status"])
        for row in rows
    ]
    assert kept == [
        (0, D(60000), after(1), "s1", "submitted"),
        (1, D(59000), after(5), "s2", "submitted"),
    ]
    ladder = await postgres.database.pool.fetch(
        "select gap_percent, weight_percent, tp_percent from dca_orders "
        "where pyramid = 1 order by index"
    )
    shape = life.last.after.settings.ladder
    assert [tuple(row) for row in ladder] == [
        (leg.gap_percent, leg.weight_percent, leg.tp_percent) for leg in shape
    ]


async def test_of_a_leg_everything_promised_is_kept(postgres: BehindPostgres) -> None:
    life = await Life(postgres).live()
    row = await life.row("select * from dca_orders where pyramid = 0 and index = 0")
    kept = {
        "order_type": "limit",
        "price": D(60000),
        "quantity": life.first.quantity,
        "gap_percent": D(0),
        "weight_percent": D(20),
        "tp_percent": D(1),
        "status": "filled",
        "filled_quantity": life.first.quantity,
        "received": life.first.quantity - D("0.00001"),
        "fee_usd": D("0.3"),
        "tp_price": D("60589.90"),
        "tp_hit": True,
        "tp_order_id": life.target.id,
        "tp_executed_at": after(7),
        "order_id": life.first.id,
        "submitted_at": after(1),
        "filled_at": after(3),
        "cancelled_at": None,
    }
    assert {name: row[name] for name in kept} == kept
    assert row["cost_usd"] / row["received"] == D("59990"), "its average fill price"
    order = await life.row("select * from orders where id = $1", life.first.id)
    assert (order["side"], order["venue_order_id"], order["created_at"]) == (
        "buy",
        "venue-1",
        after(1),
    )
    fills = await postgres.database.pool.fetch("select order_id, trade_id from fills")
    assert {tuple(fill) for fill in fills} == {
        (life.first.id, "t1"),
        (life.second.id, "t0"),
        (life.target.id, "t2"),
    }
    off = await life.row("select * from dca_orders where pyramid = 0 and index = 4")
    assert (off["status"], off["cancelled_at"]) == ("cancelled", after(8))


async def test_of_an_execution_its_fee_asset_rate_and_worth_are_kept(
    postgres: BehindPostgres,
) -> None:
    await postgres.open()
    commit = await work(postgres.store, "acc", START, approved("acc", "s1"))
    orders = placed(commit)
    priced = Fee(D("0.0002"), "BNB", D(600))
    unknown = Fee(D("0.5"), "XYZ", None)
    facts: list[Fact] = [
        replace(filled_at(orders[0], "t1", "60000"), fee_usd=D("0.12"), fee=priced),
        replace(filled_at(orders[1], "t2", "59700"), fee=unknown, fee_converted=False),
        replace(filled_at(orders[2], "t3", "59400"), fee=unknown, fee_converted=False),
        FeeConverted(orders[2].id, "t3", D(1), D(2)),
    ]
    entries = [InboxEntry("acc", f"f{n}", fact) for n, fact in enumerate(facts)]
    await work(postgres.store, "acc", after(1), *entries)

    async def fees() -> list[tuple[Any, ...]]:
        rows = await postgres.database.pool.fetch(
            "select fee, fee_asset, fee_rate, fee_usd from fills order by trade_id"
        )
        return [tuple(row) for row in rows]

    first, last = (D("0.0002"), "BNB", D(600), D("0.12")), (D("0.5"), "XYZ", D(2), D(1))
    assert await fees() == [first, (D("0.5"), "XYZ", None, D(0)), last]
    later = FeeConverted(orders[1].id, "t2", D("1.5"), D(3))
    await work(postgres.store, "acc", after(2), InboxEntry("acc", "later", later))
    assert await fees() == [first, (D("0.5"), "XYZ", D(3), D("1.5")), last]


async def test_risk_marks_and_the_timer_of_a_group_are_kept(postgres: BehindPostgres) -> None:
    life = await Life(postgres).live()
    marks = replace(
        life.group.risk,
        timer_started_at=after(1),
        timer_expires_at=after(2),
        blocked=True,
        skip_once=True,
    )
    before = life.last.after
    marked = replace(before, groups={life.group.id: replace(life.group, risk=marks)})
    await postgres.store.commit([written(before, marked)], START)
    [loaded] = (await postgres.store.load("acc")).account.groups.values()
    assert loaded.risk == marks


def test_unrealised_profit_of_a_group_has_no_column() -> None:
    for name in ("position_groups", "pyramids", "dca_orders", "orders", "trades"):
        columns = metadata.tables[name].columns
        assert [one.name for one in columns if "unrealized" in one.name] == []


# --- what no row can be ---------------------------------------------------------------------------

GROUPS: dict[str, dict[str, Any]] = {
    "nothing_filled_while_live": {"status": G.LIVE, "filled": True},
    "filled_while_open": {"status": G.PARTIALLY_FILLED},
    "no_pyramid_too_many": {"max_pyramids": 0},
    "pyramids_bounded": {"max_pyramids": 6},
    "reduce_not_negative": {"reduce_quantity": D(-1)},
    "counts_up": {"replacement_count": -1},
    "timeframe_positive": {"timeframe": 0},
}
LEGS: dict[str, dict[str, Any]] = {
    "filled_whole": {"status": Q.FILLED},
    "filled_of_quantity": {"filled_quantity": D(1000)},
    "received_of_filled": {"received": D(1)},
    "closed_of_received": {"closed": D(1)},
    "closed_cost_of_cost": {"closed_cost_usd": D(1)},
    "target_positive": {"tp_price": D(0)},
    "price_and_quantity_positive": {"price": D(0)},
}


def torn(group: Group, flaw: str) -> Group:
    pyramid = group.pyramids[0]
    if flaw in LEGS:
        legs = (replace(pyramid.legs[0], **LEGS[flaw]), *pyramid.legs[1:])
        return replace(group, pyramids=(replace(pyramid, legs=legs),))
    changes = dict(GROUPS[flaw])
    if changes.pop("filled", False):
        leg = replace(
            pyramid.legs[0], filled_quantity=D("0.001"), received=D("0.001"), cost_usd=D(60)
        )
        group = replace(group, pyramids=(replace(pyramid, legs=(leg, *pyramid.legs[1:])),))
    return replace(group, **changes)


@pytest.mark.parametrize("flaw", [*GROUPS, *LEGS])
async def test_no_row_of_a_group_or_a_leg_is_in_an_illegal_state(
    postgres: BehindPostgres, flaw: str
) -> None:
    await postgres.open()
    commit = await work(postgres.store, "acc", START, approved("acc", "s1"))
    [group] = commit.after.groups.values()
    broken = replace(commit.after, groups={group.id: torn(group, flaw)})
    with pytest.raises(ContractBroken) as caught:
        await postgres.store.commit([written(commit.after, broken)], START)
    assert flaw in caught.value.text


@pytest.mark.parametrize(
    ("table", "constraint"),
    [
        ("position_groups", "ck_position_groups_known_status"),
        ("pyramids", "ck_pyramids_known_status"),
        ("dca_orders", "ck_dca_orders_known_status"),
        ("orders", "ck_orders_known_status"),
        ("queued_signals", "ck_queued_signals_known_status"),
    ],
)
async def test_no_row_has_a_status_outside_its_table(
    postgres: BehindPostgres, table: str, constraint: str
) -> None:
    await postgres.open(max_open_groups=1)
    await work(postgres.store, "acc", START, approved("acc", "s1"))
    await work(postgres.store, "acc", after(1), approved("acc", "s2", symbol="ETH/USDT"))
    with pytest.raises(Exception, match=constraint):
        await postgres.database.pool.execute(f"update {table} set status = 'hedged'")


async def test_a_signal_that_waits_is_a_row_of_the_queue_and_no_group(
    postgres: BehindPostgres,
) -> None:
    await postgres.open(max_open_groups=1)
    await work(postgres.store, "acc", START, approved("acc", "s1"))
    await work(postgres.store, "acc", after(1), approved("acc", "s2", symbol="ETH/USDT"))
    pool = postgres.database.pool
    assert await pool.fetchval("select count(*) from position_groups") == 1
    waiting = await pool.fetchrow("select id, status, left_at from queued_signals")
    assert tuple(waiting) == ("s2", "queued", None)
    with pytest.raises(Exception, match="ck_queued_signals_left_has_a_time"):
        await pool.execute("update queued_signals set status = 'promoted'")
    out = approved("acc", "x", symbol="ETH/USDT", intent=Intent.EXIT)
    await work(postgres.store, "acc", after(2), out)
    gone = await pool.fetchrow("select status, left_at from queued_signals")
    assert tuple(gone) == ("cancelled", after(2))
