"""The heartbeat: how late the loop runs, how old the prices are, how much waits."""

from __future__ import annotations

from engine.runtime.ports import Ports
from engine.store.port import Heartbeat
from foundation import limits


class Pulse:
    """Writes one heartbeat row; whoever reads it judges its age."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports

    async def turn(self) -> bool:
        """Measure and write. Raises Unavailable."""
        clock, store = self._ports.clock, self._ports.store
        began = clock.monotonic()
        await clock.sleep(limits.LAG_PROBE_S)
        lag = max(clock.monotonic() - began - limits.LAG_PROBE_S, 0.0)
        depths = await store.depths()
        await store.beat(Heartbeat(clock.now(), lag, self._ports.prices.age(), depths))
        return False
