"""What became of a fact: for whoever put it and waits to be told."""

from __future__ import annotations

from dataclasses import dataclass

from engine.domain.events import Fact
from engine.domain.notices import Outcome
from engine.store.codec import decode_fact, decode_strings
from engine.store.faults import connection
from foundation.db import Database

_LOOK = """
select fact, outcome_status, outcome_code, outcome_text, object_id, outcome_data
from inbox where account_id = $1 and key = $2
"""


@dataclass(frozen=True, slots=True)
class Handled:
    """A fact as it was put, and its outcome once it is decided."""

    fact: Fact
    outcome: Outcome | None


async def look(database: Database, account_id: str, key: str) -> Handled | None:
    """The fact under this key, None when nobody put one. Raises Unavailable."""
    async with connection(database) as pooled:
        record = await pooled.fetchrow(_LOOK, account_id, key)
    if record is None:
        return None
    fact, status, code, text, object_id, data = record
    if status is None:
        return Handled(decode_fact(fact), None)
    outcome = Outcome(
        status="done" if status == "done" else "refused",
        code=code,
        text=text,
        object_id=object_id,
        data=decode_strings(data),
    )
    return Handled(decode_fact(fact), outcome)
