"""The site the tests visit."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from foundation.bus import Bus
from foundation.db import Database
from tests.engine.offers.kit import Town
from tests.miniapp.kit import ADA, BOB, Person, Site
from tests.support.clock import FakeClock


@pytest.fixture
async def town(database: Database, bus: Bus, clock: FakeClock) -> AsyncIterator[Town]:
    opened = await Town(database, bus, clock).open()
    yield opened
    await opened.close()


@pytest.fixture
def settings() -> dict[str, str]:
    """What the site is started with; tests override it."""
    return {"HTTP_PORT": "8080"}


@pytest.fixture
async def site(town: Town, settings: dict[str, str]) -> AsyncIterator[Site]:
    opened = await Site(town, settings).open()
    yield opened
    await opened.close()


@pytest.fixture
async def ada(site: Site) -> Person:
    """A person with a paper account and a hook."""
    return await site.sign_in(ADA)


@pytest.fixture
async def bob(site: Site, ada: Person) -> Person:
    """Another person, who must see nothing of the first one's."""
    return await site.sign_in(BOB)
