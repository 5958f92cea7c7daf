"""The queue: ranks that explain themselves, removing and promoting."""

from __future__ import annotations

from decimal import Decimal

import pytest

from engine.domain.choices.entry import SizingMethod, SizingSettings
from engine.domain.settings import AccountSettings
from foundation.errors import Conflict, NotFound
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
