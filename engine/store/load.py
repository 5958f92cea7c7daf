"""Loading accounts and groups: records straight to domain objects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from asyncpg import Record
from asyncpg.pool import PoolConnectionProxy

from engine.domain.account import Account, Queued
from engine.domain.group import Group, Pyramid
from engine.domain.leg import Leg
from engine.domain.orders import Order
from engine.domain.settings import AccountSettings
from engine.domain.words import MarketKind, TradingState
from engine.store import rows
from engine.store.codec import decode_ids
from engine.store.faults import connection, snapshot
from engine.store.intake import no_account
from engine.store.keeping import decode_kept
from engine.store.port import AccountRef, Loaded
from foundation.db import Database


def _columns(names: Sequence[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)


_ACCOUNT = "select * from accounts where id = $1"
_OF_ACCOUNT = "select id from position_groups where account_id = $1 and live order by ordinal"


def _parts(table: str, names: Sequence[str], order: str) -> str:
    """Rows of many groups, group by group: an index look-up each, whatever the statistics say.

    A plain ``= any(…)`` is read by a scan of the whole table while its statistics are young.
    """
    return (
        f"select {_columns(names)} from unnest($1::text[]) with ordinality as u(key, n) "  # noqa: S608
        f"cross join lateral (select * from {table} where group_id = u.key order by {order}) p "
        f"order by n, {order}"
    )


_GROUPS = f"""
select {_columns(rows.GROUP_COLUMNS)} from position_groups where id = any($1::text[])
order by ordinal
"""  # noqa: S608 - only our own column names
_PYRAMIDS = _parts("pyramids", rows.PYRAMID_COLUMNS, '"index"')
_LEGS = _parts("dca_orders", rows.LEG_COLUMNS, 'pyramid, "index"')
_ORDERS = _parts("orders", rows.ORDER_COLUMNS, "ordinal")
_QUEUE = f"""
select {_columns(rows.QUEUED_COLUMNS)} from queued_signals
where account_id = $1 and status = 'queued'
"""  # noqa: S608 - only our own column names


async def load(database: Database, account_id: str) -> Loaded:
    """See `Store.load`: everything as of one moment. Raises NotFound."""
    reader = rows.Reader()
    async with snapshot(database) as pooled:
        header = await pooled.fetchrow(_ACCOUNT, account_id)
        if header is None:
            raise no_account(account_id)
        ids = [record["id"] for record in await pooled.fetch(_OF_ACCOUNT, account_id)]
        groups = await _read_groups(pooled, reader, ids) if ids else {}
        order = decode_ids(header["queue_order"])
        waiting = await pooled.fetch(_QUEUE, account_id) if order else []
    queue = {queued.id: queued for queued in map(reader.queued, waiting)}
    account = _account(header, groups, tuple(queue[signal_id] for signal_id in order))
    return Loaded(account, bytes(header["digest"]))


async def load_group(database: Database, group_id: str) -> Group | None:
    """One group, open or long closed, as of one moment."""
    async with snapshot(database) as pooled:
        return (await _read_groups(pooled, rows.Reader(), [group_id])).get(group_id)


async def accounts(database: Database) -> list[AccountRef]:
    """See `Store.accounts`."""
    async with connection(database) as pooled:
        records = await pooled.fetch("select id, venue, seq from accounts order by id")
    return [AccountRef(*record) for record in records]


async def _read_groups(
    pooled: PoolConnectionProxy, reader: rows.Reader, ids: Sequence[str]
) -> dict[str, Group]:
    legs: dict[tuple[str, int], list[Leg]] = {}
    for record in await pooled.fetch(_LEGS, ids):
        group_id, index, leg = reader.leg(record)
        legs.setdefault((group_id, index), []).append(leg)
    pyramids: dict[str, list[Pyramid]] = {}
    for record in await pooled.fetch(_PYRAMIDS, ids):
        key = (record[0], record[1])
        pyramid = reader.pyramid(record, tuple(legs.get(key, ())))
        pyramids.setdefault(record[0], []).append(pyramid)
    orders: dict[str, dict[str, Order]] = {}
    for record in await pooled.fetch(_ORDERS, ids):
        order = reader.order(record)
        orders.setdefault(order.group_id, {})[order.id] = order
    groups = {}
    for record in await pooled.fetch(_GROUPS, ids):
        group_id = record[2]
        parts = tuple(pyramids.get(group_id, ()))
        groups[group_id] = reader.group(record, parts, orders.get(group_id, {}))
    return groups


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
        **decode_kept(header["kept"]),
    )
