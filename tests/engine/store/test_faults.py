"""What a database may say, and what it means to us (spec performance, faults)."""

from __future__ import annotations

import asyncpg
import pytest

from engine.store.faults import database_faults
from foundation.errors import ContractBroken, CountersignError, InvalidInput, Unavailable


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        (asyncpg.DiskFullError("no space left on device"), Unavailable),
        (asyncpg.ReadOnlySQLTransactionError("read-only"), Unavailable),
        (asyncpg.DeadlockDetectedError("deadlock"), Unavailable),
        (TimeoutError(), Unavailable),
        (ConnectionResetError(), Unavailable),
        (asyncpg.CheckViolationError("no"), ContractBroken),
        (asyncpg.UniqueViolationError("again"), ContractBroken),
        (asyncpg.CharacterNotInRepertoireError("nul"), InvalidInput),
    ],
)
def test_a_full_disk_is_a_database_that_is_away_and_a_refused_row_is_our_own(
    said: Exception, meant: type[CountersignError]
) -> None:
    with pytest.raises(meant), database_faults():
        raise said
