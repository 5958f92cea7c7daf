"""Clock, ids, errors and locks: small things everything else leans on."""

from __future__ import annotations

import asyncio
import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from foundation import errors, oslock
from foundation.clock import Clock, WallClock
from foundation.ids import new_id
from tests.support.clock import START, FakeClock
from tests.support.until import until


async def test_the_wall_clock_is_aware_and_moves() -> None:
    clock: Clock = WallClock()
    before, began = clock.now(), clock.monotonic()
    await clock.sleep(0.001)
    assert before.tzinfo is UTC
    assert clock.now() > before
    assert clock.monotonic() > began


async def test_the_fake_clock_wakes_sleepers_in_order(clock: FakeClock) -> None:
    woken: list[int] = []

    async def sleeper(seconds: int) -> None:
        await clock.sleep(seconds)
        woken.append(seconds)

    async with asyncio.TaskGroup() as group:
        for seconds in (30, 10, 20):
            group.create_task(sleeper(seconds))
        await until(lambda: clock.sleeping == 3)
        clock.advance(20)
        await asyncio.sleep(0)
        assert woken == [10, 20]
        clock.advance(10)
    assert woken == [10, 20, 30]
    assert clock.now() == START + timedelta(seconds=30)


def test_ids_are_ulids_that_sort_by_time() -> None:
    first, later = new_id(START), new_id(START + timedelta(milliseconds=1))
    assert re.fullmatch(r"[0-9a-hjkmnp-tv-z]{26}", first)
    assert first < later
    assert len({new_id(START) for _ in range(1000)}) == 1000
    # the time of the ULID specification's own example
    assert new_id(datetime.fromtimestamp(1469918176.385, UTC)).startswith("01aryz6s41")


def test_a_naive_time_makes_no_id() -> None:
    with pytest.raises(errors.ContractBroken):
        new_id(datetime(2026, 1, 1))  # noqa: DTZ001 - the naive time is what is tested


def test_every_error_explains_itself_and_is_in_the_tree() -> None:
    family = errors.CountersignError.__subclasses__()
    classes = [one for one in family if one.__module__ == errors.__name__]
    assert len({one.code for one in classes}) == len(classes) == 12
    for one in classes:
        assert one.__doc__
        assert one.__name__ in (errors.__doc__ or "")
        assert str(one.status) in (errors.__doc__ or "")
        assert 400 <= one.status < 600


def test_an_error_carries_what_people_and_programs_need() -> None:
    error = errors.RateLimited("slow down", code="hooks_busy", field="x", retry_after=3)
    assert (str(error), error.text, error.code) == ("slow down", "slow down", "hooks_busy")
    assert (error.status, error.field, error.data) == (429, "x", {"retry_after": 3})
    assert errors.RateLimited("again").code == "rate_limited"


def test_a_lock_excludes_and_falls_with_its_holder(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    program = (
        "import sys, pathlib; from foundation import oslock;"
        "held = oslock.take(pathlib.Path(sys.argv[1]), wait=True); print('held', flush=True);"
        "sys.stdin.read()"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", program, str(path)],
        cwd=Path(__file__).parents[2], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    assert holder.stdout is not None
    assert holder.stdout.readline() == b"held\n"
    assert oslock.take(path, wait=False) is None
    holder.kill()
    holder.communicate()
    with oslock.held(path):
        assert oslock.take(path, wait=False) is None
    mine = oslock.take(path, wait=False)
    assert mine is not None
    mine.close()
