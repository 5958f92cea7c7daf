"""Leaving: what an engine does before it stops, where an account's settings want entries cancelled.

It is told to the accounts as a fact and carried out by the actors as always; this only waits, for
a bounded time, and has the accounts tell what could not be cancelled.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from engine.domain.events import EngineStopping
from engine.runtime.ports import Ports
from engine.store.port import InboxEntry
from foundation import limits
from foundation.errors import Unavailable
from foundation.log import get_logger

_log = get_logger("engine.runtime.leaving")


async def call_off(ports: Ports) -> Sequence[str]:
    """Have entries cancelled; the accounts of which some still work when time is up."""
    try:
        return await _call_off(ports)
    except Unavailable as error:
        _log.warning("entries could not be called off", reason=str(error))
        return ()


async def _call_off(ports: Ports) -> Sequence[str]:
    left = await ports.store.leaving()
    if not left:
        return ()
    over = ports.clock.monotonic() + limits.ENGINE_STOP_CANCEL_S
    await _tell(ports, left, last=False)
    while left and ports.clock.monotonic() < over:
        await ports.clock.sleep(limits.ENGINE_STOP_LOOK_S)
        left = await ports.store.leaving()
    if not left:
        _log.info("entries were called off")
        return ()
    _log.warning("entries could not be called off in time", accounts=list(left))
    await _tell(ports, left, last=True)
    over = ports.clock.monotonic() + limits.ENGINE_STOP_TELL_S
    while ports.clock.monotonic() < over and await _undecided(ports, left):
        await ports.clock.sleep(limits.ENGINE_STOP_LOOK_S)
    return left


async def _tell(ports: Ports, accounts: Sequence[str], *, last: bool) -> None:
    now = ports.clock.now()
    until = now + timedelta(seconds=limits.ENGINE_STOP_CANCEL_S + limits.ENGINE_STOP_TELL_S)
    key = f"stop:{now.isoformat()}"
    facts = [InboxEntry(name, key, EngineStopping(until, last)) for name in accounts]
    await ports.store.put(facts, now)
    ports.bus.wake("inbox")


async def _undecided(ports: Ports, accounts: Sequence[str]) -> bool:
    ready = await ports.store.ready(ports.clock.now(), limits.WORKER_ACCOUNTS_MAX)
    return not set(ready).isdisjoint(accounts)
