"""Everything that holds sending back: broken venues, refused keys, overload. Exits are exempt."""

from __future__ import annotations

from dataclasses import dataclass

from engine.runtime.breaker import Breakers
from engine.runtime.credentials import Credentials
from engine.runtime.ports import Ports
from engine.runtime.shedding import Shedding


@dataclass(frozen=True, slots=True)
class Brakes:
    """Shared by whoever calls venues."""

    breakers: Breakers
    credentials: Credentials
    shedding: Shedding


def make_brakes(ports: Ports) -> Brakes:
    """Brakes that hold nothing yet."""
    clock = ports.clock
    return Brakes(Breakers(clock), Credentials(ports.store, clock), Shedding(clock))
