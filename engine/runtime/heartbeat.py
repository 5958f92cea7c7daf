"""The heartbeat: how late the loop runs, how old the prices are, how the venues do, what waits."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from engine.runtime.brakes import Brakes, make_brakes
from engine.runtime.ports import Ports
from engine.runtime.standing import tell_state
from engine.runtime.watchdog import Watchdog
from engine.store.port import Heartbeat, VenueBeat
from foundation import limits

Age = Callable[[], float | None]


class Pulse:
    """Writes one heartbeat row; whoever reads it judges its age.

    ``reconciled`` gives the seconds since the last comparison with a venue.
    """

    def __init__(
        self,
        ports: Ports,
        brakes: Brakes | None = None,
        reconciled: Age = lambda: None,
        watchdog: Watchdog | None = None,
    ) -> None:
        self._ports = ports
        self._brakes = brakes or make_brakes(ports)
        self._reconciled = reconciled
        self._watchdog = watchdog
        self._worst_lag = 0.0
        self._told_stall: tuple[float, float] | None = None

    async def probe(self) -> bool:
        """Measure how late the loop runs; overload sheds work, and calm brings it back."""
        clock = self._ports.clock
        began = clock.monotonic()
        await clock.sleep(limits.LAG_PROBE_S)
        lag = max(clock.monotonic() - began - limits.LAG_PROBE_S, 0.0)
        self._worst_lag = max(self._worst_lag, lag)
        self._brakes.shedding.lagged(lag)
        return False

    async def turn(self) -> bool:
        """Write what was measured since the last time. Raises Unavailable."""
        ports = self._ports
        depths = await ports.store.depths()
        beat = Heartbeat(
            at=ports.clock.now(),
            loop_lag=self._worst_lag,
            feed_age=ports.prices.age(),
            depths=depths,
            reconciled_age=self._reconciled(),
            left_out=tuple(work.value for work in self._brakes.shedding.left_out),
            stalled_s=self._watchdog.stalled_s if self._watchdog else 0.0,
            venues=self._venues(),
        )
        await ports.store.beat(beat)
        self._worst_lag = 0.0
        await self._tell_stall()
        return False

    async def _tell_stall(self) -> None:
        """Tell of a stall once it is over, for nothing can be told before."""
        stall = self._watchdog.last_stall if self._watchdog else None
        if stall is not None and stall != self._told_stall:
            await tell_state(self._ports, "stalled", round(stall[0]))
            self._told_stall = stall

    def _venues(self) -> Mapping[str, VenueBeat]:
        found = {}
        for name, venue in self._ports.venues.items():
            health = venue.health()
            found[name] = VenueBeat(
                reachable=health.reachable,
                breaker=self._brakes.breakers.of(name).state.value,
                latency_ms=health.latency_ms,
                clock_offset_s=health.clock_offset_s,
                limit_used=health.limit_used,
                rules_age_s=health.rules_age_s,
                stream_age_s=health.stream_age_s,
                note=health.note,
            )
        return found
