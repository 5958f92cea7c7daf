"""The paper venue's books: its SQL, and how one execution is entered in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

import asyncpg
from asyncpg.pool import PoolConnectionProxy

from engine.domain.commands import PlaceOrder
from engine.domain.instrument import Instrument
from engine.domain.words import OrderSide, OrderType
from engine.venues.paper.match import Execution, Working

Link = asyncpg.Connection | PoolConnectionProxy

#: Orders and matches of an account take turns, so fill ids rise in the order of commits.
_TURN: Final = "select pg_advisory_xact_lock(hashtextextended($1, 7))"
_INSERT: Final = """
insert into paper_orders
    (account_id, client_id, symbol, side, order_type, quantity, price, reduce_only,
     trigger_price, time_in_force, filled, status, placed_at, updated_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, 'open', $11, $11)
returning *
"""
_ONE: Final = "select * from paper_orders where account_id = $1 and client_id = $2"
_OPEN: Final = "select * from paper_orders where status = 'open' order by id"
_OPEN_OF: Final = "select * from paper_orders where account_id = $1 and status = 'open' order by id"
_BALANCES: Final = "select asset, amount from paper_balances where account_id = $1 order by asset"
_ADVANCE: Final = """
update paper_orders
set filled = filled + $2, updated_at = $3,
    status = case when filled + $2 = quantity then 'filled' else 'open' end,
    order_type = case when order_type = 'stop' then 'market' else order_type end
where id = $1 and status = 'open'
returning *
"""
_CANCEL: Final = """
update paper_orders set status = 'cancelled', updated_at = $3
where account_id = $1 and client_id = $2 and status = 'open'
returning *
"""
_END: Final = """
with ended as (
    update paper_orders set status = 'cancelled', updated_at = $3
    where id = $1 and status = 'open' returning *
), told as (
    insert into paper_fills (account_id, order_id, quantity, price, fee_usd, at, ended)
    select account_id, id, 0, $2, 0, $3, true from ended
)
select * from ended
"""
_FILL: Final = """
insert into paper_fills (account_id, order_id, quantity, price, fee_usd, at)
values ($1, $2, $3, $4, $5, $6)
"""
_BALANCE: Final = """
insert into paper_balances (account_id, asset, amount) values ($1, $2, $3)
on conflict (account_id, asset) do update
set amount = paper_balances.amount + excluded.amount
"""
_HELD: Final = "select amount from paper_balances where account_id = $1 and asset = $2"
_FILLS: Final = """
select f.id, o.client_id, f.quantity, f.price, f.fee_usd, f.at, f.ended, o.filled
from paper_fills f join paper_orders o on o.id = f.order_id
where f.account_id = $1 and f.id > $2
order by f.id limit $3
"""


@dataclass(frozen=True, slots=True)
class Booked:
    """An order as it stands in the books."""

    id: int
    account_id: str
    client_id: str
    symbol: str
    working: Working
    status: str


async def take_turn(connection: Link, account_ids: Sequence[str]) -> None:
    """Wait until nobody else writes for these accounts; always in the same order."""
    for account_id in sorted(set(account_ids)):
        await connection.execute(_TURN, account_id)


async def insert(connection: Link, account_id: str, order: PlaceOrder, now: datetime) -> Booked:
    """Write a new order down; the database refuses a client id it knows already."""
    row = await connection.fetchrow(
        _INSERT,
        account_id,
        order.id,
        order.symbol,
        order.side.value,
        order.order_type.value,
        order.quantity,
        order.price,
        order.reduce_only,
        order.trigger_price,
        order.time_in_force.value,
        now,
    )
    return _booked(row)


async def one(connection: Link | asyncpg.Pool, account_id: str, client_id: str) -> Booked | None:
    """The order with that client id."""
    row = await connection.fetchrow(_ONE, account_id, client_id)
    return None if row is None else _booked(row)


async def open_orders(connection: Link | asyncpg.Pool) -> list[Booked]:
    """Every order that still works, of all accounts, oldest first."""
    return [_booked(row) for row in await connection.fetch(_OPEN)]


async def open_orders_of(connection: Link | asyncpg.Pool, account_id: str) -> list[Booked]:
    """Every order of one account that still works, oldest first."""
    return [_booked(row) for row in await connection.fetch(_OPEN_OF, account_id)]


async def balances(connection: Link | asyncpg.Pool, account_id: str) -> dict[str, Decimal]:
    """Everything an account holds, by asset; below zero where it is short of it."""
    rows = await connection.fetch(_BALANCES, account_id)
    return {row["asset"]: row["amount"] for row in rows}


async def cancel(connection: Link, account_id: str, client_id: str, now: datetime) -> Booked | None:
    """Take a working order off; None when it does not work (any more)."""
    row = await connection.fetchrow(_CANCEL, account_id, client_id, now)
    return None if row is None else _booked(row)


async def execute(
    connection: Link,
    order: Booked,
    done: Execution,
    instrument: Instrument,
    now: datetime,
) -> Booked:
    """Enter one execution: the order advances, the fill is told, the assets change hands."""
    row = await connection.fetchrow(_ADVANCE, order.id, done.quantity, now)
    await connection.execute(
        _FILL, order.account_id, order.id, done.quantity, done.price, done.fee_usd, now
    )
    bought = order.working.side is OrderSide.BUY
    base = done.quantity if bought else -done.quantity
    cost = -base * done.price - done.fee_usd
    await connection.execute(_BALANCE, order.account_id, instrument.base, base)
    await connection.execute(_BALANCE, order.account_id, instrument.quote, cost)
    return _booked(row)


async def end(connection: Link, order: Booked, price: Decimal, now: datetime) -> Booked:
    """Take the rest of an order off and tell so; it may not wait."""
    return _booked(await connection.fetchrow(_END, order.id, price, now))


async def held(connection: Link, account_id: str, asset: str) -> Decimal:
    """What an account holds of an asset; below zero when it is short of it."""
    amount: Decimal | None = await connection.fetchval(_HELD, account_id, asset)
    return amount or Decimal(0)


async def fills(
    connection: Link | asyncpg.Pool, account_id: str, after: int, limit: int
) -> list[Any]:
    """Rows of fills and ends after a fill id, in its order; ``filled`` is the order's count."""
    rows: list[Any] = await connection.fetch(_FILLS, account_id, after, limit)
    return rows


def _booked(row: Any) -> Booked:
    working = Working(
        OrderSide(row["side"]),
        OrderType(row["order_type"]),
        row["quantity"],
        row["filled"],
        row["price"],
        row["trigger_price"],
    )
    return Booked(
        row["id"], row["account_id"], row["client_id"], row["symbol"], working, row["status"]
    )
