"""A loop that stands still is noticed from outside of it."""

from __future__ import annotations

import threading
import time

import structlog

from engine.runtime.watchdog import Watchdog
from foundation import limits
from foundation.log import get_logger
from foundation.nursery import Nursery
from tests.support.clock import FakeClock
from tests.support.until import until


def test_a_loop_that_stands_still_is_not_ready_and_shows_for_a_while() -> None:
    clock = FakeClock()
    watchdog = Watchdog(clock)
    watchdog.start()
    assert watchdog.ready
    clock.advance(limits.STALL_S)
    assert watchdog.look()
    assert watchdog.stalled_s == limits.STALL_S
    assert not watchdog.ready
    clock.advance(2)
    watchdog.turned()
    assert watchdog.stalled_s == limits.STALL_S + 2
    clock.advance(1)
    watchdog.turned()
    assert not watchdog.ready
    for _ in range(int(limits.STALL_RECENT_S)):
        clock.advance(1)
        watchdog.turned()
    assert watchdog.ready
    watchdog.stop()


async def test_the_thread_looks_by_itself_while_the_loop_is_busy() -> None:
    clock = FakeClock()
    watchdog = Watchdog(clock)
    nursery = Nursery(get_logger("test"))
    with structlog.testing.capture_logs() as logs:
        nursery.start("watchdog", watchdog.run)
        await until(_watching)
        clock.advance(limits.STALL_S)
        _stand_still(logs)
    assert [entry["event"] for entry in logs] == ["the event loop stands still"]
    assert "test_the_thread_looks_by_itself" in logs[0]["where"]
    await nursery.stop()
    assert not _watching()


def _stand_still(logs: list[structlog.typing.EventDict]) -> None:
    """Let nothing else run on this thread until something was logged."""
    end = time.monotonic() + limits.STALL_LOOK_S * 6
    while not logs and time.monotonic() < end:
        time.sleep(0.01)


def _watching() -> bool:
    return any(thread.name == "watchdog" for thread in threading.enumerate())
