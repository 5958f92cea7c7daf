"""Writing turns: what was decided for many accounts, by one statement, each whole or not.

One statement is one round trip and its own transaction; an account whose fence does not hold
loses all its rows inside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from engine.store import bulk, rows, tables
from engine.store.bulk import Part
from engine.store.closed import EQUITY_COLUMNS, FILL_COLUMNS, PRICED_COLUMNS, TRADE_COLUMNS
from engine.store.faults import connection
from engine.store.port import AccountCommit
from engine.store.written import Written
from foundation.db import Database
from foundation.errors import ContractBroken, InvalidInput

_FENCE: Final = Part(
    "fence",
    (
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
    ),
    """
with locked as (
  select id from accounts where id = any($1::text::text[]) order by id for no key update
)
update accounts a set
  seq = u.seq, state = u.state, halt_reason = u.halt_reason,
  digest = coalesce(u.digest, a.digest), last_at = u.last_at, next_due = u.next_due,
  settings = coalesce(u.settings, a.settings), settings_version = u.settings_version,
  queue_order = coalesce(u.queue_order, a.queue_order), kept = coalesce(u.kept, a.kept)
from {rows}, locked
where a.id = locked.id and u.id = a.id and a.seq = u.expected
returning a.id
""",  # locked in id order, so two writers never deadlock
)
_ONE: Final = (("account_id", "text"), ("id", "text"))
_STANDING: Final = (("rank", "integer"), ("loss_percent", "numeric"))
_FORGOTTEN: Final = "update position_groups g set live = false from {rows} and g.id = u.id"
_LEFT_QUEUE: Final = """
update queued_signals q set status = u.status, left_at = u.left_at,
  rank = coalesce(u.rank, q.rank), loss_percent = coalesce(u.loss_percent, q.loss_percent)
from {rows} and q.account_id = u.account_id and q.id = u.id
returning q.id
"""
_RERANKED: Final = """
update queued_signals q set rank = u.rank, loss_percent = u.loss_percent
from {rows} and q.account_id = u.account_id and q.id = u.id
"""
_HANDLED: Final = """
update inbox i set handled_at = u.handled_at, seq = u.seq, outcome_status = u.status,
  outcome_code = u.code, outcome_text = u.text, object_id = u.object_id, outcome_data = u.data
from {rows} and i.id = u.id and i.account_id = u.account_id and i.handled_at is null
"""
_RESULTS: Final = """
insert into daily_results as d (account_id, day, realized_pnl_usd, fees_usd)
select account_id, day, realized_pnl_usd, fees_usd from {rows}
on conflict (account_id, day) do update set
  realized_pnl_usd = d.realized_pnl_usd + excluded.realized_pnl_usd,
  fees_usd = d.fees_usd + excluded.fees_usd
"""
_FILLED: Final = """
insert into fills (
  account_id, order_id, trade_id, quantity, price, at, fee, fee_asset, fee_rate, fee_usd
)
select account_id, order_id, trade_id, quantity, price, at, fee, fee_asset, fee_rate, fee_usd
from {rows} order by n
on conflict do nothing
"""
_PRICED: Final = """
update fills f set fee_rate = u.fee_rate, fee_usd = u.fee_usd
from {rows} and f.order_id = u.order_id and f.trade_id = u.trade_id and f.account_id = u.account_id
"""
_EQUITY: Final = """
insert into equity_points (
  account_id, at, equity_usd, realized_usd, unrealized_usd, open_groups
)
select account_id, at, equity_usd, realized_usd, equity_usd - settled_usd, open_groups
from {rows} order by n
on conflict do nothing
"""
#: Named like the fields of `Written`.
_PARTS: Final = (
    bulk.upsert("groups", tables.position_groups, rows.GROUP_COLUMNS, keep=("account_id",)),
    bulk.upsert("pyramids_of", tables.pyramids, rows.PYRAMID_COLUMNS),
    bulk.upsert("legs", tables.dca_orders, rows.LEG_COLUMNS),
    bulk.upsert("orders_of", tables.orders, rows.ORDER_COLUMNS, keep=("group_id",)),
    Part("forgotten", _ONE, _FORGOTTEN),
    Part(
        "left_queue",
        (*_ONE, ("left_at", "timestamptz"), ("status", "text"), *_STANDING),
        _LEFT_QUEUE,
    ),
    Part("reranked", (*_ONE, *_STANDING), _RERANKED),
    # a place in the queue is left before it is taken
    bulk.upsert("queued", tables.queued_signals, rows.QUEUED_COLUMNS, after="left_queue"),
    bulk.insert(
        "journaled",
        tables.journal,
        "account_id seq key at event core_version digest correlation_id written_at",
    ),
    bulk.insert(
        "commands",
        tables.outbox,
        "account_id id venue kind order_id priority command status created_at valid_until "
        "correlation_id",
    ),
    bulk.insert(
        "told",
        tables.events,
        "account_id seq at kind reason group_id symbol severity data correlation_id",
    ),
    Part(
        "handled",
        (
            ("account_id", "text"),
            ("id", "bigint"),
            ("seq", "bigint"),
            ("status", "text"),
            ("code", "text"),
            ("text", "text"),
            ("object_id", "text"),
            ("data", "jsonb"),
            ("handled_at", "timestamptz"),
        ),
        _HANDLED,
    ),
    Part(
        "results",
        (
            ("account_id", "text"),
            ("day", "date"),
            ("realized_pnl_usd", "numeric"),
            ("fees_usd", "numeric"),
        ),
        _RESULTS,
    ),
    bulk.upsert("trades", tables.trades, TRADE_COLUMNS, keep=("account_id",)),
    Part("filled", FILL_COLUMNS, _FILLED),
    Part("priced", PRICED_COLUMNS, _PRICED),
    Part("equity", EQUITY_COLUMNS, _EQUITY),
    bulk.insert(
        "risk_actions_of",
        tables.risk_actions,
        "account_id seq at kind action loser symbol winners figures notes",
    ),
)


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
    if not commits:
        return frozenset()
    written = Written()
    for one in commits:
        written.add(one, now)
    brought = [(part, made) for part in _PARTS if (made := getattr(written, part.name))]
    sql = bulk.statement(_FENCE, tuple(part for part, _ in brought))
    arguments = bulk.arguments(_FENCE, written.fences)
    for part, made in brought:
        arguments += bulk.arguments(part, made)
    async with connection(database) as pooled:
        return frozenset(record["id"] for record in await pooled.fetch(sql, *arguments))
