"""One engine as an operating system process: its ports, its clock's error, its death."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from engine.domain.instrument import Quote
from engine.market.index import ThresholdIndex
from engine.market.ticks import Tick
from engine.runtime.engine import Engine
from engine.runtime.lock import NoLock
from engine.runtime.ports import Ports
from foundation.errors import Unavailable
from tests.sim.venue import SimVenue

if TYPE_CHECKING:
    from tests.sim.world import World

READS = frozenset(
    {"ready", "load", "recall", "pending", "next_due", "outbox_status", "unresolved", "accounts",
     "cursor", "depths"}
)  # fmt: skip


class Process:
    """A started engine. It shares the world's store and exchange with any other one alive."""

    def __init__(self, world: World, name: str, skew: float) -> None:
        self.world = world
        self.name = name
        self.skew = timedelta(seconds=skew)
        self.feed: asyncio.Queue[Tick] = asyncio.Queue()
        self.prices = SimPrices(world)
        self.bus = SimBus(self)
        self.index = ThresholdIndex()
        venue = world.mutant.venue(SimVenue(world, self), self)
        ports = Ports(
            store=SimStore(self),  # type: ignore[arg-type]  # forwards every method of the port
            venues={"sim": venue},
            clock=SimClock(self),
            bus=self.bus,
            prices=self.prices,
        )
        self.engine = Engine(ports, NoLock(), lambda _: self.index)
        world.loop.spawn(name, self._main())

    @property
    def alive(self) -> bool:
        return self.name not in self.world.loop.dead

    def kill(self) -> None:
        """Kill -9: nothing of it runs any more, not even its clean-up."""
        if self.alive:
            self.world.loop.dead[self.name] = None
            self.world.faults.note("killed")
            self.world.reboot()

    async def port(self, _what: str) -> None:
        """A moment in which others may run, and in which this process may die."""
        world = self.world
        if world.faults.hit("crash"):
            self.kill()
        luck = world.rng.random()
        await asyncio.sleep(0 if luck < 0.7 else luck * 0.004)

    async def _main(self) -> None:
        await self.engine.start()
        while True:
            tick = await self.feed.get()
            self.prices.last[tick.symbol] = Quote(tick.price, tick.at)
            crossed = self.index.cross(tick.symbol, tick.price)
            if crossed:
                await self.engine.watching.heard(tick, crossed)


class SimStore:
    """The shared store through a connection that fails, also after the work was done."""

    def __init__(self, process: Process) -> None:
        self._process = process

    def __getattr__(self, name: str) -> Callable[..., Any]:
        async def call(*args: Any, **named: Any) -> Any:
            return await self._call(name, args, named)

        return call

    async def _call(self, name: str, args: tuple[Any, ...], named: Mapping[str, Any]) -> Any:
        process, world = self._process, self._process.world
        faults = world.faults
        await process.port(name)
        if faults.hit("database_away"):
            raise Unavailable("the database does not answer")
        if faults.hit("slow_database"):
            await asyncio.sleep(world.rng.uniform(0.1, 3))
        act = world.mutant.store_call(name, process) or getattr(world.store, name)
        result = await act(*args, **named)
        if name == "commit":
            world.check.committed(args[0])
        elif name == "answered" and result:
            world.check.answered(args[1])
        await process.port(name)
        if name not in READS and faults.hit("commit_ack_lost"):
            raise Unavailable("the connection was lost after the commit was sent")
        if name == "claim" and result and faults.hit("pause_after_claim"):
            await asyncio.sleep(world.rng.choice((0.5, 4, 12)))
        return result


class SimClock:
    """The world's time, a little wrong in each process."""

    def __init__(self, process: Process) -> None:
        self._process = process

    def now(self) -> datetime:
        return self._process.world.truth() + self._process.skew

    def monotonic(self) -> float:
        return self._process.world.loop.now

    async def sleep(self, seconds: float) -> None:
        await self._process.port("sleep")
        await asyncio.sleep(seconds)


class SimBus:
    """Wake-ups here and a little later in the others; some get lost, so that polling is tested."""

    def __init__(self, process: Process) -> None:
        self._process = process
        self._faults = process.world.faults
        self._loop = process.world.loop
        self._wakes: dict[str, int] = {}
        self._waiters: dict[str, list[asyncio.Future[None]]] = {}

    def wake(self, topic: str) -> None:
        world = self._process.world
        for other in world.processes:
            if other is not self._process and other.alive:
                self._loop.outside(world.rng.uniform(0, 0.004), other.bus.hear, topic)
        self.hear(topic)

    def hear(self, topic: str) -> None:
        """Wake whoever waits in this process."""
        if self._faults.hit("wake_lost"):
            return
        self._wakes[topic] = self.mark(topic) + 1
        for waiter in self._waiters.pop(topic, []):
            if not waiter.done():
                waiter.set_result(None)

    def mark(self, topic: str) -> int:
        return self._wakes.get(topic, 0)

    async def wait(self, topic: str, timeout: float, since: int | None = None) -> bool:
        if since is not None and self.mark(topic) > since:
            return True
        waiter = self._loop.create_future()
        self._waiters.setdefault(topic, []).append(waiter)
        try:
            async with asyncio.timeout(timeout):
                await waiter
        except TimeoutError:
            return False
        return True


class SimPrices:
    """What this process has heard of the market."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.last: dict[str, Quote] = {}

    def quote(self, board: str, symbol: str) -> Quote | None:
        return self.last.get(symbol)

    def age(self) -> float | None:
        newest = max((quote.price_at for quote in self.last.values()), default=None)
        return None if newest is None else (self._world.truth() - newest).total_seconds()
