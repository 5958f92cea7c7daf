"""Wake-up hints between actors: in process at once, to other processes by one coalesced NOTIFY.

A wake is never the truth: it says "look at the table", and whoever waits looks again after its
time-out anyway. So a lost NOTIFY costs a moment, never a fact.
"""

from __future__ import annotations

import asyncio
from typing import Any, Final
from weakref import WeakKeyDictionary

import asyncpg

from foundation import limits
from foundation.db import Database, connect
from foundation.errors import Unavailable
from foundation.log import get_logger
from foundation.nursery import Nursery

TOPICS: Final = (
    "inbox",
    "outbox",
    "events",
    "receipts",
    "offers",
    "approvals",
    "telegram_inbox",
    "telegram_outbox",
    "paper",
    "webhooks",
)
_CHANNEL: Final = "countersign_wake"
_NOTIFY: Final = "select pg_notify($1, $2)"

_log = get_logger("foundation.bus")


class Bus:
    """Topics somebody can wait for; `wake` is cheap and may be called from any coroutine."""

    def __init__(self, database: Database) -> None:
        self._dsn = database.dsn
        self._wakes: dict[str, int] = dict.fromkeys(TOPICS, 0)
        self._waiters: dict[str, set[asyncio.Future[None]]] = {topic: set() for topic in TOPICS}
        self._seen: WeakKeyDictionary[asyncio.Task[Any], dict[str, int]] = WeakKeyDictionary()
        self._unsent: set[str] = set()
        self._something_unsent = asyncio.Event()
        self._connection: asyncpg.Connection | None = None
        self._nursery: Nursery | None = None
        self.connected = asyncio.Event()
        """Set while other processes can be heard."""

    async def start(self) -> None:
        """Begin to listen and to tell; returns when the first connection stands."""
        self._nursery = Nursery(_log)
        self._nursery.start("bus-listen", self._listen_forever)
        self._nursery.start("bus-notify", self._notify_forever)
        await self.connected.wait()

    async def stop(self) -> None:
        """Stop both; wakes not yet told to others are dropped, for they are only hints."""
        if self._nursery is not None:
            await self._nursery.stop()
            self._nursery = None

    def wake(self, topic: str) -> None:
        """Wake whoever waits for the topic, here at once and elsewhere within milliseconds."""
        self._wake_here(topic)
        self._unsent.add(topic)
        self._something_unsent.set()

    def mark(self, topic: str) -> int:
        """A point in the topic's history, to hand to `wait(since=…)`."""
        return self._wakes[topic]

    async def wait(
        self, topic: str, timeout: float, since: int | None = None, gather: float = 0.0
    ) -> bool:
        """True once the topic is woken, False when `timeout` seconds passed without.

        Who need not be quick waits `gather` seconds more: what comes together is read together.

        A wake after this task's previous wait on the topic counts (the time spent working in
        between is covered); with `since=mark(topic)` a wake after that mark counts.
        """
        seen = self._seen_by_task()
        known = since if since is not None else seen.get(topic, self._wakes[topic])
        woken = self._wakes[topic] > known or await self._woken_within(topic, timeout)
        if woken and gather:
            await asyncio.sleep(gather)
        seen[topic] = self._wakes[topic]
        return woken

    def _seen_by_task(self) -> dict[str, int]:
        task = asyncio.current_task()
        if task is None:
            raise RuntimeError("wait() runs inside a task")
        return self._seen.setdefault(task, {})

    async def _woken_within(self, topic: str, timeout: float) -> bool:
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiters[topic].add(waiter)
        try:
            async with asyncio.timeout(timeout):
                await waiter
        except TimeoutError:
            return False
        finally:
            self._waiters[topic].discard(waiter)
        return True

    def _wake_here(self, topic: str) -> None:
        self._wakes[topic] += 1
        for waiter in self._waiters[topic]:
            if not waiter.done():
                waiter.set_result(None)

    async def _notify_forever(self) -> None:
        while True:
            await self._something_unsent.wait()
            await asyncio.sleep(limits.BUS_COALESCE_S)
            await self.connected.wait()
            self._something_unsent.clear()
            topics, self._unsent = self._unsent, set()
            connection = self._connection
            if connection is None or not topics:
                continue
            try:
                await connection.execute(
                    _NOTIFY, _CHANNEL, ",".join(sorted(topics)), timeout=limits.BUS_NOTIFY_TIMEOUT_S
                )
            except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
                _log.warning("wake not told to other processes", reason=str(error))
                connection.terminate()

    async def _listen_forever(self) -> None:
        pause = limits.BUS_RECONNECT_FIRST_S
        while True:
            try:
                connection = await connect(self._dsn, application_name="countersign-bus")
            except (Unavailable, asyncpg.PostgresError) as error:
                _log.warning("bus cannot connect", reason=str(error), again_in_s=pause)
                await asyncio.sleep(pause)
                pause = min(pause * 2, limits.BUS_RECONNECT_MAX_S)
                continue
            pause = limits.BUS_RECONNECT_FIRST_S
            await self._hear(connection)

    async def _hear(self, connection: asyncpg.Connection) -> None:
        """Listen on one connection until it is lost."""
        lost = asyncio.Event()
        connection.add_termination_listener(lambda _: lost.set())
        try:
            await connection.add_listener(_CHANNEL, self._heard)
            self._connection = connection
            self.connected.set()
            # what was told while nobody listened is unknown, so everybody looks once
            for topic in TOPICS:
                self._wake_here(topic)
            await lost.wait()
            _log.warning("bus lost its connection")
        finally:
            self._connection = None
            self.connected.clear()
            connection.terminate()

    def _heard(self, connection: Any, pid: int, _channel: str, payload: Any) -> None:
        if pid == connection.get_server_pid():
            return  # our own voice; we were woken in process already
        for topic in str(payload).split(","):
            if topic in self._wakes:
                self._wake_here(topic)
