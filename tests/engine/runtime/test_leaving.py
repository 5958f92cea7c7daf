"""Stopping in good order (spec engine §10): entries cancelled where settings want that, in time."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from engine.domain.account import Account
from engine.domain.events import EngineStopping
from engine.domain.settings import AccountSettings
from engine.domain.words import GroupStatus
from engine.runtime.leaving import call_off
from engine.runtime.sender import Sender
from engine.venues.port import OutcomeUnknown
from foundation import limits
from foundation.log import get_logger
from foundation.nursery import Nursery
from tests.engine.runtime.kit import ONE_LEG, Bench


class Stop:
    """An engine's actors taking turns while it calls off."""

    def __init__(self, *, wanted: bool = True) -> None:
        self.bench = Bench("other")
        orders = {"cancel_entries_on_stop": wanted}
        settings = AccountSettings.model_validate({"ladder": ONE_LEG, "orders": orders})
        self.bench.store.open_account(Account("a", "paper", settings))
        self.nursery = Nursery(get_logger("tests"))
        self.sender = Sender(self.bench.ports, self.nursery)

    async def ordered(self) -> None:
        """One entry of each account at the venue."""
        self.worker = await self.bench.worker()
        for name in ("a", "other"):
            await self.bench.enter(account_id=name)
        await self.turns(4)

    async def turns(self, count: int) -> None:
        for _ in range(count):
            await self.worker.turn()
            await self.sender.turn()
            for _ in range(5):
                await asyncio.sleep(0)

    async def call_off(self) -> tuple[Sequence[str], float]:
        """What was left, and the seconds it took."""
        self.sender.entries_held = True
        began = self.bench.clock.monotonic()
        async with asyncio.TaskGroup() as group:
            leaving = group.create_task(call_off(self.bench.ports))
            while not leaving.done():
                await self.turns(1)
                self.bench.clock.advance(limits.ENGINE_STOP_LOOK_S)
        return leaving.result(), self.bench.clock.monotonic() - began

    def cancels(self) -> list[str]:
        return [name for what, name in self.bench.venue.calls if what == "cancel"]


@pytest.fixture
async def stop() -> Stop:
    made = Stop()
    await made.ordered()
    return made


async def test_entries_of_those_who_want_it_are_cancelled_and_nobody_elses(stop: Stop) -> None:
    left, took = await stop.call_off()
    assert left == ()
    assert took < 1
    assert len(stop.cancels()) == 1
    [mine] = stop.bench.store.stored("a").groups.values()
    [other] = stop.bench.store.stored("other").groups.values()
    assert (mine.status, other.status) == (GroupStatus.CLOSED, GroupStatus.LIVE)


async def test_without_the_setting_orders_stay_and_the_stop_waits_for_nothing() -> None:
    stop = Stop(wanted=False)
    await stop.ordered()
    left, took = await stop.call_off()
    assert left == ()
    assert took <= limits.ENGINE_STOP_LOOK_S
    assert stop.cancels() == []


async def test_the_time_is_bounded_and_what_was_not_cancelled_is_reported(stop: Stop) -> None:
    stop.bench.venue.cancel_answer = OutcomeUnknown("silence")
    left, took = await stop.call_off()
    assert left == ["a"]
    assert took <= limits.ENGINE_STOP_CANCEL_S + limits.ENGINE_STOP_TELL_S
    said = [one for one in stop.bench.facts().values() if isinstance(one, EngineStopping)]
    assert [one.last for one in said] == [False, True]


async def test_no_entry_leaves_while_the_engine_stops(stop: Stop) -> None:
    stop.sender.entries_held = True
    await stop.bench.enter(2, "other", timeframe=60)
    sent = len(stop.bench.venue.calls)
    await stop.turns(3)
    assert len(stop.bench.venue.calls) == sent
