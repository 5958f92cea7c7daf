"""A folder another account may reach, and houses in it that never outlive their test."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest

from tests.support.house import House

Build = Callable[..., House]


@pytest.fixture
def folder() -> Iterator[Path]:
    """Short (socket paths are limited), and passable for the account Postgres runs as."""
    made = Path(tempfile.mkdtemp(prefix="cs-"))
    made.chmod(0o711)
    yield made
    shutil.rmtree(made, ignore_errors=True)


@pytest.fixture
async def build(folder: Path, database_dsn: str) -> AsyncIterator[Build]:
    """Makes houses on this test's own database; `embedded=True` for one that brings its own."""
    houses: list[House] = []

    def make(*, embedded: bool = False, **given: str) -> House:
        env = given if embedded else {"DATABASE_URL": database_dsn, **given}
        houses.append(House(folder, **env))
        return houses[-1]

    yield make
    for house in houses:
        await house.close()
