"""The ground a command stands on: keys, the database server, migrated tables, open pools."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import asyncpg

from foundation import limits
from foundation.bus import Bus
from foundation.clock import Clock, WallClock
from foundation.crypto import Keys, load_or_create_keys
from foundation.db import Database, connect, head_revision, migrate
from foundation.errors import SettingsError, Unavailable
from foundation.log import get_logger
from foundation.nursery import Nursery
from foundation.people import Admission, People
from foundation.postgres import EmbeddedPostgres
from foundation.settings import Settings

_log = get_logger("app.ground")


@dataclass(frozen=True, slots=True)
class Ground:
    """What every part of the house stands on."""

    settings: Settings
    keys: Keys
    clock: Clock
    database: Database
    bus: Bus
    people: People


def _start_postgres(settings: Settings) -> tuple[str, EmbeddedPostgres | None]:
    if settings.database_url is not None:
        given = settings.database_url.get_secret_value()
        asyncio.run(_try(given))
        return given, None
    embedded = EmbeddedPostgres(settings.data_dir / "postgres")
    return embedded.start(), embedded


async def _try(dsn: str) -> None:
    """Get in once. Raises SettingsError saying why an address given to us does not let us in."""
    try:
        connection = await connect(dsn)
    except (Unavailable, asyncpg.PostgresError, asyncpg.InterfaceError, ValueError) as error:
        raise SettingsError(
            f"DATABASE_URL=•••: {error}. Start that server, or correct "
            "the address, name or password; without DATABASE_URL we bring our own database.",
            field="DATABASE_URL",
        ) from None
    await connection.close()


async def _keep_up(embedded: EmbeddedPostgres) -> None:
    """Start our database server again whenever it died; everybody reconnects by himself."""
    while True:
        await asyncio.sleep(limits.POSTGRES_WATCH_S)
        if await asyncio.to_thread(embedded.revive):
            _log.error("the embedded Postgres had died and was started again")


def with_database(settings: Settings) -> str:
    """Start the database if it is ours to start, migrate it, let go; returns the revision."""
    dsn, embedded = _start_postgres(settings)
    try:
        migrate(dsn)
        return head_revision()
    finally:
        if embedded is not None:
            embedded.stop()


@asynccontextmanager
async def ground(settings: Settings) -> AsyncIterator[Ground]:
    """Everything below the engine, started in order and stopped in reverse."""
    keys = load_or_create_keys(settings)
    dsn, embedded = await asyncio.to_thread(_start_postgres, settings)
    watch = Nursery(_log)
    try:
        await asyncio.to_thread(migrate, dsn)
        if embedded is not None:
            watch.start("postgres-watch", lambda: _keep_up(embedded))
        database = await Database.open(
            dsn,
            pool_size=settings.database_pool_size,
            max_overflow=settings.database_max_overflow,
        )
        bus = Bus(database)
        clock = WallClock()
        try:
            await bus.start()
            people = People(database, clock, Admission.of(settings))
            yield Ground(settings, keys, clock, database, bus, people)
        finally:
            await bus.stop()
            await database.close()
    finally:
        await watch.stop()
        if embedded is not None:
            await asyncio.to_thread(embedded.stop)
