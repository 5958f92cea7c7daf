"""Offers in time: undo windows, expiry, drift, crashes, and the stream of changes."""

from __future__ import annotations

import asyncio
from decimal import Decimal

import pytest

from engine.offers.actors import OfferActors
from foundation import limits
from foundation.errors import InvalidInput, Unavailable
from foundation.log import get_logger
from foundation.nursery import Nursery
from tests.engine.offers.kit import Town
from tests.engine.signals.kit import nested
from tests.support.until import until

D = Decimal


async def test_drift_at_the_end_of_the_undo_window_asks_again(town: Town) -> None:
    offer = await town.approve(await town.offer())
    await town.prices({"BTC/USDT": "58000"})
    town.clock.advance(5)
    assert await town.actors.effect.turn()
    asked = await town.again(offer)
    assert (asked.status, asked.version, asked.entry_price) == ("pending", 2, D(58000))
    assert (asked.decided_by, asked.decided_at, asked.effective_at) == (None, None, None)
    assert "3.3 % below" in asked.place_text
    assert await town.inbox() == []
    await town.approve(asked)
    town.clock.advance(5)
    await town.actors.effect.turn()
    [(_, fact)] = await town.inbox()
    assert fact.signal.entry_price == D(58000)


async def test_an_offer_that_runs_out_within_its_undo_window_expires(town: Town) -> None:
    offer = await town.offer()
    town.clock.advance(15 * 60 - 2)
    await town.prices({})
    await town.approve(offer)
    town.clock.advance(5)
    assert await town.actors.effect.turn()
    assert (await town.again(offer)).status == "expired"
    assert await town.inbox() == []


async def test_pending_offers_follow_the_market(town: Town) -> None:
    offer = await town.offer()
    await town.prices({"BTC/USDT": "61000"})
    # not more often than every few seconds
    assert not await town.actors.expiry.turn()
    town.clock.advance(limits.OFFER_REQUOTE_S)
    assert await town.actors.expiry.turn()
    asked = await town.again(offer)
    assert (asked.version, asked.entry_price, asked.status) == (2, D(61000), "pending")
    assert asked.expires_at > offer.expires_at
    assert not await town.actors.expiry.turn()


async def test_no_undo_window_takes_effect_at_once(town: Town) -> None:
    await town.settings(undo_seconds=0)
    offer = await town.approve(await town.offer())
    assert offer.undo_seconds_left == 0
    await town.actors.effect.turn()
    assert (await town.again(offer)).taken


async def test_how_long_to_rest(town: Town) -> None:
    assert await town.actors.effect.rest() == limits.OFFERS_POLL_S
    await town.approve(await town.offer())
    town.clock.advance(4.75)
    assert await town.actors.effect.rest() == 0.25
    town.clock.advance(3)
    assert await town.actors.effect.rest() == limits.OFFERS_REST_MIN_S


@pytest.mark.parametrize("table", ["offers", "offer_events", "inbox", "receipts"])
async def test_a_crash_while_handing_over_repeats_safely(town: Town, table: str) -> None:
    offer = await town.approve(await town.offer())
    town.clock.advance(5)
    async with town.failing(table):
        with pytest.raises(Unavailable):
            await town.actors.effect.turn()
    assert await town.inbox() == []
    assert not (await town.again(offer)).taken
    # two processes come back at once
    await asyncio.gather(town.actors.effect.turn(), town.actors.effect.turn())
    assert [key for key, _ in await town.inbox()] == [f"offer:{offer.id}"]


async def test_windows_survive_a_restart(town: Town) -> None:
    offer = await town.approve(await town.offer())
    later = OfferActors(town.database, town.clock, town.bus, town.store, town.market)
    town.clock.advance(5)
    assert await later.effect.turn()
    assert (await town.again(offer)).taken


async def test_undo_against_effect_has_one_winner(town: Town) -> None:
    for _ in range(5):
        offer = await town.approve(await town.offer(timeframe="15"))
        before = len(await town.inbox())
        # the window ends between the two looks at the clock
        undo = asyncio.gather(
            town.offers.undo(town.user_id, offer.id, "chat"), return_exceptions=True
        )
        await asyncio.sleep(0)
        town.clock.advance(5)
        await town.actors.effect.turn()
        await undo
        done = await town.again(offer)
        assert len(await town.inbox()) - before == (1 if done.taken else 0)
        assert (done.status == "withdrawn") != done.taken
        town.clock.advance(1)


async def test_the_account_says_no_in_the_end(town: Town) -> None:
    offer = await town.approve(await town.offer())
    key = "pause"
    pausing = asyncio.gather(town.accounts.set_state(town.user_id, town.account_id, "paused", key))
    await until(lambda: town.rows("select 1 from inbox where key = 'cmd:pause'"))
    await town.work()
    await pausing
    town.clock.advance(5)
    await town.actors.effect.turn()
    await town.work()
    assert await town.actors.outcomes.turn()
    done = await town.again(offer)
    assert (done.outcome_code, done.taken) == ("account_paused", True)
    receipt = await town.receipt(offer.receipt_id)
    assert (receipt.status, receipt.code) == ("refused", "account_paused")


async def test_changes_are_told_in_order_and_once(town: Town) -> None:
    start = await town.offers.changes_end()
    offer = await town.offer()
    changed, cursor = await town.offers.changes(start)
    assert [(one.id, one.status) for one in changed] == [(offer.id, "pending")]
    assert await town.offers.changes(cursor) == ((), cursor)
    await town.approve(offer)
    changed, cursor = await town.offers.changes(cursor)
    assert [one.status for one in changed] == ["approved"]
    town.clock.advance(5)
    await town.actors.effect.turn()
    await town.work()
    await town.actors.outcomes.turn()
    changed, cursor = await town.offers.changes(cursor)
    assert [(one.taken, one.outcome_code) for one in changed] == [(True, "opened")]
    assert (await town.offers.changes(None))[1] == cursor == await town.offers.changes_end()
    for wrong in ("", "x", "1", "1-x", "-", "9" * 30 + "-1"):
        with pytest.raises(InvalidInput):
            await town.offers.changes(wrong)


async def test_a_slow_transaction_hides_what_came_after_it(town: Town) -> None:
    start = await town.offers.changes_end()
    async with town.database.pool.acquire() as slow:
        running = slow.transaction()
        await running.start()
        await slow.fetchval("select pg_current_xact_id()::text")
        offer = await town.offer()
        # it may still write something older than what is there: wait for it
        assert (await town.offers.changes(start))[0] == ()
        await running.commit()
    changed, _ = await town.offers.changes(start)
    assert [one.id for one in changed] == [offer.id]


async def test_all_actors_together(town: Town) -> None:
    nursery = Nursery(get_logger("test"))
    town.actors.start(nursery)
    receipt = await town.alert()
    [offer] = await until(lambda: _offers(town))
    assert offer.receipt_id == receipt.id
    await town.approve(offer)
    town.clock.advance(5)
    town.bus.wake("offers")
    await until(town.inbox)
    await town.work()
    town.bus.wake("events")
    await until(lambda: _settled(town, receipt.id))
    await nursery.stop()
    assert nursery.crashes == {}


async def _offers(town: Town) -> tuple[object, ...]:
    return (await town.offers.list(town.user_id)).items


async def _settled(town: Town, receipt_id: str) -> bool:
    return (await town.receipt(receipt_id)).code == "opened"


async def test_an_approval_that_cannot_be_looked_at_holds_up_no_other(town: Town) -> None:
    broken, hook = await town.beside()
    await town.send(hook, nested(town.clock.now(), symbol="ETHUSDT", entry_price="3000"))
    await town.actors.fan_out.turn()
    [first] = (await town.offers.list(town.user_id)).items
    await town.approve(first)
    await town.prices({"ETH/USDT": "2900"})
    town.clock.advance(1)
    second = await town.approve(await town.offer())
    town.clock.advance(5)
    await town.prices({})
    await town.rows("update accounts set settings = '{\"wrong\": 1}' where id = $1", broken)
    with pytest.raises(Unavailable):
        await town.actors.effect.turn()
    assert (await town.again(second)).taken
    assert (await town.again(first)).status == "approved"
