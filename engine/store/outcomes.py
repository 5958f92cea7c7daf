"""What became of a fact: for whoever put it and waits to be told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from engine.domain.events import Fact
from engine.domain.notices import Outcome
from engine.domain.words import QueuedStatus
from engine.store.codec import decode_fact, decode_strings
from engine.store.faults import connection
from foundation.db import Database

_LOOK = """
select fact, outcome_status, outcome_code, outcome_text, object_id, outcome_data
from inbox where account_id = $1 and key = $2
"""


_DECIDED = """
select i.account_id, i.key, outcome_status, outcome_code, outcome_text, object_id, outcome_data
from inbox i join unnest($1::text[], $2::text[]) as wanted (account_id, key)
  on i.account_id = wanted.account_id and i.key = wanted.key
where i.handled_at is not null
"""
#: With the newest event that says why; it is among the last of the account, so found at once.
_LEFT_QUEUE = """
select q.account_id, q.id, q.status, told.reason, told.group_id, told.code
from queued_signals q join unnest($1::text[], $2::text[]) as wanted (account_id, id)
  on q.account_id = wanted.account_id and q.id = wanted.id
left join lateral (
    select reason, group_id, e.data->>'code' as code from events e
    where e.account_id = q.account_id and e.at >= q.left_at
      and e.kind in ('promoted', 'dequeued', 'replaced')
      and (e.data->>'signal_id' = q.id or e.data->>'replaced' = q.id)
    order by e.seq desc, e.id desc limit 1
) told on true
where q.status <> 'queued'
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
    return Handled(decode_fact(fact), _outcome(status, code, text, object_id, data))


async def decided(
    database: Database, wanted: Sequence[tuple[str, str]]
) -> Mapping[tuple[str, str], Outcome]:
    """Outcomes of those of the (account, key) facts that are decided. Raises Unavailable."""
    accounts, keys = [account for account, _ in wanted], [key for _, key in wanted]
    async with connection(database) as pooled:
        records = await pooled.fetch(_DECIDED, accounts, keys)
    return {(account, key): _outcome(*rest) for account, key, *rest in records}


async def left_queue(
    database: Database, wanted: Sequence[tuple[str, str]]
) -> Mapping[tuple[str, str], Outcome]:
    """How those of the (account, signal) that no longer wait left the queue. Raises Unavailable."""
    accounts, signals = [account for account, _ in wanted], [signal for _, signal in wanted]
    async with connection(database) as pooled:
        records = await pooled.fetch(_LEFT_QUEUE, accounts, signals)
    return {(account, signal): _left(*rest) for account, signal, *rest in records}


def _left(status: str, reason: str | None, group_id: str | None, code: str | None) -> Outcome:
    if status == QueuedStatus.PROMOTED:
        return Outcome("done", "opened", "A slot came free and it opened.", group_id)
    if status == QueuedStatus.REPLACED:
        return Outcome("done", "superseded", "A newer signal took its place in the queue.")
    text = reason or "It was taken out of the queue."
    if code == "queue_full":
        return Outcome("refused", code, text)
    return Outcome("done", "drifted" if code == "drifted" else "dequeued", text)


def _outcome(status: str, code: str, text: str, object_id: str | None, data: str | None) -> Outcome:
    return Outcome(
        status="done" if status == "done" else "refused",
        code=code,
        text=text,
        object_id=object_id,
        data=decode_strings(data),
    )
