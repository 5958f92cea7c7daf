"""Account steps committed: one signal that opens a ladder of five, decided and written durably.

The real worker on the real store: 2,000 facts wait in the inboxes of 1,000 accounts, and its
turns load, decide and commit them, up to 200 accounts in a transaction. Each step writes group,
pyramid, legs, orders, commands, journal, event and inbox outcome. Baseline: the same decisions,
each committed alone.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import datetime

from engine.domain.account import Account
from engine.domain.events import SignalReceived
from engine.runtime.deciding import Decider
from engine.runtime.rules import Rules
from engine.runtime.worker import Worker
from engine.store.port import InboxEntry
from foundation.bus import Bus
from tests.bench.market import ports_on
from tests.bench.seed import settings, signal, store_accounts
from tests.bench.table import Row
from tests.bench.world import World

_ACCOUNTS = 1_000
_SINGLY = 200
SYMBOLS = ("A/USDT", "B/USDT", "C/USDT")


async def run(world: World) -> Sequence[Row]:
    async with world.database() as database:
        world.say("steps: opening accounts")
        accounts = [Account(f"account-{n}", "paper", settings(5, 10)) for n in range(_ACCOUNTS)]
        await store_accounts(database, accounts)
        ports, _ = ports_on(database, Bus(database), SYMBOLS)
        rules = Rules(ports)
        await rules.turn()
        decider = Decider(ports.prices, rules)
        worker = Worker(ports, decider, ())
        await worker.refresh()
        while await worker.turn():
            pass
        names = [account.id for account in accounts]
        await ports.store.put(_signals(names, SYMBOLS[:2], ports.clock.now()), ports.clock.now())
        world.say("steps: deciding 2,000 signals")
        began = time.perf_counter()
        while await worker.turn():
            pass
        whole = time.perf_counter() - began
        written = await database.pool.fetchval("select count(*) from dca_orders")
        assert written == _ACCOUNTS * 2 * 5, f"{written} legs"

        world.say("steps: one at a time")
        singly = names[:_SINGLY]
        await ports.store.put(_signals(singly, SYMBOLS[2:], ports.clock.now()), ports.clock.now())
        rows = await ports.store.pending(singly, 1)
        loaded = {name: await ports.store.load(name) for name in singly}
        began = time.perf_counter()
        for name in singly:
            now = ports.clock.now()
            decision = decider.decide(loaded[name], rows[name], now)
            assert decision.commit is not None
            await ports.store.commit([decision.commit], now)
        alone = time.perf_counter() - began
    return [
        Row(
            "steps", "account steps committed (one signal, five legs)", _ACCOUNTS * 2 / whole,
            "/s", 3_000, "high", baseline=_SINGLY / alone, baseline_is="one account a commit",
        )
    ]  # fmt: skip


def _signals(names: Sequence[str], symbols: Sequence[str], now: datetime) -> list[InboxEntry]:
    entries = []
    for number, name in enumerate(names):
        for symbol in symbols:
            fact = SignalReceived(signal(number, symbol, at=now), "policy")
            entries.append(InboxEntry(name, f"signal:{symbol}:{name}", fact))
    return entries
