"""The queue's window (spec engine §5): ranks that explain themselves, removing and promoting."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from engine.api.queue import line
from engine.domain.choices.entry import SizingMethod, SizingSettings
from engine.domain.instrument import Market, Quote
from engine.domain.settings import AccountSettings
from engine.domain.words import TradingState
from engine.store import load
from engine.store.port import Depths, Heartbeat
from foundation.errors import Conflict, NotFound
from foundation.money import money_context
from tests.engine.api.conftest import House

D = Decimal


async def full_pool(house: House) -> None:
    """One slot, taken; two signals wait."""
    house.run_worker()
    settings = AccountSettings(max_open_groups=1)
    await house.accounts.save_settings(house.me, house.account.id, settings, 1, "settings")
    await house.stop_worker()
    await house.signal("first")
    await house.signal("second", symbol="ETH/USDT")
    await house.signal("third", symbol="SOL/USDT")


async def test_each_row_explains_itself(house: House) -> None:
    await full_pool(house)
    await house.signal("second-again", symbol="ETH/USDT")
    await house.price("ETH/USDT", "2907")
    house.clock.advance(14 * 60)
    first, second = await house.queue.list(house.me)
    assert (first.signal_id, first.rank, first.of) == ("second-again", 1, 2)
    assert first.current_loss_percent == D("3.1")
    assert first.replacement_count == 1
    assert first.explanation == ("1st of 2: 3.1 % below its entry, replaced once, waiting 14 min.")
    assert (second.signal_id, second.current_loss_percent) == ("third", None)
    assert second.explanation == "2nd of 2: waiting 14 min."
    assert (second.symbol, second.timeframe, second.side) == ("SOL/USDT", 15, "long")
    assert await house.queue.list(house.me, house.account.id) == (first, second)


async def test_a_signal_can_be_taken_out(house: House) -> None:
    await full_pool(house)
    house.run_worker()
    left = await house.queue.remove(house.me, "second", "k")
    assert isinstance(left, tuple)
    assert [row.signal_id for row in left] == ["third"]
    assert await house.queue.remove(house.me, "second", "k") == left
    with pytest.raises(NotFound):
        await house.queue.remove(house.me, "second", "k2")


async def test_rows_stand_in_the_order_in_which_they_would_be_served(house: House) -> None:
    await full_pool(house)
    await house.price("SOL/USDT", "149")
    first, second = await house.queue.list(house.me)
    assert [(row.signal_id, row.rank) for row in (first, second)] == [("third", 1), ("second", 2)]
    assert first.explanation == "1st of 2: 0.7 % below its entry, waiting less than a minute."


async def test_under_overload_rows_stand_as_the_last_decision_ranked_them(house: House) -> None:
    await full_pool(house)
    known = (await house.store.load(house.account.id)).account.queue
    await house.price("SOL/USDT", "149")
    beat = Heartbeat(house.clock.now(), 1.5, 0.1, Depths(0, 0, 0), 1.0, ("analytics", "ranking"))
    await house.store.beat(beat)
    rows = await house.queue.list(house.me)
    assert [one.rank for one in known] == [1, 2]
    assert [row.signal_id for row in rows] == [one.id for one in known] == ["second", "third"]
    await house.store.beat(replace(beat, left_out=()))
    assert [row.signal_id for row in await house.queue.list(house.me)] == ["third", "second"]


async def test_a_signal_can_be_forced_in_over_the_limit(house: House) -> None:
    await full_pool(house)
    house.run_worker()
    with pytest.raises(NotFound):
        await house.queue.force_add(house.other, "third", "k")
    with pytest.raises(Conflict) as caught:
        await house.queue.force_add(house.me, "third", "k")
    assert caught.value.code == "over_capital"
    sizing = SizingSettings(method=SizingMethod.FIXED_USD, fixed_usd=D(500))
    settings = AccountSettings(max_open_groups=1, total_capital_usd=D(20_000), sizing=sizing)
    await house.accounts.save_settings(house.me, house.account.id, settings, 2, "smaller")
    left = await house.queue.force_add(house.me, "third", "k2")
    assert isinstance(left, tuple)
    assert [row.signal_id for row in left] == ["second"]


async def test_a_row_says_what_promoting_and_forcing_would_meet(house: House) -> None:
    await full_pool(house)
    await house.price("ETH/USDT", "3000")
    await house.price("SOL/USDT", "150")
    first, second = await house.queue.list(house.me)
    assert (first.blocked_code, first.forcible, first.continues) == ("pool_full", True, False)
    assert first.blocked_text == "The only slot is taken; the signal waits."
    assert first.expected_profit_usd > 0
    assert second.expected_profit_usd > 0
    house.run_worker()
    await house.accounts.set_state(house.me, house.account.id, "paused", "pause")
    first, _ = await house.queue.list(house.me)
    assert (first.blocked_code, first.forcible) == ("account_paused", False)


async def test_with_a_free_slot_nothing_is_in_the_way(house: House) -> None:
    await full_pool(house)
    house.run_worker()
    settings = AccountSettings(max_open_groups=3, total_capital_usd=D(30_000))
    await house.accounts.set_state(house.me, house.account.id, "paused", "pause")
    await house.accounts.save_settings(house.me, house.account.id, settings, 2, "room")
    await house.stop_worker()
    account = (await load.load(house.database, house.account.id)).account
    running = replace(account, state=TradingState.RUNNING)
    now = house.clock.now()
    quotes = {symbol: Quote(D(3000), now) for symbol in ("ETH/USDT", "SOL/USDT")}
    with money_context():
        rows = line(running, Market(quotes, {}), now)
        unheard = line(running, Market({}, {}), now)
    assert {row.blocked_code for row in rows} == {None}
    assert {row.blocked_code for row in unheard} == {"no_price"}


async def test_what_an_order_led_to_is_found_among_the_last_events(house: House) -> None:
    await full_pool(house)
    house.run_worker()
    await house.queue.remove(house.me, "second", "k")
    kinds = ("queued", "dequeued")
    told = await house.events.recent(house.me, house.account.id, kinds, 10)
    assert [(one.kind, one.symbol) for one in told] == [
        ("dequeued", "ETH/USDT"),
        ("queued", "SOL/USDT"),
        ("queued", "ETH/USDT"),
    ]
    assert told[0].reason == "Removed by hand."
    assert await house.events.recent(house.me, house.account.id, kinds, 1) == told[:1]
    with pytest.raises(NotFound):
        await house.events.recent(house.other, house.account.id, kinds, 1)


async def test_without_a_free_slot_nothing_is_promoted(house: House) -> None:
    await full_pool(house)
    house.run_worker()
    with pytest.raises(Conflict) as caught:
        await house.queue.promote(house.me, "third", "k")
    assert caught.value.code == "pool_full"


async def test_somebody_elses_queue_is_not_found(house: House) -> None:
    await full_pool(house)
    assert await house.queue.list(house.other) == ()
    for call in (
        house.queue.list(house.other, house.account.id),
        house.queue.remove(house.other, "second", "k"),
        house.queue.promote(house.other, "second", "k"),
        house.queue.remove(house.me, "nothing", "k"),
    ):
        with pytest.raises(NotFound):
            await call
    assert (await house.store.depths()).inbox_waiting == 0
