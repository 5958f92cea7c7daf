"""What must be true when the dust has settled: exchange, outbox and inbox tell one story."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal

from engine.store.postgres import PostgresStore
from foundation.db import Database
from tests.soak.wire import Wire

OWNER = "soak"
_OWNER = """
insert into users (id, telegram_id, first_name, role, created_at)
values ($1, 1, 'Soak', 'user', now())
"""
_UNFINISHED = """
select (select count(*) from inbox where handled_at is null)
  + (select count(*) from outbox where status in ('new', 'claimed', 'sent'))
  + (select count(*) from position_groups
     where status in ('waiting', 'live', 'partially_filled', 'active', 'closing'))
"""
_ASIDE = "select key, outcome_text from inbox where outcome_code = 'set_aside'"
_COMMANDS = "select id, status, outcome from outbox where kind = 'place_order'"
_FILLED = "select id, filled_quantity from orders where filled_quantity > 0"
_OUTCOMES = (
    "select coalesce(outcome_code, 'none') as code, count(*) from inbox group by 1 order by 2 desc"
)
_DECIDED = "select key, count(*) from journal where key like 'signal:%' group by 1"


@dataclass
class Books:
    """``lost`` and ``doubled`` name what is missing or there twice; empty is right."""

    orders: int = 0
    signals: int = 0
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    outcomes: dict[str, int] = field(default_factory=dict)


async def add_person(database: Database) -> None:
    """The owner of all accounts."""
    async with database.pool.acquire() as connection:
        await connection.execute(_OWNER, OWNER)


async def unfinished(database: Database) -> int:
    """How many facts, commands and positions are still under way."""
    async with database.pool.acquire() as connection:
        return int(await connection.fetchval(_UNFINISHED))


async def compare(database: Database, wire: Wire, told: set[str]) -> Books:
    """Hold the exchange's orders and trades against our tables; ``told`` are the signals' keys."""
    exchange = wire.exchange
    async with database.pool.acquire() as connection:
        commands = {r["id"]: r for r in await connection.fetch(_COMMANDS)}
        booked = {r["id"]: r["filled_quantity"] for r in await connection.fetch(_FILLED)}
        outcomes = await connection.fetch(_OUTCOMES)
        decided = {r["key"]: r["count"] for r in await connection.fetch(_DECIDED)}
        aside = await connection.fetch(_ASIDE)
    books = Books(orders=len(exchange.orders), signals=len(told))
    books.outcomes = {row["code"]: row["count"] for row in outcomes}
    books.broken += [f"{row['key']}: {row['outcome_text']}" for row in aside]
    books.broken += exchange.faults
    at_exchange = Counter(placed.order.id for placed in exchange.orders)
    books.doubled += [f"order {name}" for name, n in at_exchange.items() if n > 1]
    books.doubled += [f"signal {key}" for key, n in decided.items() if n > 1]
    books.lost += [f"order {name}: no command" for name in at_exchange if name not in commands]
    books.lost += [f"signal {key}" for key in told if key not in decided]
    for name, row in commands.items():
        if row["outcome"] == "order_accepted" and name not in at_exchange:
            books.lost.append(f"order {name}: held for accepted, not at the exchange")
    traded: Counter[str] = Counter()
    for placed in exchange.orders:
        traded[placed.order.id] += placed.filled  # type: ignore[assignment]  # sums of Decimal
    for name, quantity in traded.items():
        if quantity != booked.get(name, Decimal(0)):
            books.lost.append(f"order {name}: traded {quantity}, booked {booked.get(name)}")
    return books


def store_of(database: Database) -> PostgresStore:
    """The store outside callers put their facts into."""
    return PostgresStore(database)
