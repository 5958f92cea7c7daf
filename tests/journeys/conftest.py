"""A running house and a browser for the journeys; both are the real thing, started once."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright

from tests.journeys.browser import chromium_path, launch_arguments
from tests.journeys.person import Arrive, Person
from tests.support.house import House


@pytest.fixture(scope="session")
def place() -> Iterator[Path]:
    """A folder that the account the database runs as may pass."""
    made = Path(tempfile.mkdtemp(prefix="cs-"))
    made.chmod(0o711)
    yield made
    shutil.rmtree(made, ignore_errors=True)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def house(place: Path) -> AsyncIterator[House]:
    """The whole product in a process of its own, with a fresh data folder."""
    async with House(place) as running:
        yield running


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    path = chromium_path()
    assert path is not None, "journeys without a Chromium are left out at collection"
    async with async_playwright() as play:
        started = await play.chromium.launch(executable_path=path, args=launch_arguments())
        yield started
        await started.close()


@pytest_asyncio.fixture(loop_scope="session")
async def arrive(
    house: House, browser: Browser, request: pytest.FixtureRequest
) -> AsyncIterator[Arrive]:
    """Brings people to their chats; none may have been given a reason to complain."""
    people: list[Person] = []

    async def come(name: str = "Vera", **given: object) -> Person:
        people.append(await Person.at(browser, house, name, **given))  # type: ignore[arg-type]  # passed on as they are
        return people[-1]

    yield come
    complaints = [line for person in people for line in person.complaints]
    for person in people:
        await person.leave()
    assert complaints == []
