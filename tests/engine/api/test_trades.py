"""Trades and performance (spec engine §11): each closed group, how trades are found and summed."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from engine.analytics import equity, excursions
from engine.analytics.keeper import Keeper
from engine.api.trade_views import TradeView
from engine.api.trades import TradeQuery, Trades, Unit
from engine.domain.events import Due, Event
from engine.domain.instrument import Market
from engine.domain.notices import AGAIN, Notice, NoticeKind, Outcome
from engine.domain.words import Intent
from engine.store import risk_log
from engine.store.history import TradeFilter
from engine.store.port import AccountCommit, Decided
from foundation import limits
from foundation.errors import InvalidInput, NotFound
from tests.engine.api.conftest import House

D = Decimal


def trades_of(house: House) -> Trades:
    return Trades(house.database, house.clock)


async def traded(house: House, name: str, symbol: str = "BTC/USDT", account: str = "") -> TradeView:
    """A position opened by one leg and closed by an exit signal, 90 seconds later."""
    commit = await house.signal(name, account, symbol=symbol)
    await house.fill(commit, 0)
    house.clock.advance(90)
    leaving = await house.signal(f"{name}-out", account, symbol=symbol, intent=Intent.EXIT)
    await house.close_out(leaving)
    found = await trades_of(house).list(house.me, TradeQuery(symbol=symbol))
    return found.items[0]


async def test_a_closed_group_is_a_trade_with_its_orders_and_executions(house: House) -> None:
    trade = await traded(house, "s1")
    [group] = (await house.groups.list(house.me, status="closed")).items
    assert trade.id == group.id
    assert (trade.symbol, trade.timeframe, trade.side) == ("BTC/USDT", 15, "long")
    assert trade.realized_pnl_usd == group.realized_pnl_usd
    assert trade.fees_usd == group.fees_usd
    assert trade.exit_price == D(60000)
    assert trade.exit_reason == "exit_signal"
    assert (trade.source, trade.status) == ("tradingview", "lost")
    assert trade.duration_seconds >= 90
    assert trade.realized_pnl_percent == round(trade.realized_pnl_usd / trade.cost_usd * 100, 8)
    detail = await trades_of(house).get(house.me, trade.id)
    [entry], [leaving] = detail.entries, detail.exits
    assert (entry.purpose, entry.quantity, entry.price) == (
        "entry",
        trade.quantity,
        trade.entry_price,
    )
    assert (leaving.purpose, leaving.quantity) == ("exit", trade.quantity)
    assert [one.order_id for one in detail.executions] == [entry.order_id, leaving.order_id]
    assert [one.trade_id for one in detail.executions] == [entry.order_id, leaving.order_id]


async def test_a_group_that_never_held_anything_is_no_trade(house: House) -> None:
    await house.signal("s1")
    await house.close_out(await house.signal("out", intent=Intent.EXIT))
    assert (await house.groups.list(house.me, status="closed")).items
    assert (await trades_of(house).list(house.me, TradeQuery())).items == ()


async def test_trades_are_found_by_symbol_timeframe_side_date_status_and_source(
    house: House,
) -> None:
    one = await traded(house, "s1")
    two = await traded(house, "s2", "ETH/USDT")
    window = trades_of(house)

    async def found(**query: object) -> list[str]:
        page = await window.list(house.me, TradeQuery(**query))  # type: ignore[arg-type]  # parametrised fields
        return [trade.id for trade in page.items]

    assert await found() == [two.id, one.id]
    assert await found(symbol="ETH/USDT") == [two.id]
    assert await found(timeframe=15) == [two.id, one.id]
    assert await found(timeframe=60) == []
    assert await found(side="short") == []
    assert await found(since=two.closed_at) == [two.id]
    assert await found(until=two.closed_at) == [one.id]
    assert await found(status="lost") == [two.id, one.id]
    assert await found(status="won") == []
    assert await found(source="tradingview", exit_reason="exit_signal") == [two.id, one.id]
    assert await found(source="elsewhere") == []


async def test_pages_of_trades_go_on_where_the_last_one_ended(house: House) -> None:
    await plant(house, 25)
    window, seen, cursor = trades_of(house), [], None
    while True:
        page = await window.list(house.me, TradeQuery(), 10, cursor)
        seen += [trade.id for trade in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert seen == [f"planted{n}" for n in reversed(range(25))]


async def test_results_are_summed_by_day_week_and_month(house: House) -> None:
    await plant(house, 40)
    window = trades_of(house)
    whole = (await window.periods(house.me, TradeQuery(), "month"))[0]
    days = await window.periods(house.me, TradeQuery(), "day")
    weeks = await window.periods(house.me, TradeQuery(), "week")
    assert sum(day.trades for day in days) == sum(week.trades for week in weeks) == 40
    assert [day.begins for day in days] == sorted((d.begins for d in days), reverse=True)
    assert all(week.begins.weekday() == 0 for week in weeks)
    assert whole.begins.day == 1
    assert sum(day.realized_pnl_usd for day in days) == sum(week.realized_pnl_usd for week in weeks)
    first = days[-1]
    assert (first.wins + first.losses, first.trades) == (first.trades, 4)
    assert first.best_pnl_usd >= first.worst_pnl_usd


async def plant(house: House, count: int) -> None:
    """Trades as they lie in the table, one every six hours, every third one lost."""
    await house.database.pool.execute(
        """
        insert into trades (id, account_id, symbol, timeframe, side, opened_at, closed_at,
          pyramid_count, quantity, entry_price, cost_usd, proceeds_usd, fees_usd,
          realized_pnl_usd, source, strategy, strategy_version, entries, exits)
        select 'planted' || n, $1, 'BTC/USDT', 15, 'long', $2::timestamptz + n * interval '6 hours',
          $2::timestamptz + n * interval '6 hours', 1, 1, 100, 100, 101, 0.1,
          case when n % 3 = 0 then -1 else 2 end, 'csv', '', '', '[]', '[]'
        from generate_series(0, $3 - 1) n
        """,
        house.account.id,
        house.clock.now().replace(hour=0),
        count,
    )


SUMMED_ANEW = """
select account_id, date_bin('1 day', closed_at, '2000-01-01T00:00:00Z'), timeframe, side, source,
  coalesce(exit_reason, ''), sign(realized_pnl_usd)::int, count(*), sum(realized_pnl_usd),
  sum(fees_usd), sum(cost_usd), max(realized_pnl_usd), min(realized_pnl_usd)
from trades group by 1, 2, 3, 4, 5, 6, 7 order by 1, 2, 3, 4, 5, 6, 7
"""
KEPT = "select * from trade_days order by 1, 2, 3, 4, 5, 6, 7"


async def test_sums_of_days_equal_sums_of_trades_whoever_changes_them(house: House) -> None:
    pool = house.database.pool

    async def agrees() -> None:
        kept = [tuple(row) for row in await pool.fetch(KEPT)]
        assert kept == [tuple(row) for row in await pool.fetch(SUMMED_ANEW)]

    await plant(house, 40)
    await agrees()
    await traded(house, "s1")  # the engine closes one
    await agrees()
    for change in (
        "update trades set realized_pnl_usd = -5 where id = 'planted7'",  # a fee came late
        "update trades set closed_at = closed_at + interval '1 day' where id = 'planted8'",
        "update trades set mae_percent = 1, measured_at = now()",  # nothing of it is summed
        "delete from trades where id in ('planted1', 'planted2', 'planted9')",
        "delete from trades",
    ):
        await pool.execute(change)
        await agrees()
    assert await pool.fetch(KEPT) == []


async def test_sums_are_the_same_from_days_and_from_trades(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    await plant(house, 40)
    midnight = house.clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
    window, me = trades_of(house), house.me
    queries = [
        TradeQuery(),
        TradeQuery(house.account.id, timeframe=15, side="long", source="csv"),
        TradeQuery(status="lost"),
        TradeQuery(exit_reason="target"),
        TradeQuery(since=midnight + timedelta(days=2), until=midnight + timedelta(days=5)),
    ]
    units: tuple[Unit, ...] = ("day", "week", "month")
    quick = [await window.periods(me, query, unit) for query in queries for unit in units]
    odd = TradeQuery(since=midnight + timedelta(hours=5))
    assert (await window.periods(me, odd, "day"))[-1].trades == 3
    assert TradeFilter(symbol="BTC/USDT").of_days is False
    monkeypatch.setattr(TradeFilter, "of_days", False)
    assert quick == [await window.periods(me, query, unit) for query in queries for unit in units]
    assert quick[0]
    assert quick[9] == ()


async def test_somebody_elses_results_are_not_found(house: House) -> None:
    trade = await traded(house, "s1")
    window, account_id = trades_of(house), house.account.id
    assert (await window.list(house.other, TradeQuery())).items == ()
    for call in (
        window.get(house.other, trade.id),
        window.list(house.other, TradeQuery(account_id=account_id)),
        window.periods(house.other, TradeQuery(account_id=account_id), "day"),
        window.equity(house.other, account_id, 1),
    ):
        with pytest.raises(NotFound):
            await call
    with pytest.raises(InvalidInput):
        await window.equity(house.me, account_id, 0)


async def test_equity_is_told_every_minute_while_groups_are_open_and_at_each_close(
    house: House,
) -> None:
    now = house.clock.now
    keeper = Keeper(house.database, house.clock, lambda: False)
    await keeper.turn()
    window = trades_of(house)
    assert await window.equity(house.me, house.account.id, 1) == ()
    await house.fill(await house.signal("s1"), 0)
    await house.price("BTC/USDT", "61000")
    house.clock.advance(60)
    await keeper.turn()
    [point] = await window.equity(house.me, house.account.id, 1)
    home = await house.performance.home(house.me, house.account.id)
    assert (point.at, point.open_groups) == (now(), 1)
    assert point.equity_usd == home.equity_usd
    assert (point.realized_usd, point.unrealized_usd) == (
        home.realized_pnl_usd,
        home.unrealized_pnl_usd,
    )
    house.clock.advance(60)
    await house.close_out(await house.signal("out", intent=Intent.EXIT))
    closed_at = (await window.list(house.me, TradeQuery())).items[0].closed_at
    points = await window.equity(house.me, house.account.id, 1)
    assert [one.at for one in points] == [point.at, closed_at]
    assert points[-1].equity_usd == 10000 + points[-1].realized_usd
    house.clock.advance(60)
    await keeper.turn()
    count = await house.database.pool.fetchval("select count(*) from equity_points")
    assert count == 2, "nothing is open"


async def test_results_wait_while_the_engine_is_busy(house: House) -> None:
    await house.fill(await house.signal("s1"), 0)
    await Keeper(house.database, house.clock, lambda: True).turn()
    assert await trades_of(house).equity(house.me, house.account.id, 1) == ()


async def test_old_equity_is_kept_by_the_hour(house: House) -> None:
    began = house.clock.now().replace(minute=0, second=0, microsecond=0)
    await house.database.pool.executemany(
        "insert into equity_points values ($1, $2, $3, 0, 0, 1)",
        [(house.account.id, began + timedelta(minutes=n), D(n)) for n in range(125)],
    )
    await equity.thin_out(house.database, began + timedelta(hours=2))
    rows = await house.database.pool.fetch("select equity_usd from equity_points order by at")
    assert [row[0] for row in rows] == [59, 119, *range(120, 125)]


async def test_mae_and_mfe_come_from_the_bars_of_the_trade(house: House) -> None:
    trade = await traded(house, "s1")
    assert (trade.mae_percent, trade.mfe_percent) == (None, None)
    minute = trade.opened_at.replace(second=0, microsecond=0)
    await house.database.pool.executemany(
        "insert into candles (board, symbol, minutes, at, open, high, low, close, volume) "
        "values ('paper', 'BTC/USDT', 1, $1, 60000, $2, $3, 60000, 1)",
        [
            (minute, D(60600), D(59700)),
            (minute + timedelta(minutes=1), D(61200), D(60000)),
            (minute - timedelta(minutes=5), D(90000), D(100)),
            (minute + timedelta(hours=1), D(90000), D(100)),
        ],
    )
    assert await excursions.measure(house.database, trade.closed_at) == 0, "too early"
    later = trade.closed_at + timedelta(seconds=limits.EXCURSION_DELAY_S)
    assert await excursions.measure(house.database, later) == 1
    assert await excursions.measure(house.database, later) == 0
    measured = (await trades_of(house).get(house.me, trade.id)).trade
    assert (measured.mae_percent, measured.mfe_percent) == (D("0.5"), D(2))


async def test_a_trade_without_bars_stays_unmeasured_and_is_asked_once(house: House) -> None:
    trade = await traded(house, "s1")
    later = trade.closed_at + timedelta(seconds=limits.EXCURSION_DELAY_S)
    assert await excursions.measure(house.database, later) == 1
    assert await excursions.measure(house.database, later) == 0
    assert (await trades_of(house).get(house.me, trade.id)).trade.mae_percent is None


async def test_what_the_risk_engine_found_and_did_is_a_row(house: House) -> None:
    commit = await house.signal("s1")
    [group] = commit.after.groups.values()
    at = house.clock.now()
    done = Outcome("done", "done", "Done.")
    winners = '[{"group":"w","realized_usd":"12.5"}]'
    data = {"action": "offset_loss", "loser": group.id, "winners": winners, "fraction": "1"}
    notices = (
        Notice(NoticeKind.RISK_REVIEWED, "It waits.", group.id, group.symbol, {"action": "waits"}),
        Notice(NoticeKind.RISK_ACTION, "It was offset.", group.id, group.symbol, data),
        Notice(NoticeKind.REDUCED, "Something else.", group.id, group.symbol),
        Notice(
            NoticeKind.RISK_REVIEWED, "Still.", group.id, None, {"action": "waits", AGAIN: "yes"}
        ),
    )
    event = Event("risk", at, Market({}, {}), Due())
    seq = commit.after.seq + 1
    decided = Decided(seq, event, None, done, (), notices, bytes(16))
    after = replace(commit.after, seq=seq)
    turn = AccountCommit(commit.after, after, (decided,), None)
    assert await house.store.commit([turn], at) == {house.account.id}
    rows = await house.database.pool.fetch("select * from risk_actions order by id")
    review, action, again = [dict(row) for row in rows]
    assert (action["account_id"], action["seq"], action["at"]) == (house.account.id, seq, at)
    assert (action["kind"], action["action"]) == ("risk_action", "offset_loss")
    assert (action["loser"], action["symbol"]) == (group.id, "BTC/USDT")
    assert action["notes"] == "It was offset."
    assert json.loads(action["winners"]) == [{"group": "w", "realized_usd": "12.5"}]
    assert json.loads(action["figures"]) == {"fraction": "1"}
    assert (review["kind"], review["action"]) == ("risk_reviewed", "waits")
    assert (review["loser"], review["winners"]) == (group.id, "[]")
    assert (again["action"], again["notes"]) == ("waits", "Still.")
    told = [event.reason for event in await house.events.since(house.me, house.account.id, seq - 1)]
    assert told == ["It waits.", "It was offset.", "Something else."]
    shown = await house.risk.history(house.me, house.account.id)
    assert [row.notes for row in shown.items] == ["It was offset.", "It waits."]
    every = await house.risk.history(house.me, house.account.id, repeats=True)
    assert len(every.items) == 3
    await risk_log.thin_out(house.database, at + timedelta(seconds=1))
    kept = await house.risk.history(house.me, house.account.id, repeats=True)
    assert [row.notes for row in kept.items] == ["It was offset.", "It waits."]
