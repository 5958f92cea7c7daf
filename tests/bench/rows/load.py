"""A restart with 10,000 groups of six legs: everything loaded, watched and compared.

1,000 accounts of ten active groups lie in Postgres. Timed is what the engine does before its
last account may decide: rules, the list of accounts, every account loaded into the worker's memory
with its watches armed in the index, and compared with the paper venue: reports read to their end,
orders that should work looked for.
Baseline: the bare rows of the same tables fetched by asyncpg, with no object made.
"""

from __future__ import annotations

import time
from collections.abc import Sequence

from engine.runtime.brakes import make_brakes
from engine.runtime.deciding import Decider
from engine.runtime.reconcile import Reconcile
from engine.runtime.rules import Rules
from engine.runtime.watching import Watching
from engine.runtime.worker import Worker
from foundation.bus import Bus
from foundation.db import Database
from foundation.log import get_logger
from foundation.nursery import Nursery
from tests.bench.market import ports_on
from tests.bench.seed import account_with_groups, store_accounts
from tests.bench.table import Row
from tests.bench.world import World

_log = get_logger("tests.bench")
_ACCOUNTS = 1_000
_GROUPS_EACH = 10
SYMBOLS = tuple(f"L{n}/USDT" for n in range(_GROUPS_EACH))
_TABLES = ("accounts", "position_groups", "pyramids", "dca_orders", "orders")
_AT_VENUE = """
insert into paper_orders (account_id, client_id, symbol, side, order_type, quantity, price,
  reduce_only, filled, status, placed_at, updated_at)
select g.account_id, o.id, g.symbol, o.side, o.order_type, o.quantity, o.price, false,
  o.filled_quantity, 'open', o.created_at, o.created_at
from orders o join position_groups g on g.id = o.group_id
where o.status in ('open', 'partially_filled')
"""


async def run(world: World) -> Sequence[Row]:
    async with world.database() as database:
        world.say("load: making 10,000 groups")
        accounts = [
            account_with_groups(f"account-{n}", _GROUPS_EACH, SYMBOLS) for n in range(_ACCOUNTS)
        ]
        await store_accounts(database, accounts)
        await database.pool.execute(_AT_VENUE)
        await database.pool.execute("analyze")
        world.say("load: starting the engine on them")
        ports, market = ports_on(database, Bus(database), SYMBOLS)
        began = time.perf_counter()
        rules, watching, nursery = (
            Rules(ports),
            Watching(ports, lambda _: market.index),
            Nursery(_log),
        )
        reconcile = Reconcile(ports, nursery, rules, make_brakes(ports))
        watchers = (watching, reconcile)
        worker = Worker(ports, Decider(ports.prices, rules), watchers, reconcile.gate)
        await rules.turn()
        await worker.refresh()
        while await worker.turn():
            pass
        loaded = time.perf_counter() - began
        while reconcile.gate.held:
            if not await reconcile.turn():
                await reconcile.rest(1.0)
        whole = time.perf_counter() - began
        await nursery.stop()
        assert len(market.index) == _ACCOUNTS * _GROUPS_EACH
        raw = await _rows(database)
    return [
        Row(
            "load", "restart with 10,000 groups of 6 legs", whole, "s", 2,
            baseline=raw, baseline_is="the rows alone",
            note=f"{loaded:.2f} s until loaded and watched, the rest compares with the venue",
        )
    ]  # fmt: skip


async def _rows(database: Database) -> float:
    began = time.perf_counter()
    for table in _TABLES:
        await database.pool.fetch(f"select * from {table}")
    return time.perf_counter() - began
