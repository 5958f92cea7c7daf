"""The queue: ranks that explain themselves, removing and promoting."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from engine.api.queue import current_loss_percent, explanation
from engine.domain.account import Queued
from engine.domain.settings import AccountSettings
from engine.domain.words import Side
from foundation.errors import Conflict, NotFound
from tests.engine.api.conftest import House
from tests.engine.store.kit import START, signal

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
    assert first.explanation == (
        "1st of 2: in order of arrival, 3.1 % below its entry, replaced once, waiting 14 min."
    )
    assert (second.signal_id, second.current_loss_percent) == ("third", None)
    assert second.explanation == "2nd of 2: in order of arrival, waiting 14 min."
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


def test_a_gain_is_not_a_loss() -> None:
    long, short = signal("l"), signal("s", side=Side.SHORT)
    assert current_loss_percent(long, D(60600)) == 0
    assert current_loss_percent(long, D(59400)) == 1
    assert current_loss_percent(short, D(60600)) == 1
    assert current_loss_percent(short, D(59400)) == 0
    assert current_loss_percent(signal("m", entry_price=None), D(1)) is None


@pytest.mark.parametrize(
    ("place", "seconds", "replaced", "sentence"),
    [
        ((1, 1), 30, 0, "1st of 1: in order of arrival, waiting less than a minute."),
        ((2, 5), 3 * 3600, 2, "2nd of 5: in order of arrival, replaced twice, waiting 3 h 0 min."),
        ((11, 23), 60, 3, "11th of 23: in order of arrival, replaced 3 times, waiting 1 min."),
        ((23, 23), 90_000, 1, "23rd of 23: in order of arrival, replaced once, waiting 1 d 1 h."),
    ],
)
def test_sentences(place: tuple[int, int], seconds: int, replaced: int, sentence: str) -> None:
    queued = Queued(signal("s"), START, START + timedelta(days=2), replaced)
    assert explanation(queued, place, None, START + timedelta(seconds=seconds)) == sentence


def test_a_short_waits_above_its_entry() -> None:
    queued = Queued(signal("s", side=Side.SHORT), START, START)
    assert "1.3 % above its entry" in explanation(queued, (1, 1), D("1.26"), START)
