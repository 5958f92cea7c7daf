"""The engine: builds the actors, lets them take turns, and stops them in good order."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping

from engine.domain.account import Account
from engine.runtime.brakes import make_brakes
from engine.runtime.deciding import Decider
from engine.runtime.fills import Fills
from engine.runtime.heartbeat import Pulse
from engine.runtime.leaving import call_off
from engine.runtime.ports import Lock, Ports
from engine.runtime.reconcile import Reconcile
from engine.runtime.resolver import Resolver
from engine.runtime.rules import Rules
from engine.runtime.sender import Sender
from engine.runtime.standing import tell_state
from engine.runtime.watchdog import Watchdog
from engine.runtime.watched import watched
from engine.runtime.watching import Follow, Watching
from engine.runtime.worker import Worker
from foundation import limits
from foundation.errors import Unavailable
from foundation.log import get_logger
from foundation.nursery import Nursery

_log = get_logger("engine.runtime")

Turn = Callable[[], Awaitable[bool]]
#: Gets the topics' marks from before the turn, so that no wake in between is missed.
Rest = Callable[[Mapping[str, int]], Awaitable[None]]
_TOPICS = ("inbox", "outbox", "paper")


class Engine:
    """One engine on one database. ``follow`` gives the index of an account's prices; their hubs
    tell ``watching.heard``.

    ``running`` is True while this process holds the lock and its actors take turns.
    """

    def __init__(
        self,
        ports: Ports,
        lock: Lock,
        follow: Follow,
        watchdog: Watchdog | None = None,
    ) -> None:
        self.brakes = make_brakes(ports)
        self._ports = ports = watched(ports, self.brakes)
        self._lock = lock
        self._nursery = Nursery(_log)
        self._over = asyncio.Event()
        self._stopping = False
        self.running = False
        self.rules = Rules(ports)
        self.watching = Watching(ports, follow)
        self.reconcile = Reconcile(ports, self._nursery, self.rules, self.brakes)
        self.fills = Fills(ports, self._nursery, self.reconcile.gate, self.brakes)
        self.sender = Sender(ports, self._nursery, self.brakes)
        self.resolver = Resolver(ports, self.brakes)
        self.pulse = Pulse(ports, self.brakes, self.reconcile.age, watchdog)
        watchers = (self.watching, self.fills, self.reconcile, self.brakes.credentials)
        decider = Decider(ports.prices, self.rules, self.brakes.shedding)
        self.worker = Worker(ports, decider, watchers, self.reconcile.gate)

    @property
    def crashes(self) -> Mapping[str, int]:
        """How often each task of the engine broke down, by name."""
        return self._nursery.crashes

    def known(self, account_id: str) -> Account | None:
        """The account as it was last decided here; None while another engine may decide it."""
        return self.worker.known(account_id) if self.running else None

    async def start(self) -> None:
        """Begin to wait for the lock; the actors start when it is ours."""
        self._nursery.start("engine", self._run)

    async def stop(self) -> None:
        """Call entries off where that is wanted, let turns and requests under way end, let go."""
        self.sender.entries_held = True
        ran = self.running
        if ran:
            await call_off(self._ports)
        self._stopping = True
        self._over.set()
        for topic in ("inbox", "outbox", "paper"):
            self._ports.bus.wake(topic)
        clock = self._ports.clock
        last_moment = clock.monotonic() + limits.ENGINE_STOP_S
        while (self.running or self.sender.under_way) and clock.monotonic() < last_moment:
            await clock.sleep(limits.ENGINE_STOP_LOOK_S)
        await self._nursery.stop()
        if ran:
            await self._tell_stopped()
        await self._lock.release()

    async def _tell_stopped(self) -> None:
        """While the lock is still ours: whoever runs next tells after us."""
        try:
            await tell_state(self._ports, "stopped")
        except Unavailable as error:
            _log.warning("nobody was told that the engine stopped", reason=str(error))

    async def _run(self) -> None:
        while not self._stopping:
            if await self._lock.acquire():
                _log.info("the engine runs")
                await self._take_turns()
            if not self._stopping:
                self._over.clear()
            await self._pause(limits.ENGINE_LOCK_RETRY_S)

    async def _take_turns(self) -> None:
        """All actors, until we stop or lose the lock; when one crashes, all start over."""
        self.running = True
        try:
            while not await self._begun():
                await self._pause(limits.ENGINE_POLL_S)
            async with asyncio.TaskGroup() as group:
                for loop in self._loops():
                    group.create_task(loop)
        finally:
            self.running = False

    async def _begun(self) -> bool:
        """Learn the rules and who there is; every account is compared before it decides anew.

        Accounts that another core wrote are kept as they stand, so that replays begin there.
        """
        if self._over.is_set():
            return True
        try:
            await self._ports.store.upgrade(self._ports.clock.now())
            await self.rules.turn()
            self.reconcile.begin()
            await self.worker.refresh()
            await tell_state(self._ports, "running")
        except Unavailable as error:
            _log.warning("cannot begin yet", reason=str(error))
            return False
        return True

    def _loops(self) -> tuple[Coroutine[None, None, None], ...]:
        return (
            self._loop(self._keep_lock, self._paused(limits.ENGINE_LOCK_RETRY_S)),
            self._loop(self.worker.turn, self._until_due),
            self._loop(self.worker.refresh, self._paused(limits.WORKER_REFRESH_S)),
            self._loop(self.sender.turn, self._woken("outbox", limits.ENGINE_POLL_S)),
            self._loop(self.resolver.turn, self._paused(limits.ENGINE_POLL_S)),
            self._loop(self.fills.turn, self._woken("paper", limits.FILLS_POLL_S)),
            self._loop(self.watching.turn, self._crossed),
            self._loop(self.reconcile.turn, self._compared),
            self._loop(self.brakes.credentials.turn, self._refused),
            self._loop(self.pulse.turn, self._paused(limits.HEARTBEAT_S)),
            self._loop(self.pulse.probe, self._paused(limits.LAG_PROBE_EVERY_S)),
            self._loop(self.rules.turn, self._paused(limits.RULES_RETRY_S)),
        )

    async def _loop(self, turn: Turn, rest: Rest) -> None:
        """Turn after turn while there is something to do; in between, rest."""
        while not self._over.is_set():
            marks = {topic: self._ports.bus.mark(topic) for topic in _TOPICS}
            try:
                if not await turn():
                    await rest(marks)
            except Unavailable as error:
                _log.warning("a turn failed", reason=str(error))
                await self._pause(limits.ENGINE_POLL_S)

    async def _keep_lock(self) -> bool:
        if not await self._lock.held():
            _log.error("the engine lock is lost, starting over")
            self._over.set()
        return False

    async def _until_due(self, marks: Mapping[str, int]) -> None:
        """Until a fact comes or the earliest due time, and never longer than a poll."""
        due = await self._ports.store.next_due()
        timeout = limits.ENGINE_POLL_S
        if due is not None:
            left = (due - self._ports.clock.now()).total_seconds()
            timeout = min(timeout, max(left, limits.ENGINE_REST_MIN_S))
        await self._ports.bus.wait("inbox", timeout, since=marks["inbox"])

    def _woken(self, topic: str, poll: float) -> Rest:
        async def rest(marks: Mapping[str, int]) -> None:
            await self._ports.bus.wait(topic, poll, since=marks[topic])

        return rest

    def _paused(self, seconds: float) -> Rest:
        async def rest(_marks: Mapping[str, int]) -> None:
            await self._pause(seconds)

        return rest

    async def _crossed(self, _marks: Mapping[str, int]) -> None:
        await self.watching.rest(limits.ENGINE_POLL_S)

    async def _compared(self, _marks: Mapping[str, int]) -> None:
        await self.reconcile.rest(limits.ENGINE_POLL_S)

    async def _refused(self, _marks: Mapping[str, int]) -> None:
        await self.brakes.credentials.rest(limits.ENGINE_POLL_S)

    async def _pause(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._over.wait()
        except TimeoutError:
            return
