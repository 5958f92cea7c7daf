"""How fast life goes in a world: a busy minute in which everything collides, or days of calm.

A busy world finds what breaks when things meet; a calm one what breaks because time passes: days
that end, signals that expire, groups that are let go, what is kept and never dropped.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from foundation import limits


@dataclass(frozen=True)
class Tempo:
    """Seconds between things, on average; ``busy_s`` until the world heals.

    ``polls`` are named limits that hold meanwhile: where hardly anything happens, whoever looks
    every second finds nothing and costs the simulation its speed.
    """

    name: str
    busy_s: float
    tick_s: float
    alert_every_s: float
    person_every_s: float
    operator_every_s: float
    polls: Mapping[str, float] = field(default_factory=dict)

    @contextmanager
    def applied(self) -> Iterator[None]:
        """Let these limits hold while the block runs."""
        before = {name: getattr(limits, name) for name in self.polls}
        try:
            for name, seconds in self.polls.items():
                setattr(limits, name, seconds)
            yield
        finally:
            for name, seconds in before.items():
                setattr(limits, name, seconds)


BUSY = Tempo(
    "busy",
    busy_s=60,
    tick_s=1,
    alert_every_s=2.5,
    person_every_s=12,
    operator_every_s=25,
    # entries grow old within the minute, also those whose outcome nobody knows
    polls={"ENTRY_FRESH_S": 20},
)

CALM = Tempo(
    "calm",
    busy_s=86_400,
    tick_s=60,
    alert_every_s=900,
    person_every_s=7_200,
    operator_every_s=14_400,
    polls={
        "ENGINE_POLL_S": 30.0,
        "ENGINE_LOCK_RETRY_S": 120.0,
        "FEED_STALE_S": 150.0,
        "FILLS_POLL_S": 60.0,
        "HEARTBEAT_S": 300.0,
        "LAG_PROBE_EVERY_S": 300.0,
        "QUEUE_LOOK_S": 60,
        "RULES_RETRY_S": 300.0,
        "WORKER_REFRESH_S": 300.0,
    },
)
