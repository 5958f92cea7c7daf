"""Both stores, so that one suite holds them to the same promises."""

from __future__ import annotations

import pytest

from foundation.db import Database
from tests.engine.store.kit import Behind, BehindMemory, BehindPostgres


@pytest.fixture(params=["postgres", "memory"])
def behind(request: pytest.FixtureRequest) -> Behind:
    """The store under test."""
    if request.param == "memory":
        return BehindMemory()
    database: Database = request.getfixturevalue("database")
    return BehindPostgres(database)


@pytest.fixture
def postgres(database: Database) -> BehindPostgres:
    """The Postgres store alone, for promises that memory cannot break."""
    return BehindPostgres(database)
