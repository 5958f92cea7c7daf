"""Owner of every background task: starts, restarts with back-off, logs, and stops them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar

from foundation import limits
from foundation.log import Logger

_T = TypeVar("_T")


class Nursery:
    """Keeps long-running tasks alive and lets none outlive the program.

    `crashes` counts failures by task name, for metrics and readiness.
    """

    def __init__(self, log: Logger) -> None:
        self._log = log
        self._tasks: dict[asyncio.Task[Any], str] = {}
        self._stopping = False
        self.crashes: dict[str, int] = {}

    def start(
        self, name: str, make: Callable[[], Awaitable[None]], *, restart: bool = True
    ) -> asyncio.Task[None]:
        """Run `await make()` in the background; after a crash again, unless `restart` is false.

        A normal return ends the task. Back-off doubles from half a second to half a minute.
        """
        return self._own(name, self._keep(name, make, restart))

    def once(self, name: str, coro: Coroutine[Any, Any, _T]) -> asyncio.Task[_T]:
        """Run one short piece of owned work; a failure is logged, and kept in the task."""
        if self._stopping:
            coro.close()  # ours now, so nobody else would
        return self._own(name, self._watched(name, coro))

    async def stop(self) -> None:
        """Cancel all tasks and wait for them; says which did not end in time."""
        self._stopping = True
        current = asyncio.current_task()
        tasks = {task for task in self._tasks if task is not current}
        for task in tasks:
            task.cancel()
        if not tasks:
            return
        _, late = await asyncio.wait(tasks, timeout=limits.NURSERY_STOP_TIMEOUT_S)
        for task in late:
            self._log.error("task did not stop in time", task=self._tasks.get(task))

    def running(self) -> tuple[str, ...]:
        """Names of the tasks alive now, sorted."""
        return tuple(sorted(self._tasks.values()))

    def _own(self, name: str, coro: Coroutine[Any, Any, _T]) -> asyncio.Task[_T]:
        if self._stopping:
            coro.close()
            raise RuntimeError(f"the nursery is stopping; {name} was not started")
        task = asyncio.get_running_loop().create_task(coro, name=name)
        self._tasks[task] = name
        task.add_done_callback(self._forget)
        return task

    def _forget(self, task: asyncio.Task[Any]) -> None:
        self._tasks.pop(task, None)
        if not task.cancelled():
            task.exception()  # already logged; marks it as looked at

    async def _watched(self, name: str, coro: Coroutine[Any, Any, _T]) -> _T:
        try:
            return await coro
        except Exception as error:
            self._crashed(name, error)
            raise

    async def _keep(self, name: str, make: Callable[[], Awaitable[None]], restart: bool) -> None:
        loop = asyncio.get_running_loop()
        pause = limits.NURSERY_BACKOFF_FIRST_S
        while True:
            began = loop.time()
            try:
                await make()
                return
            except Exception as error:  # noqa: BLE001 - any crash is logged, counted, restarted
                self._crashed(name, error)
            if not restart:
                return
            if loop.time() - began >= limits.NURSERY_CALM_S:
                pause = limits.NURSERY_BACKOFF_FIRST_S
            await asyncio.sleep(pause)
            pause = min(pause * 2, limits.NURSERY_BACKOFF_MAX_S)

    def _crashed(self, name: str, error: Exception) -> None:
        self.crashes[name] = self.crashes.get(name, 0) + 1
        self._log.error("task crashed", task=name, times=self.crashes[name], exc_info=error)
