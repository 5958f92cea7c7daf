"""Results (spec engine §11): the first screen adds up, and profit counts what was closed."""

from __future__ import annotations

from decimal import Decimal

import pytest

from engine.domain.words import Intent
from engine.store import heartbeat
from engine.store.port import Depths, Heartbeat
from foundation.errors import InvalidInput, NotFound
from tests.engine.api.conftest import FEED, House

D = Decimal


async def test_a_fresh_account(house: House) -> None:
    home = await house.performance.home(house.me, house.account.id)
    assert home.account == house.account
    assert home.equity_usd == home.free_usd == D(10000)
    assert (home.pnl_today_usd, home.pnl_total_usd, home.deployed_usd) == (D(0),) * 3
    assert (home.groups_open, home.groups_max, home.queued, home.offers_waiting) == (0, 10, 0, 3)
    assert home.feed == FEED
    assert home.last_alert is None
    assert (home.engine.running, home.engine.heartbeat_age) == (False, None)


async def test_the_first_screen_adds_up(house: House) -> None:
    commit = await house.signal("s1")
    await house.fill(commit, 0)
    await house.signal("s2", symbol="ETH/USDT")
    await house.price("BTC/USDT", "61000")
    home = await house.performance.home(house.me, house.account.id)
    [group] = [row for row in (await house.groups.list(house.me)).items if row.legs_filled]
    assert group.unrealized_pnl_usd is not None
    assert home.unrealized_pnl_usd == group.unrealized_pnl_usd > 0
    assert home.realized_pnl_usd == D("-0.01")
    assert home.pnl_total_usd == home.pnl_today_usd
    assert home.pnl_total_usd == home.realized_pnl_usd + home.unrealized_pnl_usd
    assert home.equity_usd == 10000 + home.pnl_total_usd
    assert home.pnl_total_percent == home.pnl_total_usd / 100
    assert home.deployed_usd == round(group.invested_usd, 8)
    assert home.free_usd == 10000 + home.realized_pnl_usd - home.deployed_usd
    assert home.groups_open == 2
    assert home.engine.inbox_waiting == 0


async def test_today_begins_at_midnight_utc(house: House) -> None:
    await house.fill(await house.signal("s1"), 0)
    house.clock.advance(24 * 3600)
    home = await house.performance.home(house.me, house.account.id)
    assert home.pnl_today_usd == 0
    assert home.pnl_total_usd == D("-0.01")


async def test_the_engine_lives_while_its_heart_beats(house: House) -> None:
    beat = Heartbeat(house.clock.now(), 0.001, 0.4, Depths(0, 0, 0))
    await house.store.beat(beat)
    house.clock.advance(7)
    health = await house.performance.engine()
    assert (health.running, health.heartbeat_age) == (True, 7.0)
    house.clock.advance(60)
    assert (await house.performance.engine()).running is False
    row = await heartbeat.last_beat(house.database, heartbeat.ENGINE)
    assert row is not None
    assert row.data["feed_age"] == "0.400"
    await house.store.beat(Heartbeat(house.clock.now(), 0.0, None, Depths(1, 2, 3)))
    later = await heartbeat.last_beat(house.database, heartbeat.ENGINE)
    assert later is not None
    assert "feed_age" not in later.data
    assert later.data["orders_unknown"] == "3"


async def test_what_waits_is_counted(house: House) -> None:
    commit = await house.signal("s1")
    [row] = await house.store.claim(house.clock.now(), 1, 1)
    await house.store.unknown(row, house.clock.now())
    home = await house.performance.home(house.me, house.account.id)
    assert (home.engine.inbox_waiting, home.engine.orders_unknown) == (0, 1)
    assert (await house.performance.engine()).orders_unknown == 1
    assert commit.after.seq == 1


async def test_profit_counts_what_was_closed(house: House) -> None:
    nothing = await house.performance.profit(house.me, house.account.id)
    assert (nothing.trades, nothing.win_rate_percent, nothing.profit_factor) == (0, D(0), None)
    assert (nothing.best_symbol, nothing.average_duration_seconds) == (None, 0)
    for n, symbol in enumerate(("BTC/USDT", "ETH/USDT")):
        opened = await house.signal(f"in{n}", symbol=symbol)
        await house.fill(opened)
        await house.close_out(await house.signal(f"out{n}", symbol=symbol, intent=Intent.EXIT))
    rows = (await house.groups.list(house.me, status="closed")).items
    assert len(rows) == 2
    profit = await house.performance.profit(house.me, house.account.id, 7)
    assert (profit.days, profit.trades) == (7, 2)
    assert profit.wins == sum(row.realized_pnl_usd > 0 for row in rows)
    assert profit.losses == sum(row.realized_pnl_usd < 0 for row in rows)
    assert profit.realized_pnl_usd == round(sum(row.realized_pnl_usd for row in rows), 8)
    assert profit.fees_usd == sum(row.fees_usd for row in rows)
    best = max(rows, key=lambda row: row.realized_pnl_usd)
    assert profit.best_symbol == best.symbol
    assert profit.average_duration_seconds > 0
    house.clock.advance(8 * 24 * 3600)
    assert (await house.performance.profit(house.me, house.account.id, 7)).trades == 0
    assert (await house.performance.profit(house.me, house.account.id)).trades == 2


async def test_a_group_that_never_held_anything_is_no_trade(house: House) -> None:
    await house.signal("s1")
    [group_id] = [row.id for row in (await house.groups.list(house.me)).items]
    await house.close_out(await house.signal("out", intent=Intent.EXIT))
    detail = await house.groups.get(house.me, group_id)
    assert detail.group.status == "closed"
    assert (await house.performance.profit(house.me, house.account.id)).trades == 0


async def test_somebody_elses_results_are_not_found(house: House) -> None:
    for call in (
        house.performance.home(house.other, house.account.id),
        house.performance.profit(house.other, house.account.id),
    ):
        with pytest.raises(NotFound):
            await call


@pytest.mark.parametrize("days", [0, -1, 10**6])
async def test_days_have_bounds(house: House, days: int) -> None:
    with pytest.raises(InvalidInput) as caught:
        await house.performance.profit(house.me, house.account.id, days)
    assert caught.value.field == "days"
