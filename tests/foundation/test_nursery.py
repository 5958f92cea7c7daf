"""The nursery: crashed tasks come back, all stop together, failures are counted and logged."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest
from structlog.testing import capture_logs
from structlog.typing import EventDict

from foundation import limits
from foundation.log import get_logger
from foundation.nursery import Nursery
from tests.support.until import until


@pytest.fixture(autouse=True)
def _fast_backoff(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "NURSERY_BACKOFF_FIRST_S", 0.001)


@pytest.fixture
def logs() -> Iterator[list[EventDict]]:
    with capture_logs() as lines:
        yield lines


async def test_a_crashed_task_comes_back(logs: list[EventDict]) -> None:
    nursery = Nursery(get_logger("test"))
    turns: list[int] = []

    async def work() -> None:
        turns.append(len(turns))
        if len(turns) < 4:
            raise RuntimeError("boom")
        await asyncio.Event().wait()

    nursery.start("worker", work)
    await until(lambda: len(turns) == 4)
    assert nursery.crashes == {"worker": 3}
    assert nursery.running() == ("worker",)
    assert [line["times"] for line in logs] == [1, 2, 3]
    assert isinstance(logs[0]["exc_info"], RuntimeError)
    await nursery.stop()
    assert nursery.running() == ()


async def test_a_task_that_returns_is_done_and_without_restart_a_crash_is_final() -> None:
    nursery = Nursery(get_logger("test"))
    turns: list[str] = []

    async def returns() -> None:
        turns.append("returns")

    async def crashes() -> None:
        turns.append("crashes")
        raise RuntimeError("boom")

    await asyncio.gather(nursery.start("a", returns), nursery.start("b", crashes, restart=False))
    assert sorted(turns) == ["crashes", "returns"]
    assert nursery.running() == ()
    await nursery.stop()


async def test_stop_lets_tasks_clean_up() -> None:
    nursery = Nursery(get_logger("test"))
    cleaned: list[str] = []
    started = asyncio.Event()

    async def work() -> None:
        try:
            started.set()
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            cleaned.append("yes")

    nursery.start("worker", work)
    await started.wait()
    await nursery.stop()
    assert cleaned == ["yes"]


async def test_stop_does_not_hang_on_a_deaf_task(
    monkeypatch: pytest.MonkeyPatch, logs: list[EventDict]
) -> None:
    monkeypatch.setattr(limits, "NURSERY_STOP_TIMEOUT_S", 0.01)
    nursery = Nursery(get_logger("test"))
    over, started = asyncio.Event(), asyncio.Event()

    async def deaf() -> None:
        while not over.is_set():
            started.set()
            try:
                await over.wait()
            except asyncio.CancelledError:
                continue

    nursery.start("deaf", deaf)
    await started.wait()
    await nursery.stop()
    assert [line["task"] for line in logs] == ["deaf"]
    over.set()
    await until(lambda: nursery.running() == ())


async def test_short_work_gives_its_result_or_its_error() -> None:
    nursery = Nursery(get_logger("test"))

    async def answer() -> int:
        return 42

    async def fail() -> None:
        raise ValueError("no")

    assert await nursery.once("answer", answer()) == 42
    with pytest.raises(ValueError, match="no"):
        await nursery.once("fail", fail())
    assert nursery.crashes == {"fail": 1}
    await nursery.stop()
    with pytest.raises(RuntimeError, match="stopping"):
        nursery.once("late", answer())
