"""An event loop without a wall clock: virtual time, seeded order, processes that can be killed.

One handle a turn; among ready task steps the seed picks the next. A handle belongs to the process
of its context; those of a dead process never run again, which is what kill -9 does.
"""

from __future__ import annotations

import asyncio
import contextvars
import heapq
import random
import warnings
from collections.abc import Callable
from contextlib import suppress
from typing import Any

WORLD = "world"
PROC: contextvars.ContextVar[str] = contextvars.ContextVar("proc", default=WORLD)


#: More steps than this within one virtual second is a livelock.
STEPS_PER_SECOND_MAX = 20_000


class Stuck(Exception):
    """Nothing is ready and no timer is set, or the processes run in circles."""


class SimLoop(asyncio.BaseEventLoop):
    """`now` is in seconds since the start of the world; `steps` counts what ran."""

    def __init__(self, rng: random.Random) -> None:
        super().__init__()
        self.now = 0.0
        self.steps = 0
        self.dead: dict[str, None] = {}
        self._rng = rng
        self._tasks: list[asyncio.Task[Any]] = []
        self._clock_resolution = 1e-9
        self._second = 0.0
        self._steps_before = 0

    def time(self) -> float:
        return self.now

    def outside(self, delay: float, act: Callable[..., Any], *args: Any) -> None:
        """Call later on behalf of the world: it happens whoever dies meanwhile."""
        contextvars.Context().run(self.call_later, delay, act, *args)

    def spawn(self, name: str, coro: Any) -> asyncio.Task[Any]:
        """Start a task of process ``name``; what it starts belongs to the same process."""
        context = contextvars.Context()
        context.run(PROC.set, name)
        return self.create_task(coro, context=context)

    def create_task(self, coro: Any, **how: Any) -> asyncio.Task[Any]:
        """As any loop does; and keep it, so that no collector ends the dead at its own time."""
        task = super().create_task(coro, **how)
        self._tasks.append(task)
        return task

    def bury(self) -> None:
        """End the loop with all that is still suspended, quietly."""
        self.set_exception_handler(lambda *_: None)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # some never got to their first step
            for task in self._tasks:
                task._log_destroy_pending = False  # type: ignore[attr-defined]  # dead on purpose
                with suppress(BaseException):
                    task.get_coro().close()  # type: ignore[union-attr]  # all are coroutines
            self._tasks.clear()
            self._ready.clear()
            self._scheduled.clear()
        self.close()

    def _write_to_self(self) -> None:
        return

    def _process_events(self, _events: Any) -> None:
        return

    def _run_once(self) -> None:
        ready, scheduled = self._ready, self._scheduled
        while scheduled and (scheduled[0]._cancelled or self._is_dead(scheduled[0])):
            handle = heapq.heappop(scheduled)
            handle._scheduled = False
        if not ready:
            if not scheduled:
                raise Stuck("nothing is ready and no timer is set")
            self.now = max(self.now, scheduled[0]._when)
        while scheduled and scheduled[0]._when <= self.now:
            handle = heapq.heappop(scheduled)
            handle._scheduled = False
            ready.append(handle)
        self._choose()
        handle = ready.popleft()
        if handle._cancelled or self._is_dead(handle):
            return
        self.steps += 1
        if self.now >= self._second + 1:
            self._second, self._steps_before = self.now, self.steps
        elif self.steps - self._steps_before > STEPS_PER_SECOND_MAX:
            raise Stuck(f"livelock at {self.now:.3f} s")
        handle._run()

    def _choose(self) -> None:
        """Bring one of the ready task steps to the front; plain callbacks keep their order."""
        ready = self._ready
        if len(ready) < 2 or not _is_step(ready[0]):
            return
        steps = [n for n, handle in enumerate(ready) if _is_step(handle)]
        chosen = steps[int(self._rng.random() * len(steps))]
        if chosen:
            handle = ready[chosen]
            del ready[chosen]
            ready.appendleft(handle)

    def _is_dead(self, handle: Any) -> bool:
        return bool(self.dead) and handle._context.get(PROC, WORLD) in self.dead


def _is_step(handle: Any) -> bool:
    return isinstance(getattr(handle._callback, "__self__", None), asyncio.Task)
