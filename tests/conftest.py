"""Fixtures for every test: a real Postgres, a fresh migrated database each, a clock that stands.

Journeys need a Chromium; without one they are left out, and the summary says so.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import structlog

from foundation.bus import Bus
from foundation.db import Database, migrate
from foundation.postgres import EmbeddedPostgres
from tests.journeys.browser import chromium_path
from tests.support.clock import FakeClock
from tests.support.databases import Shelf, at_database, execute

_TEMPLATE = "countersign_template"
_POOL = 10
_LEFT_OUT = "no Chromium found; install it with: apt-get install chromium"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Without a browser nobody can go on a journey."""
    if chromium_path() is not None:
        return
    for item in items:
        if item.get_closest_marker("journey"):
            item.add_marker(pytest.mark.skip(reason=_LEFT_OUT))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say it where everybody looks; reports of other workers' tests count, too."""
    skipped = terminalreporter.stats.get("skipped", [])
    left_out = sum(_LEFT_OUT in str(report.longrepr) for report in skipped)
    if left_out:
        line = f"{left_out} journeys left out: {_LEFT_OUT}"
        terminalreporter.write_line(line, yellow=True, bold=True)


@pytest.fixture(scope="session", autouse=True)
def _plain_tracebacks() -> None:
    """As the product logs them; painted ones with all locals take tenths of a second each."""
    *processors, _ = structlog.get_config()["processors"]
    plain = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(processors=[*processors, plain])


@pytest.fixture(scope="session", autouse=True)
def _own_data_dir() -> Iterator[Path]:
    """No test ever touches the data of the person who runs it."""
    folder = Path(tempfile.mkdtemp(prefix="countersign-test-"))
    # as root the server runs as another account, which must be able to pass
    folder.chmod(0o711)
    before = os.environ.get("DATA_DIR")
    os.environ["DATA_DIR"] = str(folder / "data")
    yield folder
    if before is None:
        del os.environ["DATA_DIR"]
    else:
        os.environ["DATA_DIR"] = before
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_dsn(_own_data_dir: Path) -> Iterator[str]:
    """The server's address (database `postgres`); beside it lies one migrated template."""
    server = EmbeddedPostgres(_own_data_dir / "postgres", durable=False)
    dsn = server.start()
    try:
        asyncio.run(execute(dsn, f"create database {_TEMPLATE}"))
        migrate(at_database(dsn, _TEMPLATE))
        yield dsn
    finally:
        server.stop()


@pytest.fixture
async def empty_dsn(postgres_dsn: str) -> AsyncIterator[str]:
    """The address of a database of this test alone, without any table."""
    name = f"empty_{next(_numbers)}"
    await execute(postgres_dsn, f"create database {name}")
    yield at_database(postgres_dsn, name)
    await execute(postgres_dsn, f"drop database {name} with (force)")


_numbers = iter(range(1_000_000))


@pytest.fixture(scope="session")
def shelf(postgres_dsn: str) -> Shelf:
    """Where migrated databases wait for the next test."""
    return Shelf(postgres_dsn, _TEMPLATE)


@pytest.fixture
async def database_dsn(shelf: Shelf) -> AsyncIterator[str]:
    """The address of a migrated database of this test alone (for tests with real processes)."""
    async with shelf.lent() as dsn:
        yield dsn


@pytest.fixture
async def database(database_dsn: str) -> AsyncIterator[Database]:
    """A fresh, migrated database, opened."""
    opened = await Database.open(database_dsn, pool_size=_POOL)
    yield opened
    await opened.close()


@pytest.fixture
async def bus(database: Database) -> AsyncIterator[Bus]:
    """A running bus on this test's database."""
    started = Bus(database)
    await started.start()
    yield started
    await started.stop()


@pytest.fixture
def clock() -> FakeClock:
    """A clock at 2026-01-05 12:00 UTC that moves by `advance`."""
    return FakeClock()
