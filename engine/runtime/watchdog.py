"""The watchdog: a thread that notices when the event loop stands still, which no task of it can."""

from __future__ import annotations

import sys
import threading
import traceback

from foundation import limits
from foundation.clock import Clock
from foundation.log import get_logger

_log = get_logger("engine.runtime.watchdog")


class Watchdog:
    """Hears ``turned`` from the loop; looks from outside whether it still comes."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._loop_thread = 0
        self._turned_at = 0.0
        self._reported = False
        self._stall: tuple[float, float] | None = None
        self._over = threading.Event()
        self._thread: threading.Thread | None = None

    async def run(self) -> None:
        """Watch the running loop until cancelled."""
        self.start()
        try:
            while True:
                self.turned()
                await self._clock.sleep(limits.STALL_LOOK_S)
        finally:
            self.stop()

    def start(self) -> None:
        """Begin to watch the loop of the calling thread."""
        self._loop_thread = threading.get_ident()
        self._turned_at = self._clock.monotonic()
        self._over.clear()
        self._thread = threading.Thread(target=self._watch, name="watchdog", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Look no more."""
        self._over.set()
        if self._thread is not None:
            self._thread.join(timeout=limits.STALL_S)
            self._thread = None

    def turned(self) -> None:
        """The loop has come round."""
        now = self._clock.monotonic()
        self._note(now - self._turned_at, now)
        self._turned_at, self._reported = now, False

    @property
    def stalled_s(self) -> float:
        """How long the loop stands, or stood a moment ago; 0 when all is well."""
        now = self._clock.monotonic()
        standing = now - self._turned_at
        if self._thread is not None and standing >= limits.STALL_S:
            return standing
        if self._stall is None or now - self._stall[1] > limits.STALL_RECENT_S:
            return 0.0
        return self._stall[0]

    @property
    def last_stall(self) -> tuple[float, float] | None:
        """The last stall that is over: how long it was, and the moment it ended."""
        return self._stall

    @property
    def ready(self) -> bool:
        """Whether work may be expected of the loop."""
        return self.stalled_s == 0.0

    def look(self) -> bool:
        """Look once; True when the loop stands still, which is logged once with where it stands."""
        standing = self._clock.monotonic() - self._turned_at
        if standing < limits.STALL_S:
            return False
        if not self._reported:
            self._reported = True
            frame = sys._current_frames().get(self._loop_thread)
            where = "".join(traceback.format_stack(frame)) if frame is not None else ""
            _log.error("the event loop stands still", seconds=round(standing, 1), where=where)
        return True

    def _watch(self) -> None:
        while not self._over.wait(limits.STALL_LOOK_S):
            self.look()

    def _note(self, standing: float, now: float) -> None:
        if standing >= limits.STALL_S:
            self._stall = (standing, now)
            _log.error("the event loop goes on", stood_s=round(standing, 1))
