"""Loading accounts and groups: records straight to domain objects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from asyncpg import Record
from asyncpg.pool import PoolConnectionProxy

from engine.decide.recalling import FUNDING_SLACK, LateMoney
from engine.domain.account import Account, Queued
from engine.domain.events import FeeConverted
from engine.domain.group import Group, Pyramid
from engine.domain.leg import Leg
from engine.domain.orders import Order
from engine.domain.settings import AccountSettings
from engine.domain.words import WATCHED, WORKING, MarketKind, TradingState
from engine.store import rows
from engine.store.codec import decode_ids
from engine.store.columns import one_of
from engine.store.faults import connection, snapshot
from engine.store.intake import no_account
from engine.store.keeping import decode_kept
from engine.store.port import AccountRef, Loaded
from engine.store.reading import Seen
from foundation import limits
from foundation.db import Database

_ACCOUNTS = "select * from accounts where id = any($1::text[])"
_LIVE = """
select account_id, id, updated_at from position_groups where account_id = any($1::text[]) and live
order by ordinal
"""


def _parts(table: str, columns: str, order: str) -> str:
    """Rows of many groups, group by group: an index look-up each, whatever the statistics say.

    A plain ``= any(…)`` is read by a scan of the whole table while its statistics are young.
    """
    return (
        f"select {columns} from unnest($1::text[]) with ordinality as u(key, n) "  # noqa: S608 - only our own column names
        f"cross join lateral (select * from {table} where group_id = u.key order by {order}) p "
        f"order by n, {order}"
    )


_GROUPS = f"select {rows.GROUPS.select} from position_groups where id = any($1::text[])"  # noqa: S608 - only our own column names
_PYRAMIDS = _parts("pyramids", rows.PYRAMIDS.select, '"index"')
_LEGS = _parts("dca_orders", rows.LEGS.select, 'pyramid, "index"')
_ORDERS = _parts("orders", rows.ORDERS.select, "ordinal")
_QUEUE = f"""
select account_id, {rows.QUEUED_SELECT} from queued_signals
where account_id = any($1::text[]) and status = 'queued'
"""  # noqa: S608 - only our own column names


_LET_GO_WITH_ORDER = """
select g.id from orders o join position_groups g on g.id = o.group_id
where o.id = $2 and g.account_id = $1 and not g.live
"""
_LET_GO_THERE = """
select id from position_groups
where account_id = $1 and status = 'closed' and not live and symbol = $2
  and created_at <= $3 and closed_at >= $4
order by ordinal
"""
_LEAVING = f"""
select id from accounts a
where a.settings #>> '{{orders,cancel_entries_on_stop}}' = 'true' and exists (
  select 1 from position_groups g join dca_orders l on l.group_id = g.id
  where g.account_id = a.id and g.live and {one_of("g.status", sorted(WATCHED))}
    and {one_of("l.status", sorted(WORKING))})
order by id
"""  # noqa: S608 - only our own words


async def leaving(database: Database) -> list[str]:
    """See `Store.leaving`."""
    async with connection(database) as pooled:
        return [record["id"] for record in await pooled.fetch(_LEAVING)]


async def load(database: Database, account_id: str) -> Loaded:
    """See `Store.load`. Raises NotFound."""
    found = await load_many(database, [account_id])
    if account_id not in found:
        raise no_account(account_id)
    return found[account_id]


async def load_many(database: Database, account_ids: Sequence[str]) -> dict[str, Loaded]:
    """See `Store.load_many`: everything as of one moment."""
    async with snapshot(database) as pooled:
        return await read_many(pooled, account_ids)


async def load_again(database: Database, known: Account) -> Account:
    """The account as it is stored now; what has not changed since is taken from ``known``.

    Every change of an account counts its seq up and stamps the groups it changes, so neither has to
    be looked for. Raises NotFound.
    """
    async with snapshot(database) as pooled:
        seq = await pooled.fetchval("select seq from accounts where id = $1", known.id)
        if seq == known.seq:
            return known
        found = await read_many(pooled, [known.id], known)
    if known.id not in found:
        raise no_account(known.id)
    return found[known.id].account


async def read_many(
    pooled: PoolConnectionProxy, account_ids: Sequence[str], known: Account | None = None
) -> dict[str, Loaded]:
    """The accounts as the caller's transaction sees them; it should see one moment."""
    seen = Seen()
    headers = await pooled.fetch(_ACCOUNTS, account_ids)
    live = await pooled.fetch(_LIVE, account_ids)
    owners = {group_id: account_id for account_id, group_id, _ in live}
    groups = {} if known is None else _unchanged(known, live)
    groups |= await _read_groups(pooled, seen, [one for one in owners if one not in groups])
    queues = await _read_queues(pooled, seen, headers)
    owned: dict[str, dict[str, Group]] = {}
    for group_id, account_id in owners.items():
        group = groups[group_id]
        owned.setdefault(account_id, {})[group.id] = group
    return {
        header["id"]: Loaded(
            _account(header, owned.get(header["id"], {}), queues.get(header["id"], ())),
            bytes(header["digest"]),
        )
        for header in headers
    }


def _unchanged(known: Account, live: Sequence[Record]) -> dict[str, Group]:
    """Groups that were last changed before the account was; of the same moment, nobody can tell."""
    at = known.last_at
    return {
        group_id: known.groups[group_id]
        for _, group_id, updated_at in live
        if group_id in known.groups and at is not None and updated_at < at
    }


async def load_group(database: Database, group_id: str) -> Group | None:
    """One group, open or long closed, as of one moment."""
    async with snapshot(database) as pooled:
        return (await _read_groups(pooled, Seen(), [group_id])).get(group_id)


async def recall(database: Database, account_id: str, fact: LateMoney) -> tuple[Group, ...]:
    """See `Store.recall`."""
    async with snapshot(database) as pooled:
        if isinstance(fact, FeeConverted):
            found = await pooled.fetch(_LET_GO_WITH_ORDER, account_id, fact.order_id)
        else:
            paid, slack = fact.paid_at, FUNDING_SLACK
            if paid is None:
                return ()
            moments = (paid + slack, paid - slack)
            found = await pooled.fetch(_LET_GO_THERE, account_id, fact.symbol, *moments)
        ids = [record["id"] for record in found]
        groups = await _read_groups(pooled, Seen(), ids)
    return tuple(groups[group_id] for group_id in ids)


async def accounts(database: Database) -> list[AccountRef]:
    """See `Store.accounts`."""
    async with connection(database) as pooled:
        records = await pooled.fetch("select id, venue, seq from accounts order by id")
    return [AccountRef(*record) for record in records]


async def _read_queues(
    pooled: PoolConnectionProxy, seen: Seen, headers: Sequence[Record]
) -> dict[str, tuple[Queued, ...]]:
    """The waiting signals of those accounts that have any, in order."""
    orders = {header["id"]: decode_ids(header["queue_order"]) for header in headers}
    waiting = {account_id: order for account_id, order in orders.items() if order}
    if not waiting:
        return {}
    found: dict[str, dict[str, Queued]] = {}
    records = await pooled.fetch(_QUEUE, list(waiting))
    read = rows.read_queued([record[1:] for record in records], seen)
    for (account_id, *_), queued in zip(records, read, strict=True):
        found.setdefault(account_id, {})[queued.id] = queued
    return {
        account_id: tuple(found[account_id][signal_id] for signal_id in order)
        for account_id, order in waiting.items()
    }


async def _read_groups(
    pooled: PoolConnectionProxy, seen: Seen, ids: Sequence[str]
) -> dict[str, Group]:
    """Some at a time, so that whoever shares the loop gets its turn."""
    groups: dict[str, Group] = {}
    for begin in range(0, len(ids), limits.LOAD_GROUPS_PER_READ):
        some = ids[begin : begin + limits.LOAD_GROUPS_PER_READ]
        groups |= await _read_some(pooled, seen, some)
    return groups


async def _read_some(
    pooled: PoolConnectionProxy, seen: Seen, ids: Sequence[str]
) -> dict[str, Group]:
    legs: dict[tuple[str, int], list[Leg]] = {}
    records = await pooled.fetch(_LEGS, ids)
    for record, leg in zip(records, rows.LEGS.read(records, seen), strict=True):
        legs.setdefault((record["group_id"], record["pyramid"]), []).append(leg)
    pyramids: dict[str, list[Pyramid]] = {}
    records = await pooled.fetch(_PYRAMIDS, ids)
    ladders = [tuple(legs.get((one["group_id"], one["index"]), ())) for one in records]
    read = rows.PYRAMIDS.read(records, seen, legs=ladders)
    for record, pyramid in zip(records, read, strict=True):
        pyramids.setdefault(record["group_id"], []).append(pyramid)
    orders: dict[str, dict[str, Order]] = {}
    for order in rows.ORDERS.read(await pooled.fetch(_ORDERS, ids), seen):
        orders.setdefault(order.group_id, {})[order.id] = order
    records = await pooled.fetch(_GROUPS, ids)
    parts = [tuple(pyramids.get(one["id"], ())) for one in records]
    sent = [orders.get(one["id"], {}) for one in records]
    groups = rows.GROUPS.read(records, seen, pyramids=parts, orders=sent)
    return {group.id: group for group in groups}


def _account(header: Record, groups: Mapping[str, Group], queue: tuple[Queued, ...]) -> Account:
    return Account(
        id=header["id"],
        venue=header["venue"],
        settings=AccountSettings.model_validate_json(header["settings"]),
        settings_version=header["settings_version"],
        state=TradingState(header["state"]),
        halt_reason=header["halt_reason"],
        seq=header["seq"],
        last_at=header["last_at"],
        groups=groups,
        queue=queue,
        market=MarketKind(header["market"]),
        test_net=header["test_net"],
        **decode_kept(header["kept"]),
    )
