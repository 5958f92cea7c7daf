"""A way into the database whose errors are ours: away or unclear, or a row that may not be."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import asyncpg
from asyncpg.pool import PoolConnectionProxy

from foundation import limits
from foundation.db import Database
from foundation.errors import ContractBroken, InvalidInput, Unavailable

_AWAY = (
    OSError,
    TimeoutError,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
)


@contextmanager
def database_faults() -> Iterator[None]:
    """Turn what asyncpg raises into our errors.

    Raises:
        ContractBroken: a row broke a check, a unique or a foreign key.
        InvalidInput: a value no row can hold: text with NUL, a number out of its column's range.
        Unavailable: everything else. Whether a commit under way took effect is unknown then,
            so whoever cached what it wrote must load it again.
    """
    try:
        yield
    except asyncpg.IntegrityConstraintViolationError as error:
        raise ContractBroken(f"the database refused a row: {error}") from error
    except asyncpg.DataError as error:
        raise InvalidInput("A value holds characters or digits that cannot be stored.") from error
    except _AWAY as error:
        raise Unavailable(f"the database does not answer: {error!r}") from error


@asynccontextmanager
async def connection(database: Database) -> AsyncIterator[PoolConnectionProxy]:
    """A pooled connection, for one statement or a read. Raises as `database_faults` says."""
    with database_faults():
        async with asyncio.timeout(limits.STORE_TIMEOUT_S), database.pool.acquire() as pooled:
            yield pooled


@asynccontextmanager
async def transaction(database: Database) -> AsyncIterator[PoolConnectionProxy]:
    """A connection in a transaction. Raises as `database_faults` says."""
    async with connection(database) as pooled, pooled.transaction():
        yield pooled


@asynccontextmanager
async def snapshot(database: Database) -> AsyncIterator[PoolConnectionProxy]:
    """A connection whose reads all see the same moment. Raises as `database_faults` says."""
    async with (
        connection(database) as pooled,
        pooled.transaction(isolation="repeatable_read", readonly=True),
    ):
        yield pooled
