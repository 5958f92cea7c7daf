"""Groups (spec engine §1): pages, one whole, its story, closing and retrying it; nobody else's."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from engine.api.endings import StopRules
from engine.api.views import Accepted, GroupDetail
from engine.domain.events import OrderRefused
from engine.domain.settings import AccountSettings
from engine.domain.words import Intent
from engine.store.port import InboxEntry
from foundation import limits
from foundation.errors import Conflict, InvalidInput, NotFound
from tests.engine.api.conftest import House
from tests.engine.store.kit import placed

D = Decimal


async def one_group(house: House) -> str:
    """A group with two of five legs filled; returns its id."""
    commit = await house.signal("s1")
    await house.fill(commit, 0, 1)
    [group_id] = commit.after.groups
    return group_id


async def test_a_row_shows_the_group_at_todays_price(house: House) -> None:
    await house.price("BTC/USDT", "61000")
    group_id = await one_group(house)
    [row] = (await house.groups.list(house.me)).items
    assert (row.id, row.account_id, row.venue) == (group_id, house.account.id, "paper")
    assert (row.status, row.legs_filled, row.legs_total) == ("partially_filled", 2, 5)
    assert (row.pyramid_count, row.max_pyramids) == (1, 5)
    assert row.mark_price == D(61000)
    assert row.base_entry_price == D(60000)
    worth = row.open_quantity * 61000 - row.invested_usd
    assert row.unrealized_pnl_usd == round(worth, 8)
    assert row.unrealized_pnl_percent == pytest.approx(worth / row.invested_usd * 100)
    assert row.realized_pnl_usd == D("-0.02")
    assert row.next_tp_price is not None
    assert row.next_entry_price == D("59400")


async def test_a_group_says_how_it_will_end(house: House) -> None:
    house.run_worker()
    rules = {"stop_loss_percent": "3", "trailing_stop_percent": "2", "time_limit_minutes": 90}
    settings = AccountSettings.model_validate({"stops": rules, "tp_execution": "resting"})
    await house.accounts.save_settings(house.me, house.account.id, settings, 1, "stops")
    await house.stop_worker()
    [group_id] = (await house.signal("s1")).after.groups
    ending = (await house.groups.get(house.me, group_id)).ending
    assert ending.tp_execution == "resting"
    assert ending.closes_at == house.clock.now() + timedelta(minutes=90)
    assert ending.stop_rules == StopRules(D(3), D(2), None, of_signal=False, at_break_even=False)


async def test_without_a_rule_there_is_no_stop(house: House) -> None:
    ending = (await house.groups.get(house.me, await one_group(house))).ending
    assert (ending.stop_rules, ending.closes_at, ending.tp_execution) == (None, None, "monitor")


async def test_without_a_price_nothing_is_made_up(house: House) -> None:
    await one_group(house)
    [row] = (await house.groups.list(house.me)).items
    assert (row.mark_price, row.unrealized_pnl_usd, row.unrealized_pnl_percent) == (None,) * 3


async def test_one_group_whole(house: House) -> None:
    await house.price("BTC/USDT", "60300")
    group_id = await one_group(house)
    [claimed] = await house.store.claim(house.clock.now(), 1, 1)
    await house.store.unknown(claimed, house.clock.now())
    detail = await house.groups.get(house.me, group_id)
    assert detail.group == (await house.groups.list(house.me)).items[0]
    [pyramid] = detail.pyramids
    assert (pyramid.signal_id, pyramid.entry_price) == ("s1", D(60000))
    first, *_, last = pyramid.legs
    assert (first.status, first.filled_quantity) == ("filled", first.quantity)
    assert first.avg_fill_price == D(60000)
    assert first.progress_percent == D(50)
    assert (last.status, last.progress_percent, last.tp_price) == ("pending", None, None)
    unknown = [order for order in detail.orders if order.outcome_unknown]
    assert [order.id for order in unknown] == [claimed.command.id]
    assert {order.purpose for order in detail.orders} >= {"entry"}
    assert sum(order.fee_usd for order in detail.orders) == D("0.02")


async def test_the_story_of_a_group_has_a_reason_for_each_event(house: House) -> None:
    group_id = await one_group(house)
    story = await house.groups.events(house.me, group_id)
    assert [event.id for event in story] == sorted(event.id for event in story)
    assert {event.kind for event in story} >= {"group_opened", "order_submitted", "leg_filled"}
    assert all(event.reason and event.group_id == group_id for event in story)
    assert story[0].correlation_id == "corr-s1"


async def test_closed_groups_have_a_list_of_their_own(house: House) -> None:
    group_id = await one_group(house)
    await house.close_out(await house.signal("out", intent=Intent.EXIT))
    assert (await house.groups.list(house.me)).items == ()
    [row] = (await house.groups.list(house.me, status="closed")).items
    assert (row.id, row.status, row.exit_reason) == (group_id, "closed", "exit_signal")
    assert row.open_quantity == 0
    assert row.weighted_avg_price is not None
    assert row.closed_at is not None
    assert len((await house.groups.list(house.me, status="all")).items) == 1
    detail = await house.groups.get(house.me, group_id)
    assert {order.purpose for order in detail.orders} == {"entry", "exit"}


async def test_pages_follow_each_other_without_a_hole(house: House) -> None:
    symbols = ["BTC/USDT", "ETH/USDT", "SOL/USDT"]
    for symbol in symbols:
        for timeframe in (5, 15):
            await house.signal(f"{symbol}{timeframe}", symbol=symbol, timeframe=timeframe)
    seen, cursor = [], None
    for _ in range(10):
        page = await house.groups.list(house.me, limit=4, cursor=cursor)
        seen += [row.id for row in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break
    whole = (await house.groups.list(house.me)).items
    assert seen == [row.id for row in whole]
    assert len(set(seen)) == 6
    assert [row.created_at for row in whole] == sorted((r.created_at for r in whole), reverse=True)
    only = (await house.groups.list(house.me, house.account.id, None, "ETH/USDT")).items
    assert {row.symbol for row in only} == {"ETH/USDT"}


async def test_closed_groups_are_paged_by_when_they_closed(house: House) -> None:
    for n in range(3):
        await house.fill(await house.signal(f"in{n}"))
        await house.close_out(await house.signal(f"out{n}", intent=Intent.EXIT))
    first = await house.groups.list(house.me, status="closed", limit=2)
    second = await house.groups.list(house.me, None, "closed", None, 2, first.next_cursor)
    times = [row.closed_at for row in (*first.items, *second.items)]
    assert len(times) == 3
    assert times == sorted((t for t in times if t), reverse=True)
    assert second.next_cursor is None


@pytest.mark.parametrize("cursor", ["x", "####", "bm90aGluZw", "MjAyNnxh", "é"])
async def test_a_foreign_cursor_is_refused(house: House, cursor: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        await house.groups.list(house.me, cursor=cursor)
    assert caught.value.field == "cursor"


async def test_an_unknown_status_is_refused_with_the_known_ones(house: House) -> None:
    with pytest.raises(InvalidInput) as caught:
        await house.groups.list(house.me, status="sleeping")
    assert caught.value.field == "status"
    assert "closed" in caught.value.text


async def test_somebody_elses_group_is_not_found(house: House) -> None:
    group_id = await one_group(house)
    theirs = await house.accounts.ensure_paper(house.other)
    for call in (
        house.groups.get(house.other, group_id),
        house.groups.events(house.other, group_id),
        house.groups.close(house.other, group_id, D(1), "k"),
        house.groups.list(house.other, house.account.id),
        house.groups.list(house.me, theirs.id),
        house.groups.get(house.me, "nothing"),
    ):
        with pytest.raises(NotFound):
            await call
    assert (await house.groups.list(house.other)).items == ()
    assert (await house.store.depths()).inbox_waiting == 0


async def test_closing_by_hand(house: House) -> None:
    group_id = await one_group(house)
    house.run_worker()
    half = await house.groups.close(house.me, group_id, D("0.5"), "k1")
    assert isinstance(half, GroupDetail)
    assert [order.purpose for order in half.orders if order.purpose != "entry"] == ["reduce"]
    whole = await house.groups.close(house.me, group_id, D(1), "k2")
    assert isinstance(whole, GroupDetail)
    assert (whole.group.status, whole.group.exit_reason) == ("closing", "manual")
    assert await house.groups.close(house.me, group_id, D(1), "k2") == whole


async def test_a_person_retries_what_failed_and_nothing_else(house: House) -> None:
    opened = await house.signal("s")
    group_id = next(iter(opened.after.groups))
    refusals = [
        InboxEntry(house.account.id, f"no:{order.id}", OrderRefused(order.id, "rejected", "no"))
        for order in placed(opened)
    ]
    await house.decide(*refusals)
    assert (await house.groups.get(house.me, group_id)).group.status == "failed"
    house.run_worker()
    again = await house.groups.retry(house.me, group_id, "r1")
    assert isinstance(again, GroupDetail)
    assert (again.group.status, len(again.orders)) == ("live", 10)
    with pytest.raises(Conflict) as caught:
        await house.groups.retry(house.me, group_id, "r2")
    assert caught.value.code == "not_failed"
    with pytest.raises(NotFound):
        await house.groups.retry(house.other, group_id, "r3")


@pytest.mark.parametrize("fraction", ["0", "-1", "1.01"])
async def test_a_fraction_has_bounds(house: House, fraction: str) -> None:
    group_id = await one_group(house)
    with pytest.raises(InvalidInput) as caught:
        await house.groups.close(house.me, group_id, D(fraction), "k")
    assert caught.value.field == "fraction"


async def test_what_is_closed_cannot_be_closed_again(house: House) -> None:
    group_id = await one_group(house)
    await house.close_out(await house.signal("out", intent=Intent.EXIT))
    house.run_worker()
    with pytest.raises((Conflict, NotFound)):
        await house.groups.close(house.me, group_id, D(1), "k")


async def test_without_an_engine_closing_is_accepted(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "COMMAND_WAIT_S", 0.05)
    group_id = await one_group(house)
    assert await house.groups.close(house.me, group_id, D(1), "k") == Accepted("k")
    assert placed(await house.decide())
