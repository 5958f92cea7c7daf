"""A running house and a browser for the journeys; both are the real thing."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest
from playwright.async_api import Browser, async_playwright

from tests.journeys.browser import chromium_path, launch_arguments
from tests.journeys.person import Person
from tests.support.house import RunningHouse


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHouse]:
    """The whole product in a process of its own, with a fresh data folder."""
    with RunningHouse.started(tmp_path_factory.mktemp("house")) as running:
        yield running


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    path = chromium_path()
    assert path is not None, "journeys without a Chromium are left out at collection"
    async with async_playwright() as play:
        started = await play.chromium.launch(executable_path=path, args=launch_arguments())
        yield started
        await started.close()


@pytest.fixture
async def person(house: RunningHouse, browser: Browser) -> AsyncIterator[Person]:
    """Somebody with a desktop browser at the sandbox page."""
    somebody = await Person.at(browser, house)
    yield somebody
    await somebody.leave()
