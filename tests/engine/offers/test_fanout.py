"""From accepted alerts to offers: what each kind of alert leads to, and crashes on the way."""

from __future__ import annotations

import asyncio
from decimal import Decimal

import pytest

from engine.api.views import ReceiptView
from engine.domain.words import Intent, Side
from foundation.errors import Unavailable
from tests.engine.offers.kit import Town
from tests.engine.signals.kit import moved, nested

D = Decimal


async def test_an_entry_becomes_a_priced_offer(town: Town) -> None:
    offer = await town.offer(entry_price="59900")
    assert (offer.status, offer.version, offer.place) == ("pending", 1, "slot")
    assert (offer.entry_price, offer.market_price) == (D(59900), D(60000))
    assert [leg.price for leg in offer.legs][:2] == [D("59900"), D("59600.50")]
    assert D(199) < offer.legs[0].capital_usd <= D(200)
    assert offer.capital_usd == sum(leg.capital_usd for leg in offer.legs)
    assert D(9) < offer.capital_percent <= D(10)
    assert (offer.exposure_before_usd, offer.exposure_after_usd) == (0, offer.capital_usd)
    assert offer.target_price == offer.legs[0].tp_price == D("60499")
    assert offer.average_if_filled is not None
    assert offer.legs[-1].price < offer.average_if_filled < offer.legs[0].price
    assert (offer.slots_taken, offer.slots_total, offer.pyramid_step) == (0, 10, 1)
    assert offer.place_text == "Takes slot 1 of 10."
    assert (offer.reason, offer.strategy) == ("words", "Test")
    assert (offer.expires_at - offer.created_at).total_seconds() == 15 * 60
    receipt = await town.receipt(offer.receipt_id)
    assert (receipt.status, receipt.code) == ("accepted", "offered")
    # pricing saves nothing
    assert (await town.store.load(town.account_id)).account.seq == 0
    assert await town.inbox() == []


async def test_an_entry_on_a_symbol_without_any_price_is_offered_and_waits_for_the_first_one(
    town: Town,
) -> None:
    town.pit.untold.add("BTC/USDT")
    offer = await town.offer(entry_price="59900")
    assert (offer.status, offer.place, offer.market_price) == ("pending", "queue", None)
    assert offer.place_text == (
        "Nobody has told a price of BTC/USDT yet; entries wait for the feed. "
        "It is number 1 in the queue."
    )
    await town.approve(offer)
    town.clock.advance(10)
    await town.actors.effect.turn()
    await town.work()
    assert (await town.store.load(town.account_id)).account.groups == {}
    town.pit.untold.clear()
    town.clock.advance(5)
    await town.work()
    [group] = (await town.store.load(town.account_id)).account.groups.values()
    assert group.symbol == "BTC/USDT"


async def test_an_exit_goes_straight_to_the_account(town: Town) -> None:
    pending = await town.offer()
    exit_ = await town.post(moved(("long", "1"), ("flat", "0"), "sell", timeframe="15"))
    await town.actors.fan_out.turn()
    [(key, fact)] = await town.inbox()
    assert key == f"signal:{exit_.receipt and exit_.receipt.signal_id}:{town.account_id}"
    assert (fact.signal.intent, fact.signal.side) == (Intent.EXIT, Side.LONG)
    assert (fact.approved_by, fact.offer_id) == ("none", None)
    gone = await town.again(pending)
    assert (gone.status, gone.outcome_code) == ("withdrawn", "exited")
    assert (await town.receipt(pending.receipt_id)).code == "exited"
    await town.work()
    assert await town.actors.outcomes.turn()
    receipt = await town.receipt(exit_.body["receipt"])
    assert (receipt.status, receipt.code) == ("accepted", "nothing_to_close")
    assert not await town.actors.outcomes.turn()


async def test_an_exit_forestalls_an_approval_in_its_undo_window(town: Town) -> None:
    offer = await town.approve(await town.offer())
    await town.post(moved(("long", "1"), ("flat", "0"), "sell"))
    await town.actors.fan_out.turn()
    town.clock.advance(10)
    await town.actors.effect.turn()
    assert [fact.signal.intent for _, fact in await town.inbox()] == [Intent.EXIT]
    assert (await town.again(offer)).status == "withdrawn"


async def test_an_exit_leaves_other_positions_alone(town: Town) -> None:
    offer = await town.offer()
    await town.post(moved(("long", "1"), ("flat", "0"), "sell", timeframe="60"))
    await town.post(moved(("short", "1"), ("flat", "0"), "buy"))
    await town.actors.fan_out.turn()
    assert (await town.again(offer)).status == "pending"


async def test_a_reduce_acts_and_withdraws_nothing(town: Town) -> None:
    offer = await town.offer()
    await town.post(moved(("long", "4"), ("long", "1"), "sell"))
    await town.actors.fan_out.turn()
    [(_, fact)] = await town.inbox()
    assert (fact.signal.intent, fact.signal.reduce_fraction) == (Intent.REDUCE, D("0.75"))
    assert (await town.again(offer)).status == "pending"


async def test_a_newer_entry_withdraws_the_pending_one(town: Town) -> None:
    first = await town.offer()
    town.clock.advance(60)
    second = await town.offer(entry_price="60100")
    old = await town.again(first)
    assert (old.status, old.outcome_code) == ("withdrawn", "replaced")
    assert (await town.again(second)).status == "pending"
    # an approved one stands: the newer entry is the next pyramid
    await town.approve(second)
    town.clock.advance(60)
    await town.offer(entry_price="60200")
    assert (await town.again(second)).status == "approved"


async def test_a_reverse_exits_at_once_and_offers_its_entry(town: Town) -> None:
    short = await town.offer(action="sell", market_position="short", market_position_size="-1")
    town.clock.advance(60)
    receipt = await town.post(moved(("short", "-1"), ("long", "1"), "buy") | {"timestamp": None})
    await town.actors.fan_out.turn()
    [(_, fact)] = await town.inbox()
    assert (fact.signal.intent, fact.signal.side) == (Intent.EXIT, Side.SHORT)
    assert receipt.receipt is not None
    offer = await town.offer_of(receipt.receipt)
    assert (offer.status, offer.side) == ("pending", "long")
    assert (await town.again(short)).outcome_code == "exited"
    # there was nothing to leave; what the receipt tells is the offer that waits
    await town.work()
    await town.actors.outcomes.turn()
    assert (await town.receipt(offer.receipt_id)).code == "offered"
    assert await town.actors.outcomes.turn() is False


async def test_a_reverse_is_offered_where_the_other_side_is_refused(town: Town) -> None:
    await town.settings(auto_approve="all", orders={"opposite_side": "refuse"})
    await town.offer()
    await town.work()
    town.clock.advance(60)
    plain = await town.offer(action="sell", market_position="short", market_position_size="-1")
    assert (plain.status, plain.outcome_code) == ("withdrawn", "opposite_side")
    town.clock.advance(60)
    whole = moved(("long", "1"), ("short", "-1"), "sell") | {"timestamp": None}
    receipt = (await town.post(whole)).receipt
    assert receipt is not None
    await town.actors.fan_out.turn()
    half = await town.offer_of(receipt)
    assert (half.status, half.place) == ("approved", "queue")


async def test_the_policy_takes_entries_alone_without_an_undo_window(town: Town) -> None:
    await town.settings(auto_approve="all")
    offer = await town.offer()
    assert (offer.status, offer.taken) == ("approved", True)
    assert (offer.decided_by, offer.decided_channel) == ("policy", "policy")
    assert offer.undo_seconds_left == 0
    [(key, fact)] = await town.inbox()
    assert key == f"offer:{offer.id}"
    assert fact.approved_by == "policy"
    assert await town.rows("select decided_by, decision from offer_decisions") == [
        ("policy", "approve")
    ]
    await town.work()
    await town.actors.outcomes.turn()
    done = await town.again(offer)
    assert (done.outcome_code, done.group_id is not None) == ("opened", True)
    assert (await town.receipt(offer.receipt_id)).code == "opened"


async def test_the_policy_does_not_take_a_price_the_market_has_left(town: Town) -> None:
    await town.settings(auto_approve="all")
    await town.prices({"BTC/USDT": "61000"})
    offer = await town.offer(entry_price="60000")
    assert (offer.status, offer.entry_price) == ("pending", D(61000))
    assert "1.7 % above" in offer.place_text
    assert await town.inbox() == []


async def test_an_entry_without_a_price_is_quoted_at_the_market(town: Town) -> None:
    offer = await town.offer(entry_price="", close_price="")
    assert offer.entry_price == D(60000)


async def test_what_the_account_would_refuse_is_not_put_to_anybody(town: Town) -> None:
    await town.settings(total_capital_usd=D(100))
    offer = await town.offer()
    assert (offer.status, offer.place) == ("withdrawn", "refused")
    assert offer.outcome_code == "under_min_notional"
    receipt = await town.receipt(offer.receipt_id)
    assert (receipt.status, receipt.code) == ("refused", "under_min_notional")
    assert "leg 1" in receipt.message


async def test_where_an_offer_would_go_when_the_pool_is_full(town: Town) -> None:
    await town.settings(max_open_groups=1, auto_approve="all")
    await town.offer()
    await town.work()
    waiting = await town.offer(symbol="ETHUSDT", entry_price="3000", close_price="3000")
    assert (waiting.place, waiting.slots_taken, waiting.slots_total) == ("queue", 1, 1)
    assert len(waiting.legs) == 5
    await town.work()
    await town.actors.outcomes.turn()
    assert (await town.again(waiting)).outcome_code == "queued"
    assert (await town.again(waiting)).group_id is None


async def test_a_further_entry_is_shown_as_a_pyramid(town: Town) -> None:
    await town.settings(auto_approve="all")
    await town.offer()
    await town.work()
    await town.settings(auto_approve="off")
    offer = await town.offer(
        prev_market_position="long", prev_market_position_size="1", market_position_size="2"
    )
    assert (offer.place, offer.pyramid_step, offer.max_pyramids) == ("pyramid", 2, 5)
    assert offer.exposure_before_usd > 0
    assert offer.exposure_after_usd > offer.exposure_before_usd


async def test_overlapping_turns_take_each_alert_once(town: Town) -> None:
    for n in range(6):
        await town.alert(timeframe=str(n + 1))
    await asyncio.gather(*(town.actors.fan_out.turn() for _ in range(5)))
    assert len((await town.offers.list(town.user_id)).items) == 6
    assert await town.rows("select count(*) from signals") == [(6,)]


@pytest.mark.parametrize("table", ["signals", "offers", "offer_events", "inbox"])
async def test_a_crash_at_any_write_repeats_safely(town: Town, table: str) -> None:
    await town.settings(auto_approve="all")
    receipt = await town.alert()
    async with town.failing(table):
        with pytest.raises(Unavailable):
            await town.actors.fan_out.turn()
    for untouched in ("signals", "offers", "offer_events"):
        assert await town.rows(f"select count(*) from {untouched}") == [(0,)]
    assert await town.inbox() == []
    await town.actors.fan_out.turn()
    assert (await town.offer_of(receipt)).taken
    # and after the commit there is nothing left to repeat
    assert not await town.actors.fan_out.turn()
    assert len(await town.inbox()) == 1


async def test_order_of_arrival_is_kept(town: Town) -> None:
    await town.settings(auto_approve="all")
    await town.alert()
    town.clock.advance(1)
    await town.post(moved(("long", "1"), ("flat", "0"), "sell") | {"timestamp": None})
    await town.actors.fan_out.turn()
    assert [fact.signal.intent for _, fact in await town.inbox()] == [Intent.ENTER, Intent.EXIT]


async def test_the_test_alert_goes_the_whole_way(town: Town) -> None:
    receipt = await town.signals.send_test(town.user_id, town.account_id)
    assert (receipt.status, receipt.symbol, receipt.intent) == ("accepted", "BTC/USDT", "enter")
    await town.actors.fan_out.turn()
    offer = await town.offer_of(receipt)
    assert (offer.entry_price, offer.strategy) == (D(60000), "Test alerts")
    again = await town.signals.send_test(town.user_id, town.account_id)
    assert again.hook_id == receipt.hook_id
    labels = [hook.label for hook in await town.hooks.list(town.user_id)]
    assert sorted(labels) == ["Chart", "Test alerts"]


async def test_a_test_alert_of_ones_choice(town: Town) -> None:
    receipt = await town.signals.send_test(town.user_id, town.account_id, "ETH/USDT", "short")
    assert (receipt.status, receipt.symbol, receipt.side) == ("accepted", "ETH/USDT", "short")
    with pytest.raises(Unavailable):
        await town.signals.send_test(town.user_id, town.account_id, "DOGE/USDT")


async def test_twenty_test_alerts_at_once_make_one_hook(town: Town) -> None:
    sent = [town.signals.send_test(town.user_id, town.account_id) for _ in range(20)]
    receipts = await asyncio.gather(*sent)
    assert len({receipt.hook_id for receipt in receipts}) == 1


async def test_no_price_no_test_alert(town: Town) -> None:
    town.clock.advance(3600)
    with pytest.raises(Unavailable):
        await town.signals.send_test(town.user_id, town.account_id)


async def test_stale_and_refused_alerts_lead_to_nothing(town: Town) -> None:
    await town.post(nested(town.clock.now(), entry_price="-1"))
    stale = nested(town.clock.now()) | {"timestamp": "2026-01-01T00:00:00Z"}
    assert (await town.post(stale)).body["status"] == "stale"
    assert not await town.actors.fan_out.turn()


async def test_a_signal_that_drifted_in_the_queue_becomes_a_fresh_offer(town: Town) -> None:
    usual = {"auto_approve": "all", "sizing": {"method": "fixed_usd", "fixed_usd": "500"}}
    await town.settings(max_open_groups=1, **usual)
    await town.offer()
    await town.work()
    waiting = await town.offer(symbol="ETHUSDT", entry_price="3000", close_price="3000")
    await town.work()
    await town.actors.outcomes.turn()
    await town.prices({"ETH/USDT": "2900"})
    await town.settings(max_open_groups=2, **usual)
    await town.actors.outcomes.turn()
    old = await town.receipt(waiting.receipt_id)
    assert (old.code, old.status) == ("drifted", "accepted")
    assert "it is offered anew" in old.message
    assert await town.actors.fan_out.turn()
    [fresh] = [o for o in (await town.offers.list(town.user_id)).items if o.symbol == "ETH/USDT"]
    assert fresh.id != waiting.id
    assert (fresh.status, fresh.entry_price, fresh.place) == ("pending", D(2900), "slot")
    assert not await town.actors.fan_out.turn()


async def test_how_a_signal_left_the_queue_stands_on_its_receipt(town: Town) -> None:
    usual = {"auto_approve": "all", "max_drift_percent": "10"}
    await town.settings(max_open_groups=1, queue_limit=1, queue_expiry_minutes=10, **usual)
    ether = {"symbol": "ETHUSDT", "close_price": "3000"}

    async def taken(**tv: str) -> ReceiptView:
        offer = await town.offer(**tv)
        await town.work()
        await town.actors.outcomes.turn()
        return await town.receipt(offer.receipt_id)

    await taken()
    first = await taken(entry_price="3000", **ether)
    deeper = await taken(entry_price="3060", timeframe="60", **ether)
    assert (first.code, deeper.code) == ("queued", "queued")
    out = await town.receipt(first.id)
    assert (out.code, out.message) == (
        "queue_full", "The queue is full (1 signals wait) and this one ranked last."
    )  # fmt: skip
    late = await taken(entry_price="3000", timeframe="240", **ether)
    assert (late.status, late.code) == ("refused", "queue_full")
    town.clock.advance(10 * 60)
    await town.work()
    await town.actors.outcomes.turn()
    assert (await town.receipt(deeper.id)).message == "It waited too long for a slot."


async def test_an_account_that_cannot_be_read_never_stops_another(town: Town) -> None:
    broken, hook = await town.beside()
    await town.send(hook, nested(town.clock.now()))
    town.clock.advance(1)
    receipt = await town.alert()
    await town.rows("update accounts set settings = '{\"wrong\": 1}' where id = $1", broken)
    assert await town.actors.fan_out.turn()
    assert (await town.offer_of(receipt)).status == "pending"
    codes = await town.rows("select code from receipts where account_id = $1", broken)
    assert codes == [("not_acted",)]
