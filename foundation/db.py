"""The database: one metadata for all tables, SQLAlchemy for comfort, asyncpg for the hot path."""

from __future__ import annotations

import asyncio
import importlib.util
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import asyncpg
from sqlalchemy import MetaData
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from foundation import limits
from foundation.errors import ContractBroken, SchemaMismatch, SettingsError, Unavailable

if TYPE_CHECKING:
    from alembic.config import Config

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)
"""Every package's `tables.py` hangs its tables here; names are the same on every machine."""

_one_at_a_time = threading.Lock()  # Alembic keeps its context in a global
_SESSION = {"timezone": "UTC", "application_name": "countersign"}


def plain_dsn(dsn: str) -> str:
    """The address as asyncpg reads it: `postgresql://…`, whichever spelling was given.

    Raises SettingsError when it is not a Postgres address.
    """
    scheme, separator, rest = dsn.partition("://")
    if not separator or scheme not in ("postgresql", "postgres", "postgresql+asyncpg"):
        raise SettingsError(
            "DATABASE_URL must start with postgresql:// or postgresql+asyncpg://",
            field="DATABASE_URL",
        )
    return f"postgresql://{rest}"


async def connect(dsn: str, **settings: str) -> asyncpg.Connection:
    """One plain asyncpg connection, in UTC; raises Unavailable when nobody answers.

    `settings` are session settings of the server, e.g. `lock_timeout="4s"`.
    """
    try:
        return await asyncpg.connect(
            plain_dsn(dsn),
            timeout=limits.DATABASE_CONNECT_TIMEOUT_S,
            server_settings={**_SESSION, **settings},
        )
    except (OSError, TimeoutError, asyncpg.PostgresConnectionError) as error:
        raise Unavailable(f"the database does not answer: {error}") from error


async def _keep_session(_connection: asyncpg.Connection) -> None:
    """Instead of RESET ALL: our hot path changes no session state, so nothing needs undoing."""


async def _numbers_as_text(connection: asyncpg.Connection) -> None:
    """Numbers travel as text: half the work of asyncpg's own way, and as exact."""
    await connection.set_type_codec(
        "numeric", schema="pg_catalog", encoder=str, decoder=Decimal, format="text"
    )


class Database:
    """Two ways into one database.

    `engine`, `begin()`, `connect()`: SQLAlchemy Core, everywhere but on the hot path.
    `pool`: plain asyncpg, handed back without RESET (saves a round trip per use), therefore
    users of it must not change session settings. An open transaction is rolled back.
    """

    def __init__(self, dsn: str, engine: AsyncEngine, pool: asyncpg.Pool) -> None:
        self.dsn = dsn
        self.engine = engine
        self.pool = pool

    @classmethod
    async def open(cls, dsn: str, *, pool_size: int = 20, max_overflow: int = 10) -> Database:
        """Connect; each of the two pools holds at most `pool_size` (+ overflow) connections.

        Raises Unavailable when the server does not answer, SettingsError for a wrong address.
        """
        address = plain_dsn(dsn)

        async def dial() -> asyncpg.Connection:
            return await connect(address)

        engine = create_async_engine(
            "postgresql+asyncpg://",
            async_creator=dial,
            pool_size=pool_size,
            max_overflow=max_overflow,
            pool_timeout=limits.DATABASE_POOL_TIMEOUT_S,
            pool_pre_ping=True,
        )
        try:
            pool = await asyncpg.create_pool(
                address,
                min_size=min(limits.HOT_POOL_MIN, pool_size),
                max_size=pool_size,
                timeout=limits.DATABASE_CONNECT_TIMEOUT_S,
                server_settings=_SESSION,
                reset=_keep_session,
                init=_numbers_as_text,
                max_cacheable_statement_size=0,  # no bound: the longest ones are the busiest
            )
        except (OSError, TimeoutError, asyncpg.PostgresConnectionError) as error:
            await engine.dispose()
            raise Unavailable(f"the database does not answer: {error}") from error
        return cls(address, engine, pool)

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[AsyncConnection]:
        """A connection in a transaction: committed at the end, rolled back on an error."""
        async with self.engine.begin() as connection:
            yield connection

    @asynccontextmanager
    async def connect(self) -> AsyncIterator[AsyncConnection]:
        """A connection for reading; whatever was not committed is rolled back."""
        async with self.engine.connect() as connection:
            yield connection

    async def close(self) -> None:
        """Give all connections back; those still in use are cut after a short wait."""
        try:
            async with asyncio.timeout(limits.DATABASE_POOL_TIMEOUT_S):
                await self.pool.close()
        except TimeoutError:
            self.pool.terminate()
        await self.engine.dispose()


def _alembic(dsn: str) -> Config:
    """Alembic's configuration in code, so that the installed wheel needs no alembic.ini."""
    from alembic.config import Config

    spec = importlib.util.find_spec("migrations")
    if spec is None or spec.origin is None:
        raise ContractBroken("the migrations package is not installed")
    config = Config()
    config.set_main_option("script_location", str(Path(spec.origin).parent).replace("%", "%%"))
    config.attributes["dsn"] = plain_dsn(dsn)
    return config


def head_revision() -> str:
    """The revision this program was written for."""
    from alembic.script import ScriptDirectory

    head = ScriptDirectory.from_config(_alembic("postgresql://")).get_current_head()
    if head is None:
        raise ContractBroken("there are no migrations")
    return head


def migrate(dsn: str, revision: str = "head") -> None:
    """Bring the tables up to `revision`; several processes may call it at once.

    Synchronous and with an event loop of its own: from async code use
    `await asyncio.to_thread(migrate, dsn)`. Raises SchemaMismatch when the database is newer
    than this program, Unavailable when it does not answer.
    """
    from alembic import command

    with _one_at_a_time:
        command.upgrade(_alembic(dsn), revision)


def downgrade(dsn: str, revision: str) -> None:
    """Take the tables back to `revision` (`base` empties the database); see `migrate`."""
    from alembic import command

    with _one_at_a_time:
        command.downgrade(_alembic(dsn), revision)


async def check_schema(database: Database) -> None:
    """Raise SchemaMismatch unless the tables are exactly of this program's revision."""
    async with database.pool.acquire() as connection:
        if await connection.fetchval("select to_regclass('alembic_version')") is None:
            found = None
        else:
            found = await connection.fetchval("select version_num from alembic_version")
    refuse_other(found)


def refuse_other(found: str | None) -> None:
    """Raise SchemaMismatch when `found` is not the revision this program was written for."""
    head = head_revision()
    if found == head:
        return
    if found is None or found in known_revisions():
        raise SchemaMismatch(
            f"the database is at revision {found or 'none'}, this program needs {head}: "
            "run `countersign migrate`",
            found=found,
            needed=head,
        )
    raise newer_schema(found)


def known_revisions() -> frozenset[str]:
    """All revisions this program carries."""
    from alembic.script import ScriptDirectory

    scripts = ScriptDirectory.from_config(_alembic("postgresql://"))
    return frozenset(script.revision for script in scripts.walk_revisions())


def newer_schema(found: str) -> SchemaMismatch:
    """The refusal for a database written by a later version of the program."""
    return SchemaMismatch(
        f"the database is at revision {found}, which this program does not know: a newer version "
        "has used it. Start that version again, or restore the backup made before its upgrade",
        found=found,
        needed=head_revision(),
    )
