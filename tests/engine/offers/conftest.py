"""The installation the tests play in."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from foundation.bus import Bus
from foundation.db import Database
from tests.engine.offers.kit import Town
from tests.support.clock import FakeClock


@pytest.fixture
async def town(database: Database, bus: Bus, clock: FakeClock) -> AsyncIterator[Town]:
    opened = await Town(database, bus, clock).open()
    yield opened
    await opened.close()
