"""``python -m tests.soak --kills 500``: kill -9 over and over, then hold the books together.

Real Postgres with fsync, the engine in a process of its own, an exchange over HTTP that loses
answers. Exits with 1 when an order or signal was lost or doubled.
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import random
import shutil
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from aiohttp import web
from rich.console import Console
from rich.progress import Progress

from engine.domain import events as ev
from engine.domain.words import TradingState
from engine.store.port import InboxEntry
from engine.store.registry import NewAccount, open_account
from foundation.db import Database, migrate
from foundation.log import get_logger
from foundation.nursery import Nursery
from foundation.postgres import EmbeddedPostgres
from tests.sim import script
from tests.soak import life
from tests.soak.books import OWNER, Books, add_person, compare, store_of, unfinished
from tests.soak.wire import CLOCK, Wire

ACCOUNTS = 6
SIGNAL_EVERY_S = 0.12
TICK_S = 0.1
LIVES_S = (0.05, 1.6)
SETTLE_S = 180


class Soak:
    """One soak: the world outside the process that is killed."""

    def __init__(self, dsn: str, kills: int, seed: int) -> None:
        self.dsn = dsn
        self.kills = kills
        self.rng = random.Random(seed)
        self.wire = Wire(self.rng)
        self.told: set[str] = set()
        self.resumed: list[float] = []
        self._url = ""
        self._context: Any = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(["tests.soak.life"])

    async def run(self, progress: Any) -> Books:
        """Live through all lives, heal, settle, compare."""
        database = await Database.open(self.dsn, pool_size=4)
        runner = web.AppRunner(self.wire.app, access_log=None)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        self._url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        await self._open_accounts(database)
        nursery = Nursery(get_logger("soak"))
        nursery.start("market", self._market)
        nursery.start("signals", lambda: self._signals(database))
        try:
            for n in range(self.kills):
                await self._one_life()
                progress(n + 1)
            self.wire.healed = True
            await self._settle(database)
        finally:
            await nursery.stop()
            await runner.cleanup()
        books = await compare(database, self.wire, self.told)
        await database.close()
        return books

    def _start(self) -> Any:
        process = self._context.Process(target=life.begin, args=(self.dsn, self._url), daemon=True)
        process.start()
        return process

    async def _one_life(self) -> None:
        """Start, let live for a moment once it trades again, kill -9."""
        began = time.monotonic()
        self.wire.landed.clear()
        process = await asyncio.to_thread(self._start)
        try:
            async with asyncio.timeout(10):
                await self.wire.landed.wait()
            self.resumed.append(time.monotonic() - began)
        except TimeoutError:
            pass
        await asyncio.sleep(self.rng.uniform(*LIVES_S))
        process.kill()
        await asyncio.to_thread(process.join)

    async def _settle(self, database: Database) -> None:
        process = await asyncio.to_thread(self._start)
        store = store_of(database)
        for n in range(ACCOUNTS):
            running = ev.StateCommanded(TradingState.RUNNING, "person")
            entries = [
                InboxEntry(f"a{n}", "cmd:heal", running),
                InboxEntry(f"a{n}", "cmd:end", ev.CloseAllCommanded("person")),
            ]
            await store.put(entries, CLOCK.now())
        until = time.monotonic() + SETTLE_S
        while time.monotonic() < until and await unfinished(database):  # noqa: ASYNC110 - polls
            await asyncio.sleep(0.5)
        process.kill()
        await asyncio.to_thread(process.join)

    async def _market(self) -> None:
        while True:
            self.wire.move()
            await asyncio.sleep(TICK_S)

    async def _signals(self, database: Database) -> None:
        """Alerts and people, as outside callers bring them: some of it twice."""
        store, number = store_of(database), 0
        while not self.wire.healed:
            await asyncio.sleep(self.rng.expovariate(1 / SIGNAL_EVERY_S))
            number += 1
            at = CLOCK.now()
            fact = script.signal(self.rng, number, self.wire.exchange.prices, at)
            account = f"a{self.rng.randrange(ACCOUNTS)}"
            entry = InboxEntry(account, f"signal:{fact.signal.id}:{account}", fact)
            for _ in range(self.rng.choice((1, 1, 2))):
                await store.put([entry], at)
            self.told.add(entry.key)

    async def _open_accounts(self, database: Database) -> None:
        await add_person(database)
        for n in range(ACCOUNTS):
            made = replace(script.account(self.rng, f"a{n}"), venue="soak")
            await open_account(database, NewAccount(made, OWNER, f"account {n}", CLOCK.now()))


def main() -> int:
    """Entry point; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("--kills", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="cs-soak-"))
    folder.chmod(0o711)
    server = EmbeddedPostgres(folder / "postgres")
    began = time.monotonic()
    try:
        dsn = server.start()
        migrate(dsn)
        soak = Soak(dsn, given.kills, given.seed)
        with Progress(console=Console(stderr=True)) as bar:
            task = bar.add_task("kills", total=given.kills)
            books = asyncio.run(soak.run(lambda n: bar.update(task, completed=n)))
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)
    return _report(soak, books, time.monotonic() - began)


def _report(soak: Soak, books: Books, seconds: float) -> int:
    again = sorted(soak.resumed)
    print(f"{soak.kills} kills in {seconds:.0f} s: {books.signals} signals, {books.orders} orders")
    print("outcomes: " + ", ".join(f"{n} {code}" for code, n in books.outcomes.items()))
    print(f"lost {len(books.lost)}, doubled {len(books.doubled)}, broken {len(books.broken)}")
    if again:
        print(
            f"an order was at the exchange again after {again[len(again) // 2]:.2f} s (median), "
            f"{again[int(len(again) * 0.99)]:.2f} s (99 of 100), in {len(again)} lives"
        )
    print("faults: " + ", ".join(f"{n} {name}" for name, n in soak.wire.faults.most_common()))
    for text in (*books.lost, *books.doubled, *books.broken)[:20]:
        print(f"  {text}")
    return 1 if books.lost or books.doubled or books.broken else 0


if __name__ == "__main__":
    sys.exit(main())
