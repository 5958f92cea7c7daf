"""What benches stand on: a durable Postgres of their own, databases, accounts, houses."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg

from foundation.db import Database, migrate
from foundation.postgres import EmbeddedPostgres
from tests.support.databases import at_database
from tests.support.house import House

_TEMPLATE = "bench_template"


class World:
    """One Postgres with fsync on in a temporary folder, started when first needed."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self.say = say
        self.folder = Path(tempfile.mkdtemp(prefix="cs-bench-"))
        self.folder.chmod(0o711)
        self._server = EmbeddedPostgres(self.folder / "postgres", durable=True)
        self._dsn = ""
        self._made = 0

    def close(self) -> None:
        if self._dsn:
            self._server.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    async def new_database(self) -> str:
        """The address of a migrated, empty database."""
        if not self._dsn:
            self.say("starting Postgres")
            self._dsn = await asyncio.to_thread(self._server.start)
            await self._execute(f"create database {_TEMPLATE}")
            await asyncio.to_thread(migrate, at_database(self._dsn, _TEMPLATE))
        self._made += 1
        name = f"bench_{self._made}"
        await self._execute(f"create database {name} template {_TEMPLATE}")
        return at_database(self._dsn, name)

    @asynccontextmanager
    async def database(self) -> AsyncIterator[Database]:
        """A migrated database, opened in this process."""
        opened = await Database.open(await self.new_database(), pool_size=10)
        try:
            yield opened
        finally:
            await opened.close()

    def new_house(self, dsn: str, command: str = "run", **env: str) -> House:
        """A real process on this database; its data folder is its own."""
        return House(self.new_folder(), command=command, DATABASE_URL=dsn, **env)

    def new_folder(self) -> Path:
        """An empty folder any account may pass."""
        folder = Path(tempfile.mkdtemp(prefix="h-", dir=self.folder))
        folder.chmod(0o711)
        return folder

    async def _execute(self, statement: str) -> None:
        connection = await asyncpg.connect(self._dsn)
        try:
            await connection.execute(statement)
        finally:
            await connection.close()
