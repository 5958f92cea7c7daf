"""A world: one seed decides everything in it, and nothing outside it decides anything."""

from __future__ import annotations

import asyncio
import random
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from hashlib import blake2b

from engine.domain import events as ev
from engine.domain.account import Account
from engine.domain.words import TradingState
from engine.market.ticks import Tick
from engine.store.memory import MemoryStore
from engine.store.port import InboxEntry
from engine.venues.paper.match import Terms
from tests.sim import script, weather
from tests.sim.check import Check
from tests.sim.exchange import Exchange
from tests.sim.faults import Faults
from tests.sim.loop import SimLoop, Stuck
from tests.sim.mutants import NONE, Mutant
from tests.sim.process import Process
from tests.sim.tempo import BUSY, Tempo

START = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
SETTLE_S = 400
TICK_S = BUSY.tick_s


class World:
    """Randomness, clock, store, exchange and the engines alive in it."""

    def __init__(self, seed: int, mutant: Mutant = NONE, tempo: Tempo = BUSY) -> None:
        self.seed = seed
        self.mutant = mutant
        self.tempo = tempo
        self.rng = random.Random(seed)
        self.start = START
        self.loop = SimLoop(self.rng)
        self.faults = Faults(self.rng)
        self.healed = False
        self.store: MemoryStore = mutant.store()
        shorts = self.rng.random() < 0.3
        fill_fraction = self.rng.choice((None, None, Decimal("0.4")))
        self.exchange = Exchange(
            rng=self.rng,
            instruments=script.instruments(shorts),
            terms=Terms(fill_fraction=fill_fraction),
            fee_in_base=not shorts and self.rng.random() < 0.6,
            report_delay=self.rng.choice((0.0, 0.0, 1.0, 4.0)),
            now=self.truth,
            monotonic=self.loop.time,
            prices=dict(script.START_PRICES),
        )
        self.rules = self.exchange.instruments
        self.accounts = [script.account(self.rng, f"a{n}") for n in range(self.rng.choice((1, 2)))]
        self.check = Check(self)
        self.processes: list[Process] = []
        self._alerts = 0
        self._booting = 0
        for account in self.accounts:
            self.store.open_account(account)

    def truth(self) -> datetime:
        """The true time; the exchange has it, the engines nearly."""
        return START + timedelta(microseconds=round(self.loop.now * 1_000_000))

    def run(self) -> str:
        """Live through it; the digest of all that happened. Look at ``check.violations``."""
        previous = _loop_or_none()
        asyncio.set_event_loop(self.loop)
        try:
            with self.tempo.applied(), self.mutant.applied():
                try:
                    self.loop.run_until_complete(self._live())
                except Stuck as stuck:
                    self.check.violations.append(str(stuck))
                self.check.at_the_end()
        finally:
            for process in self.processes:
                self.loop.dead[process.name] = None
            self.loop.bury()
            asyncio.set_event_loop(previous)
        return self.digest()

    def digest(self) -> str:
        seal = blake2b(digest_size=16)
        for account in self.accounts:
            for decided in self.store.journal[account.id]:
                seal.update(decided.digest)
        seal.update(repr(self.exchange.reports).encode())
        seal.update(str((self.loop.steps, sorted(self.faults.counts.items()))).encode())
        return seal.hexdigest()

    def boot(self) -> None:
        """Start an engine, whether or not another is alive."""
        name = f"engine{len(self.processes) + 1}"
        self.processes.append(Process(self, name, self.rng.uniform(-0.3, 0.3)))

    def reboot(self) -> None:
        """Somebody restarts what died, after a while."""
        if not self._booting:
            self._booting += 1
            self.loop.outside(self.rng.uniform(0.1, 4), self._rebooted)

    def _rebooted(self) -> None:
        self._booting -= 1
        if not any(process.alive for process in self.processes):
            self.boot()

    async def _live(self) -> None:
        self.boot()
        tasks = [
            self.loop.spawn("world", act())
            for act in (self._market, self._signals, self._people, self._operators)
        ]
        for _ in range(60):
            await asyncio.sleep(0 if self.check.violations else self.tempo.busy_s / 60)
        self.healed = True
        self.faults.heal()
        weather.calm(self)
        for task in tasks[1:]:
            task.cancel()
        if not self.check.violations:
            await self._settle(tasks[0])
        tasks[0].cancel()

    async def _settle(self, market: asyncio.Task[None]) -> None:
        """Close everything and wait until nothing is left to do, also of the last tick."""
        if not any(process.alive for process in self.processes):
            self.reboot()
        for account in self.accounts:
            running = ev.StateCommanded(TradingState.RUNNING, "person")
            let_go = ev.InstallationCommanded(TradingState.RUNNING, "admin")
            await self._tell(InboxEntry(account.id, "cmd:heal", running))
            await self._tell(InboxEntry(account.id, "installation:heal", let_go))
            await self._tell(InboxEntry(account.id, "cmd:end", ev.CloseAllCommanded("person")))
        deadline = self.loop.now + SETTLE_S
        while self.loop.now < deadline and not self.check.violations:
            if self.check.at_rest():
                if market.done():
                    return
                market.cancel()
            await asyncio.sleep(1)

    async def _market(self) -> None:
        gap_until = -1.0
        while True:
            if self.faults.hit("stream_gap"):
                gap_until = self.loop.now + self.rng.uniform(1, 8)
            for symbol in script.SYMBOLS:
                price = script.next_price(self.rng, symbol, self.exchange.prices[symbol])
                self.exchange.trade(symbol, price)
                if self.loop.now < gap_until:
                    continue
                for process in self.processes:
                    if process.alive:
                        process.feed.put_nowait(Tick(symbol, price, self.truth()))
            self._end_one()
            weather.turn(self)
            self.check.exchange()
            await asyncio.sleep(self.tempo.tick_s)

    def _end_one(self) -> None:
        working = [placed for placed in self.exchange.orders if placed.working]
        if working and self.faults.hit("venue_ends_order"):
            self.exchange.end(self.rng.choice(working))
        if working and self.faults.hit("cancelled_by_hand"):
            self.exchange.cancel(self.rng.choice(working))  # and nobody is told
        if self.faults.hit("placed_by_hand"):
            account = self.rng.choice(self.accounts)
            self.exchange.by_hand(account.id, self.rng.choice(script.SYMBOLS))

    async def _signals(self) -> None:
        while True:
            await asyncio.sleep(self.rng.expovariate(1 / self.tempo.alert_every_s))
            self._alerts += 1
            fact = script.signal(self.rng, self._alerts, self.exchange.prices, self.truth())
            for account in self.accounts:
                key = f"signal:{fact.signal.id}:{account.id}"
                entry = InboxEntry(account.id, key, fact)
                await self._tell(entry)
                if self.faults.hit("alert_twice"):
                    await self._tell(entry)

    async def _people(self) -> None:
        number = 0
        while True:
            await asyncio.sleep(self.rng.expovariate(1 / self.tempo.person_every_s))
            number += 1
            account = self.account(self.rng.choice(self.accounts).id)
            fact = script.person(self.rng, account, self.truth())
            await self._tell(InboxEntry(account.id, f"cmd:{number}", fact))

    async def _operators(self) -> None:
        """Now and then a second engine is started, or one is killed at leisure."""
        while True:
            await asyncio.sleep(self.rng.expovariate(1 / self.tempo.operator_every_s))
            if self.rng.random() < 0.5:
                self.faults.note("twin")
                self.boot()
            else:
                self.rng.choice(self.processes).kill()

    async def _tell(self, entry: InboxEntry) -> None:
        """Put a fact as an outside caller would: again until it is acknowledged."""
        while True:
            await self.store.put([entry], self.truth())
            if not self.faults.hit("commit_ack_lost"):
                return

    def account(self, account_id: str) -> Account:
        """As last committed."""
        return self.store.stored(account_id)


def _loop_or_none() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_event_loop_policy().get_event_loop()
    except RuntimeError:
        return None
