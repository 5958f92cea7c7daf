"""One engine per database: an advisory lock on a connection of its own.

It spares two engines the trouble of racing each other. What keeps them from doing harm is the
fence in every commit, so losing the lock is a reason to start over, not a disaster.
"""

from __future__ import annotations

from typing import Final

import asyncpg

from foundation import limits
from foundation.db import connect
from foundation.errors import Unavailable
from foundation.log import get_logger

_log = get_logger("engine.runtime.lock")

#: "csengine" as a number; the second half of the key is free for sharing by account later.
_KEY = 0x6373656E67
#: A connection that was cut may answer with a broken protocol, too.
_LOST: Final = (
    OSError,
    TimeoutError,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
)


class DatabaseLock:
    """Held as long as its connection lives; Postgres frees it when the process dies."""

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self._connection: asyncpg.Connection | None = None

    async def acquire(self) -> bool:
        """Take it if it is free; True when it is ours."""
        if self._connection is None:
            try:
                self._connection = await connect(self._dsn, application_name="countersign-engine")
            except Unavailable as error:
                _log.warning("no connection for the engine lock", reason=str(error))
                return False
        return await self._ask("select pg_try_advisory_lock($1)", _KEY)

    async def held(self) -> bool:
        """Whether the connection that holds it still answers."""
        return await self._ask("select true")

    async def release(self) -> None:
        """Let the next engine in at once."""
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.close(timeout=limits.DATABASE_CONNECT_TIMEOUT_S)

    async def _ask(self, query: str, *args: object) -> bool:
        if self._connection is None:
            return False
        try:
            return bool(
                await self._connection.fetchval(
                    query, *args, timeout=limits.DATABASE_CONNECT_TIMEOUT_S
                )
            )
        except _LOST as error:
            _log.warning("the engine lock's connection is lost", reason=str(error))
            self._connection.terminate()
            self._connection = None
            return False


class NoLock:
    """For a database nobody else can reach: backtests, the simulation."""

    async def acquire(self) -> bool:
        return True

    async def held(self) -> bool:
        return True

    async def release(self) -> None:
        return
