"""A restart with 10,000 groups of six legs: everything loaded, watched and asked after.

1,000 accounts of ten active groups lie in Postgres. Timed is what the engine does before its
first decision: rules, the list of accounts, every account loaded into the worker's memory with
its watches armed in the index, and one reading of fills from the paper venue for every account.
Baseline: the bare rows of the same tables fetched by asyncpg, with no object made.
"""

from __future__ import annotations

import time
from collections.abc import Sequence

from engine.runtime.deciding import Decider
from engine.runtime.fills import Fills
from engine.runtime.rules import Rules
from engine.runtime.watching import Watching
from engine.runtime.worker import Worker
from foundation.bus import Bus
from foundation.db import Database
from tests.bench.market import ports_on
from tests.bench.seed import account_with_groups, store_accounts
from tests.bench.table import Row
from tests.bench.world import World

_ACCOUNTS = 1_000
_GROUPS_EACH = 10
SYMBOLS = tuple(f"L{n}/USDT" for n in range(_GROUPS_EACH))
_TABLES = ("accounts", "position_groups", "pyramids", "dca_orders", "orders")


async def run(world: World) -> Sequence[Row]:
    async with world.database() as database:
        world.say("load: making 10,000 groups")
        accounts = [
            account_with_groups(f"account-{n}", _GROUPS_EACH, SYMBOLS) for n in range(_ACCOUNTS)
        ]
        await store_accounts(database, accounts)
        await database.pool.execute("analyze")
        world.say("load: starting the engine on them")
        ports, market = ports_on(database, Bus(database), SYMBOLS)
        began = time.perf_counter()
        rules, watching, fills = Rules(ports), Watching(ports, market.index), Fills(ports)
        worker = Worker(ports, Decider(ports.prices, rules), (watching, fills))
        await rules.turn()
        await worker.refresh()
        while await worker.turn():
            pass
        loaded = time.perf_counter() - began
        await fills.turn()
        whole = time.perf_counter() - began
        assert len(market.index) == _ACCOUNTS * _GROUPS_EACH
        raw = await _rows(database)
    return [
        Row(
            "load", "restart with 10,000 groups of 6 legs", whole, "s", 2,
            baseline=raw, baseline_is="the rows alone",
            note=f"{loaded:.2f} s until loaded and watched, the rest reads fills",
        )
    ]  # fmt: skip


async def _rows(database: Database) -> float:
    began = time.perf_counter()
    for table in _TABLES:
        await database.pool.fetch(f"select * from {table}")
    return time.perf_counter() - began
