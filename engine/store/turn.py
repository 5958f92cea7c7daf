"""Writing turns: what was decided for many accounts, in one transaction, each whole or not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Final

from asyncpg.pool import PoolConnectionProxy

from engine.domain.commands import Command, PlaceOrder
from engine.domain.group import Group
from engine.domain.leg import ZERO
from engine.domain.notices import NoticeKind
from engine.store import bulk, codec, rows, tables
from engine.store.bulk import Row
from engine.store.changes import Changes, between
from engine.store.faults import transaction
from engine.store.keeping import encode_kept
from engine.store.port import AccountCommit, Decided
from engine.store.projections import severity
from foundation.db import Database
from foundation.errors import ContractBroken, InvalidInput

CORE_VERSION: Final = "2"
"""Stands in every journal row; goes up when the same events may lead to other decisions."""

_ACCOUNT = (
    ("id", "text"),
    ("expected", "bigint"),
    ("seq", "bigint"),
    ("state", "text"),
    ("halt_reason", "text"),
    ("digest", "bytea"),
    ("last_at", "timestamptz"),
    ("next_due", "timestamptz"),
    ("settings", "jsonb"),
    ("settings_version", "integer"),
    ("queue_order", "jsonb"),
    ("kept", "jsonb"),
)
_VALUES = ", ".join(f"${n}::{kind}[]" for n, (_, kind) in enumerate(_ACCOUNT, start=1))
_FENCE = f"""
with locked as (
  select id from accounts where id = any($1::text[]) order by id for no key update
)
update accounts a set
  seq = u.seq, state = u.state, halt_reason = u.halt_reason,
  digest = coalesce(u.digest, a.digest), last_at = u.last_at, next_due = u.next_due,
  settings = coalesce(u.settings, a.settings), settings_version = u.settings_version,
  queue_order = coalesce(u.queue_order, a.queue_order), kept = coalesce(u.kept, a.kept)
from unnest({_VALUES}) as u({", ".join(name for name, _ in _ACCOUNT)}), locked
where a.id = locked.id and u.id = a.id and a.seq = u.expected
returning a.id
"""  # noqa: S608 - only our own column names; locked in id order, so two writers never deadlock

_GROUPS = bulk.upsert(tables.position_groups, rows.GROUP_COLUMNS, keep=("account_id",))
_PYRAMIDS = bulk.upsert(tables.pyramids, rows.PYRAMID_COLUMNS)
_LEGS = bulk.upsert(tables.dca_orders, rows.LEG_COLUMNS)
_ORDERS = bulk.upsert(tables.orders, rows.ORDER_COLUMNS, keep=("group_id",))
_QUEUED = bulk.upsert(tables.queued_signals, rows.QUEUED_COLUMNS)
_JOURNAL = bulk.insert(
    tables.journal,
    "account_id seq key at event core_version digest correlation_id written_at",
)
_OUTBOX = bulk.insert(
    tables.outbox,
    "id account_id venue kind order_id priority command status created_at valid_until "
    "correlation_id",
)
_EVENTS = bulk.insert(
    tables.events,
    "account_id seq at kind reason group_id symbol severity data correlation_id",
)
_FORGOTTEN = "update position_groups set live = false where id = any($1::text[])"
_LEFT_QUEUE = """
update queued_signals q set status = u.status, left_at = $4
from unnest($1::text[], $2::text[], $3::text[]) as u(account_id, id, status)
where q.account_id = u.account_id and q.id = u.id
"""
_HANDLED = """
update inbox i set handled_at = $9, seq = u.seq, outcome_status = u.status,
  outcome_code = u.code, outcome_text = u.text, object_id = u.object_id, outcome_data = u.data
from unnest($1::bigint[], $2::text[], $3::bigint[], $4::text[], $5::text[], $6::text[],
            $7::text[], $8::jsonb[]) as u(id, account_id, seq, status, code, text, object_id, data)
where i.id = u.id and i.account_id = u.account_id and i.handled_at is null
"""
_RESULTS = """
insert into daily_results as d (account_id, day, realized_pnl_usd, fees_usd)
select * from unnest($1::text[], $2::date[], $3::numeric[], $4::numeric[])
on conflict (account_id, day) do update set
  realized_pnl_usd = d.realized_pnl_usd + excluded.realized_pnl_usd,
  fees_usd = d.fees_usd + excluded.fees_usd
"""


async def commit(
    database: Database, commits: Sequence[AccountCommit], now: datetime
) -> frozenset[str]:
    """Write the turns; returns the accounts whose fence held.

    When the database refuses a row, every account is written on its own, so that one broken
    account never stops another.

    Raises:
        ContractBroken: the rows of the accounts in ``data["accounts"]`` were refused, the
            others are written.
        Unavailable: the database is away or the fate of the commit is unclear.
    """
    for one in commits:
        _gapless(one)
    try:
        return await _together(database, commits, now)
    except (ContractBroken, InvalidInput) as error:
        if len(commits) == 1:
            raise _refused([commits[0].before.id], error.text) from error
    written: set[str] = set()
    refused: dict[str, str] = {}
    for one in commits:
        try:
            written |= await _together(database, [one], now)
        except (ContractBroken, InvalidInput) as error:
            refused[one.before.id] = error.text
    if refused:
        raise _refused(list(refused), "; ".join(refused.values()))
    return frozenset(written)


def _refused(accounts: list[str], text: str) -> ContractBroken:
    return ContractBroken(text, code="rows_refused", accounts=accounts)


def _gapless(commit: AccountCommit) -> None:
    seqs = [decided.seq for decided in commit.decided]
    if seqs != [*range(commit.before.seq + 1, commit.after.seq + 1)]:
        text = f"the seqs of a turn of {commit.before.id} have a gap"
        raise _refused([commit.before.id], text)


async def _together(
    database: Database, commits: Sequence[AccountCommit], now: datetime
) -> frozenset[str]:
    changes = {one.before.id: between(one.before, one.after) for one in commits}
    fences = [_fence_row(one, changes[one.before.id]) for one in commits]
    async with transaction(database) as connection:
        held = await connection.fetch(_FENCE, *bulk.arrays(fences)) if fences else []
        won = frozenset(record["id"] for record in held)
        winners = [one for one in commits if one.before.id in won]
        await _write_groups(connection, winners, changes)
        await _write_queue(connection, winners, changes)
        await _write_traffic(connection, winners, now)
        await _write_results(connection, winners, changes, now)
    return won


def _fence_row(commit: AccountCommit, changes: Changes) -> Row:
    after = commit.after
    queue = codec.encode_ids([queued.id for queued in after.queue])
    return (
        after.id,
        commit.before.seq,
        after.seq,
        after.state,
        after.halt_reason,
        commit.decided[-1].digest if commit.decided else None,
        after.last_at,
        commit.next_due,
        after.settings.model_dump_json() if changes.settings else None,
        after.settings_version,
        queue if changes.order_of_queue else None,
        encode_kept(after) if changes.kept else None,
    )


async def _write_groups(
    connection: PoolConnectionProxy,
    commits: Sequence[AccountCommit],
    changes: Mapping[str, Changes],
) -> None:
    groups: list[Row] = []
    pyramids: list[Row] = []
    legs: list[Row] = []
    orders: list[Row] = []
    forgotten: list[str] = []
    for one in commits:
        forgotten += changes[one.before.id].forgotten
        for change in changes[one.before.id].groups:
            key = change.group.id
            groups.append(rows.group_row(one.before.id, change.group))
            pyramids += [rows.pyramid_row(key, pyramid) for pyramid in change.pyramids]
            legs += [rows.leg_row(key, pyramid, leg) for pyramid, leg in change.legs]
            orders += [rows.order_row(order) for order in change.orders]
    await _GROUPS.run(connection, groups)
    await _PYRAMIDS.run(connection, pyramids)
    await _LEGS.run(connection, legs)
    await _ORDERS.run(connection, orders)
    if forgotten:
        await connection.execute(_FORGOTTEN, forgotten)


async def _write_queue(
    connection: PoolConnectionProxy,
    commits: Sequence[AccountCommit],
    changes: Mapping[str, Changes],
) -> None:
    for one in commits:
        left = changes[one.before.id].left_queue
        if left:
            ways = _ways_out(one.decided)
            statuses = [ways.get(signal_id, "cancelled") for signal_id in left]
            owner = [one.before.id] * len(left)
            await connection.execute(_LEFT_QUEUE, owner, list(left), statuses, one.after.last_at)
    queued = [
        rows.queued_row(one.before.id, queued)
        for one in commits
        for queued in changes[one.before.id].queued
    ]
    await _QUEUED.run(connection, queued)


def _ways_out(decided: Sequence[Decided]) -> dict[str, str]:
    """How signals left the queue, as the notices tell it: signal id -> status."""
    ways: dict[str, str] = {}
    for notice in (notice for one in decided for notice in one.notices):
        signal_id = notice.data.get("signal_id", "")
        if notice.kind is NoticeKind.PROMOTED:
            ways[signal_id] = "promoted"
        elif notice.kind is NoticeKind.DEQUEUED:
            ways[signal_id] = notice.data.get("status", "cancelled")
        elif notice.kind is NoticeKind.REPLACED:
            ways[notice.data.get("replaced", "")] = "replaced"
    return ways


async def _write_traffic(
    connection: PoolConnectionProxy, commits: Sequence[AccountCommit], now: datetime
) -> None:
    decided = [(one, event) for one in commits for event in one.decided]
    await _JOURNAL.run(connection, [_journal_row(one, event, now) for one, event in decided])
    await _OUTBOX.run(connection, [row for one, e in decided for row in _outbox_rows(one, e, now)])
    await _EVENTS.run(connection, [row for one, e in decided for row in _event_rows(one, e)])
    handled = [_handled_row(one, event) for one, event in decided if event.row_id is not None]
    if handled:
        await connection.execute(_HANDLED, *bulk.arrays(handled), now)


def _journal_row(commit: AccountCommit, decided: Decided, now: datetime) -> Row:
    event = decided.event
    return (
        commit.before.id,
        decided.seq,
        event.key,
        event.at,
        codec.encode_event(event),
        CORE_VERSION,
        decided.digest,
        decided.correlation_id,
        now,
    )


def _outbox_rows(commit: AccountCommit, decided: Decided, now: datetime) -> Iterator[Row]:
    for command in decided.commands:
        order = command if isinstance(command, PlaceOrder) else None
        yield (
            command.id,
            commit.before.id,
            commit.before.venue,
            command.kind,
            _order_of(command),
            order.priority if order else 0,
            codec.encode_command(command).decode(),
            "new",
            now,
            order.valid_until if order else None,
            decided.correlation_id,
        )


def _order_of(command: Command) -> str:
    return command.id if isinstance(command, PlaceOrder) else command.order_id


def _event_rows(commit: AccountCommit, decided: Decided) -> Iterator[Row]:
    for notice in decided.notices:
        yield (
            commit.before.id,
            decided.seq,
            decided.event.at,
            notice.kind,
            notice.reason,
            notice.group_id,
            notice.symbol,
            severity(notice),
            codec.encode_strings(notice.data),
            decided.correlation_id,
        )


def _handled_row(commit: AccountCommit, decided: Decided) -> Row:
    outcome = decided.outcome
    return (
        decided.row_id,
        commit.before.id,
        decided.seq,
        outcome.status,
        outcome.code,
        outcome.text,
        outcome.object_id,
        codec.encode_strings(outcome.data),
    )


async def _write_results(
    connection: PoolConnectionProxy,
    commits: Sequence[AccountCommit],
    changes: Mapping[str, Changes],
    now: datetime,
) -> None:
    results = [
        (one.before.id, _day(one, now), *result)
        for one in commits
        if any(result := _realized(one.before.groups, changes[one.before.id]))
    ]
    if results:
        await connection.execute(_RESULTS, *bulk.arrays(results))


def _day(commit: AccountCommit, now: datetime) -> date:
    return (commit.after.last_at or now).astimezone(UTC).date()


def _realized(before: Mapping[str, Group], changes: Changes) -> tuple[Decimal, Decimal]:
    """What the turn realised and paid in fees, over all groups it touched."""
    realized = fees = ZERO
    for group in (change.group for change in changes.groups):
        known = before.get(group.id)
        realized += group.realized_pnl_usd - (known.realized_pnl_usd if known else ZERO)
        fees += group.fees_usd - (known.fees_usd if known else ZERO)
    return realized, fees
