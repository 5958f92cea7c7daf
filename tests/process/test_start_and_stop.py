"""Starting as anybody, again and again, and stopping in good order."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import psutil
import pytest

from engine.domain.settings import AccountSettings
from tests.process.conftest import Build
from tests.support.house import MIA, ROOT, House, open_desks
from tests.support.until import until

pytestmark = [pytest.mark.xdist_group("process"), pytest.mark.slow]

NOBODY = 65534
needs_root = pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can become somebody else"
)


async def test_started_killed_and_started_again(build: Build) -> None:
    """A cold start, kill -9 with Postgres left over, a warm start, a graceful stop."""
    house = build(embedded=True)
    await house.start()
    (desk,) = await open_desks(house, 1, AccountSettings())
    price = await house.price("BTC/USDT")
    assert (await desk.send(desk.alert("BTC/USDT", price, "kept")))[0] == 202
    house.kill()
    left_over = house.postmaster()
    assert left_over is not None
    await house.start()
    assert house.postmaster() == left_over
    assert await house.value("select count(*) from receipts") == 1
    assert (await house.get("/health"))[1]["database"] is True
    status, page = await house.get_text("/app/")
    assert (status, "<html" in page) == (200, True)
    assert await house.stop(within=10) == 0
    assert house.postmaster() is None
    assert _postgres_in(house.folder) == []
    assert not list((house.data_dir / "postgres" / "users").glob("*.lock"))
    await house.start()
    assert await house.value("select count(*) from receipts") == 1


async def test_stops_before_it_has_all_begun(build: Build) -> None:
    """The bot's libraries take seconds to load; a stop does not wait for them."""
    house = build(embedded=True)
    await house.start()
    assert await house.stop(within=10) == 0
    assert house.postmaster() is None
    assert _postgres_in(house.folder) == []


async def test_stops_while_work_is_under_way(build: Build) -> None:
    """SIGTERM in the middle of alerts: what was acknowledged is there, the exit code is 0."""
    async with build() as house:
        desks = await open_desks(house, 4, AccountSettings(auto_approve="all"))
        price = await house.price("BTC/USDT")
        answers = [await desk.send(desk.alert("BTC/USDT", price, "one")) for desk in desks]
        assert await house.stop(within=10) == 0
        assert [status for status, _ in answers] == [202] * 4
        assert await house.value("select count(*) from receipts") == 4
        await house.start()
        orders = "select count(*) from paper_orders where side = 'buy'"

        async def ordered() -> bool:
            return await house.value(orders) == 4 * 5

        await until(ordered, within=30)


async def test_entries_are_cancelled_at_a_stop_where_the_settings_want_that(build: Build) -> None:
    """SIGTERM with ladders at work: one account's stay at the venue, the other's are called off."""
    left = AccountSettings(auto_approve="all")
    wanted = left.model_copy(
        update={"orders": left.orders.model_copy(update={"cancel_entries_on_stop": True})}
    )
    working = "select count(*) from paper_orders where status = 'open' and account_id = $1"
    async with build() as house:
        price = await house.price("BTC/USDT")
        (stays,) = await open_desks(house, 1, left, telegram_id=MIA)
        (goes,) = await open_desks(house, 1, wanted, telegram_id=MIA + 1)
        for desk in (stays, goes):
            assert (await desk.send(desk.alert("BTC/USDT", price, "kept")))[0] == 202

        async def both_work() -> bool:
            desks = [await house.value(working, desk.account_id) for desk in (stays, goes)]
            return min(desks) > 0

        await until(both_work, within=60)
        assert await house.stop(within=20) == 0
        assert await house.value(working, stays.account_id) > 0
        assert await house.value(working, goes.account_id) == 0
        await house.start()
        assert await house.value(working, goes.account_id) == 0
        replayed = house.run("replay", "--json")
        assert replayed.returncode == 0, replayed.stdout


@needs_root
async def test_an_ordinary_user_starts_it(folder: Path) -> None:
    if not _readable_by_others(ROOT) or not _readable_by_others(Path(sys.executable)):
        pytest.skip("the checkout cannot be read by other accounts")
    own = folder / "home"
    own.mkdir()
    shutil.chown(own, NOBODY, NOBODY)
    house = House(own, account=NOBODY)
    try:
        await house.start()
        server = house.postmaster()
        assert server is not None
        assert server.uids().real == NOBODY
        await house.stop(within=10)
        await house.start()
        assert (await house.get("/ready"))[0] == 200
    finally:
        await house.close()


async def test_two_houses_want_one_port(build: Build) -> None:
    """The second one says which setting to change, and the first goes on."""
    async with build() as house:
        second = house.run("run")
        assert second.returncode == 2
        assert "HTTP_PORT" in second.stderr
        assert (await house.get("/ready"))[0] == 200


def _postgres_in(folder: Path) -> list[int]:
    return [
        process.pid
        for process in psutil.process_iter()
        if any(str(folder) in word for word in _words(process))
    ]


def _words(process: psutil.Process) -> list[str]:
    try:
        words: list[str] = process.cmdline()
    except psutil.Error:
        return []
    return words


def _readable_by_others(path: Path) -> bool:
    """Whether every folder above may be passed and the thing itself be read by everybody."""
    whole = path.resolve()
    return all(part.stat().st_mode & 0o001 for part in whole.parents) and bool(
        whole.stat().st_mode & 0o004
    )
