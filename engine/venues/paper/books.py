"""The paper venue's books: its SQL, and how executions are entered in them.

Every entry is one statement, however many orders, fills and assets it touches.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

import asyncpg
from asyncpg.pool import PoolConnectionProxy

from engine.domain.commands import PlaceOrder
from engine.domain.instrument import Instrument
from engine.domain.words import OrderSide, OrderType, TimeInForce
from engine.venues.paper.match import Execution, Working

Link = asyncpg.Connection | PoolConnectionProxy
_ZERO: Final = Decimal(0)

#: Orders and matches of an account take turns, so fill ids rise in the order of commits.
_TURNS: Final = """
select pg_advisory_xact_lock(hashtextextended(account_id, 7)) from unnest($1::text[]) as account_id
"""
#: Numbers come as text: arrays of it need no look at Postgres's types first. Whoever got its turn
#: too late writes nothing: the order may have been given up as lost meanwhile, and placed anew.
_PLACE: Final = """
with turn as materialized (
    select pg_advisory_xact_lock(hashtextextended($1, 7))
), placed as (
    insert into paper_orders
        (account_id, client_id, symbol, side, order_type, quantity, price, reduce_only,
         trigger_price, time_in_force, filled, status, placed_at, updated_at)
    select $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $13 from turn
    where extract(epoch from clock_timestamp() - statement_timestamp()) <= $19::float8
    on conflict (account_id, client_id) do nothing
    returning *
), told as (
    insert into paper_fills (account_id, order_id, quantity, price, fee_usd, at, ended)
    select account_id, id, u.quantity, u.price, u.fee_usd, placed_at, u.quantity = 0 from placed,
        unnest($14::text[]::numeric[], $15::text[]::numeric[], $16::text[]::numeric[])
        with ordinality as u (quantity, price, fee_usd, n)
    order by n
), moved as (
    insert into paper_balances (account_id, asset, amount)
    select account_id, asset, amount
    from placed, unnest($17::text[], $18::text[]::numeric[]) as u (asset, amount)
    on conflict (account_id, asset) do update
    set amount = paper_balances.amount + excluded.amount
)
select * from placed
"""
_ONE: Final = "select * from paper_orders where account_id = $1 and client_id = $2"
_WORKING: Final = """
select o.* from unnest($1::text[], $2::text[]) with ordinality as u (account_id, client_id, n)
join paper_orders o on o.account_id = u.account_id and o.client_id = u.client_id
where o.status = 'open' order by n
"""
_OPEN: Final = "select * from paper_orders where status = 'open' order by id"
_OPEN_OF: Final = "select * from paper_orders where account_id = $1 and status = 'open' order by id"
_BALANCES: Final = "select asset, amount from paper_balances where account_id = $1 order by asset"
_EXECUTE: Final = """
with done as (
    select * from unnest($1::text[]::bigint[], $2::text[]::numeric[], $3::text[]::numeric[],
        $4::text[]::numeric[], $5::text[], $6::text[]::numeric[], $7::text[],
        $8::text[]::numeric[]) with ordinality
        as u (order_id, quantity, price, fee_usd, base, bought, quote, paid, n)
), advanced as (
    update paper_orders o
    set filled = o.filled + u.quantity, updated_at = $9,
        status = case when o.filled + u.quantity = o.quantity then 'filled' else 'open' end,
        order_type = case when o.order_type = 'stop' then 'market' else o.order_type end
    from done u where o.id = u.order_id and o.status = 'open'
    returning o.*
), told as (
    insert into paper_fills (account_id, order_id, quantity, price, fee_usd, at)
    select a.account_id, u.order_id, u.quantity, u.price, u.fee_usd, $9
    from done u join advanced a on a.id = u.order_id order by u.n
), moved as (
    insert into paper_balances (account_id, asset, amount)
    select account_id, asset, sum(amount) from (
        select a.account_id, u.base, u.bought from done u join advanced a on a.id = u.order_id
        union all
        select a.account_id, u.quote, u.paid from done u join advanced a on a.id = u.order_id
    ) as changed (account_id, asset, amount)
    group by account_id, asset
    on conflict (account_id, asset) do update
    set amount = paper_balances.amount + excluded.amount
)
select * from advanced order by id
"""
_CANCEL: Final = """
update paper_orders set status = 'cancelled', updated_at = $3
where account_id = $1 and client_id = $2 and status = 'open'
returning *
"""
_HELD: Final = "select amount from paper_balances where account_id = $1 and asset = $2"
_FILLS: Final = """
select f.id, o.client_id, o.symbol, f.quantity, f.price, f.fee_usd, f.at, f.ended, o.filled
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


@dataclass(frozen=True, slots=True)
class Done:
    """An execution of an order that is in the books, and the rules of what it trades."""

    order: Booked
    execution: Execution
    instrument: Instrument


@dataclass(frozen=True, slots=True)
class Placing:
    """A new order with what it gets at once; whatever may not wait after that has ended.

    ``market_price`` is told with the end.
    """

    order: PlaceOrder
    done: Execution | None
    instrument: Instrument
    market_price: Decimal

    @property
    def filled(self) -> Decimal:
        return self.done.quantity if self.done is not None else _ZERO

    @property
    def ends(self) -> bool:
        ioc = self.order.time_in_force is TimeInForce.IOC
        return ioc and self.filled < self.order.quantity

    @property
    def status(self) -> str:
        if self.filled == self.order.quantity:
            return "filled"
        return "cancelled" if self.ends else "open"

    @property
    def order_type(self) -> OrderType:
        """A stop that executes is a market order from then on."""
        woken = self.done is not None and self.order.order_type is OrderType.STOP
        return OrderType.MARKET if woken else self.order.order_type

    @property
    def told(self) -> list[tuple[Decimal, Decimal, Decimal]]:
        """Quantity, price and fee of each report; the end of an order is one of nothing."""
        done, end = self.done, (_ZERO, self.market_price, _ZERO)
        fills = [(done.quantity, done.price, done.fee_usd)] if done is not None else []
        return [*fills, end] if self.ends else fills


async def take_turns(connection: Link, account_ids: Iterable[str]) -> None:
    """Wait until nobody else writes for these accounts; always in the same order."""
    await connection.execute(_TURNS, sorted(set(account_ids)))


async def place(
    link: Link, account_id: str, placing: Placing, now: datetime, within: float
) -> Booked | None:
    """Write a new order down with all it leads to.

    None when its client id is known already, or when its turn comes later than ``within`` seconds.
    """
    order, rules, assets = placing.order, placing.instrument, []
    if placing.done is not None:
        base, quote = _exchanged(order.side, placing.done)
        assets = [(rules.base, base), (rules.quote, quote)]
    row = await link.fetchrow(
        _PLACE,
        account_id,
        order.id,
        order.symbol,
        order.side.value,
        placing.order_type.value,
        order.quantity,
        order.price,
        order.reduce_only,
        order.trigger_price,
        order.time_in_force.value,
        placing.filled,
        placing.status,
        now,
        *_columns(placing.told, 3),
        *_columns(assets, 2),
        within,
    )
    return None if row is None else _booked(row)


async def one(connection: Link | asyncpg.Pool, account_id: str, client_id: str) -> Booked | None:
    """The order with that client id."""
    row = await connection.fetchrow(_ONE, account_id, client_id)
    return None if row is None else _booked(row)


async def working(connection: Link, named: Iterable[tuple[str, str]]) -> list[Booked]:
    """Those of the orders (account, client id) that still work, in the order they are named."""
    rows = await connection.fetch(_WORKING, *_columns(dict.fromkeys(named), 2))
    return [_booked(row) for row in rows]


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


async def execute(connection: Link, done: Sequence[Done], now: datetime) -> list[Booked]:
    """Enter executions of open orders: they advance, fills are told, assets change hands."""
    rows = []
    for one in done:
        fill = one.execution
        bought, paid = _exchanged(one.order.working.side, fill)
        rules = one.instrument
        rows.append(
            (one.order.id, fill.quantity, fill.price, fill.fee_usd,
             rules.base, bought, rules.quote, paid)
        )  # fmt: skip
    if not rows:
        return []
    return [_booked(row) for row in await connection.fetch(_EXECUTE, *_columns(rows, 8), now)]


async def held(connection: Link, account_id: str, asset: str) -> Decimal:
    """What an account holds of an asset; below zero when it is short of it."""
    amount: Decimal | None = await connection.fetchval(_HELD, account_id, asset)
    return amount or _ZERO


async def fills(
    connection: Link | asyncpg.Pool, account_id: str, after: int, limit: int
) -> list[Any]:
    """Rows of fills and ends after a fill id, in its order; ``filled`` is the order's count."""
    rows: list[Any] = await connection.fetch(_FILLS, account_id, after, limit)
    return rows


def _exchanged(side: OrderSide, fill: Execution) -> tuple[Decimal, Decimal]:
    """How much of base and quote an execution brings."""
    base = fill.quantity if side is OrderSide.BUY else -fill.quantity
    return base, -base * fill.price - fill.fee_usd


def _columns(rows: Iterable[Sequence[object]], width: int) -> list[list[str]]:
    """Rows as one array of texts per column."""
    columns = [[str(value) for value in column] for column in zip(*rows, strict=True)]
    return columns or [[] for _ in range(width)]


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
