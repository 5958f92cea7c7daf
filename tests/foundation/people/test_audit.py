"""The audit log: written with what was done, and kept by the database itself."""

from __future__ import annotations

import asyncpg
import pytest
from sqlalchemy import select

from foundation.db import Database
from foundation.people import Origin, People
from foundation.people.tables import audit_log, audit_origins
from tests.support.clock import FakeClock


@pytest.fixture
async def entry(database: Database, clock: FakeClock) -> str:
    people = People(database, clock)
    return await people.audit(
        "actor",
        "hook.rotated",
        "hook",
        "h1",
        before={"label": "a", "token": "very-secret-token"},
        after={"label": "b", "nested": [{"password": "hunter2hunter2"}]},
        origin=Origin("203.0.113.7", "curl/8"),
    )


async def test_an_entry_says_who_did_what_without_secrets(
    entry: str, database: Database, clock: FakeClock
) -> None:
    async with database.connect() as connection:
        row = (await connection.execute(select(audit_log).where(audit_log.c.id == entry))).one()
        origin = (await connection.execute(select(audit_origins))).one()
    assert (row.actor_id, row.action, row.object_type, row.object_id) == (
        "actor",
        "hook.rotated",
        "hook",
        "h1",
    )
    assert row.at == clock.now()
    assert row.before["label"] == "a"
    assert "very-secret-token" not in str(row.before)
    assert "hunter2" not in str(row.after)
    assert (origin.address, origin.user_agent) == ("203.0.113.7", "curl/8")


@pytest.mark.parametrize(
    "statement",
    [
        "update audit_log set action = 'forged'",
        "delete from audit_log",
        "truncate audit_log cascade",
        "set session_replication_role = replica; delete from audit_log",
        "insert into audit_log select * from audit_log on conflict (id) do update set action = 'x'",
    ],
)
async def test_the_database_refuses_to_change_history(
    entry: str, database: Database, statement: str
) -> None:
    connection = await asyncpg.connect(database.dsn)
    try:
        with pytest.raises(asyncpg.PostgresError, match="append-only"):
            await connection.execute(statement)
        assert await connection.fetchval("select action from audit_log where id = $1", entry)
    finally:
        await connection.close()


async def test_the_origin_can_be_erased_and_the_entry_stays(entry: str, database: Database) -> None:
    async with database.begin() as connection:
        await connection.execute(audit_origins.delete())
    async with database.connect() as connection:
        assert (await connection.execute(select(audit_log.c.id))).scalars().all() == [entry]


async def test_joining_and_consent_leave_a_trace(database: Database, clock: FakeClock) -> None:
    people = People(database, clock)
    user = await people.ensure(7, "Ada", None, None)
    await people.record_consent(user.id, "risk", "1", "chat")
    await people.record_consent(user.id, "risk", "1", "chat")
    async with database.connect() as connection:
        found = await connection.execute(select(audit_log.c.action).order_by(audit_log.c.action))
        assert found.scalars().all() == ["consent.given", "user.joined"]
