"""Reads of the API by a real server process, a person with 200 open groups of six legs.

100 clients, each with a session of its own, ask once a second at moments of their own (open loop:
100 reads a second): the list of positions (50 rows), the home figures and the offers in turn.
Then 20 clients who ask again as soon as they were answered. Latency from the intended moment.
Baseline: the bare handler under the same load.
"""

from __future__ import annotations

from collections.abc import Sequence

from foundation.clock import WallClock
from foundation.crypto import load_or_create_keys
from miniapp.server.session import Sessions
from tests.bench import wire
from tests.bench.bare import bare_server
from tests.bench.seed import account_with_groups, store_accounts
from tests.bench.table import Row, percentile
from tests.bench.world import World
from tests.support.house import House

_GROUPS = 200
_CLIENTS = 100
_SECONDS = 6
_EAGER = 20
_EAGER_READS = 1_000
#: Not served by the feed, so that nothing trades meanwhile; their prices lie in the table.
SYMBOLS = tuple(f"R{n}/USDT" for n in range(8))
_PRICED = """
insert into quotes (board, symbol, price, price_at, seen_at)
select 'paper', symbol, 100.5, now(), now() from unnest($1::text[]) as t (symbol)
"""


async def run(world: World) -> Sequence[Row]:
    async with world.database() as database:
        world.say("reads: making 200 groups")
        account = account_with_groups("reader", _GROUPS, SYMBOLS)
        user_id = await store_accounts(database, [account])
        await database.pool.execute(_PRICED, list(SYMBOLS))
        house = world.new_house(database.dsn)
        keys = load_or_create_keys(house.settings)
        sessions = Sessions(database, WallClock(), keys.jwt_private_key_pem)
        tokens = [(await sessions.grant(user_id)).token for _ in range(_CLIENTS)]
    world.say("reads: starting the house")
    async with house:
        await house.bot_at_work()
        status, page = await house.get("/api/v1/groups?limit=50", tokens[0])
        assert (status, len(page["items"])) == (200, 50), page
        world.say("reads: 100 clients")
        steady = await wire.open_loop(house.url, _asks(house, tokens), _CLIENTS)
        lists = await wire.open_loop(
            house.url, _asks(house, tokens, ("/api/v1/groups?limit=50",)), _CLIENTS
        )
        world.say("reads: 20 clients without a pause")
        asks = _asks(house, tokens)
        eager = await wire.closed_loop(house.url, asks * (_EAGER_READS // len(asks) + 1), _EAGER)
    async with bare_server() as (url, _):
        plain = [wire.request(url, b"{}")] * len(asks)
        floor = percentile((await wire.open_loop(url, plain, _CLIENTS)).ms, 0.95)
        rush = percentile((await wire.closed_loop(url, plain, _EAGER)).ms, 0.95)
    against = "bare handler"
    return [
        Row(
            "reads", "API reads, 100 clients, 200 groups: p95", percentile(steady.ms, 0.95), "ms",
            50, baseline=floor, baseline_is=against, note=steady.bad,
        ),
        Row(
            "reads", "position list of 50, 100 clients: p95", percentile(lists.ms, 0.95), "ms",
            20, baseline=floor, baseline_is=against, note=lists.bad,
        ),
        Row(
            "reads", "API reads, 20 clients without a pause: p95", percentile(eager.ms, 0.95),
            "ms", baseline=rush, baseline_is=against,
            note=f"{eager.good / eager.seconds:,.0f} reads a second {eager.bad}".strip(),
        ),
    ]  # fmt: skip


def _asks(
    house: House,
    tokens: Sequence[str],
    paths: Sequence[str] = (
        "/api/v1/groups?limit=50",
        "/api/v1/performance?account=reader",
        "/api/v1/offers",
    ),
) -> list[bytes]:
    return [
        wire.request(
            house.url + paths[number % len(paths)], method="GET", token=tokens[number % _CLIENTS]
        )
        for number in range(_CLIENTS * _SECONDS)
    ]
