"""The ground a command stands on: keys, the database server, migrated tables, open pools."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from foundation.bus import Bus
from foundation.clock import Clock, WallClock
from foundation.crypto import Keys, load_or_create_keys
from foundation.db import Database, head_revision, migrate
from foundation.people import Admission, People
from foundation.postgres import EmbeddedPostgres
from foundation.settings import Settings


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
        return settings.database_url.get_secret_value(), None
    embedded = EmbeddedPostgres(settings.data_dir / "postgres")
    return embedded.start(), embedded


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
    try:
        await asyncio.to_thread(migrate, dsn)
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
        if embedded is not None:
            await asyncio.to_thread(embedded.stop)
