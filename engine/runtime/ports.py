"""What the actors need of the world: store, venues, clock, wake-ups, prices, one lock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from engine.domain.account import Account
from engine.domain.instrument import Quote
from engine.domain.watch import Wants
from engine.store.port import Store
from engine.venues.port import Venue
from foundation.clock import Clock
from foundation.errors import Unavailable


class Waker(Protocol):
    """Hints between actors; `foundation.bus.Bus` is one."""

    def wake(self, topic: str) -> None: ...

    def mark(self, topic: str) -> int: ...

    async def wait(self, topic: str, timeout: float, since: int | None = None) -> bool: ...


class Prices(Protocol):
    """Every board of prices as its feed last told it."""

    def quote(self, board: str, symbol: str) -> Quote | None:
        """The last price of that board and the moment it held, changed or not."""
        ...

    def age(self) -> float | None:
        """Seconds since the quietest board's last sign of life; None before the first."""
        ...


class Watchers(Protocol):
    """Hears of every account that was loaded or has changed."""

    def changed(self, account: Account, wants: Wants) -> None:
        """The account as it now stands and what it waits for; quick, and never raises."""
        ...


class Lock(Protocol):
    """One engine per database; an optimisation only, for the fence is what protects."""

    async def acquire(self) -> bool:
        """Take it if it is free; True when it is ours."""
        ...

    async def held(self) -> bool:
        """Whether it is still ours."""
        ...

    async def release(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Ports:
    """Everything an actor may touch, handed in. ``venues`` by name."""

    store: Store
    venues: Mapping[str, Venue]
    clock: Clock
    bus: Waker
    prices: Prices

    def venue(self, name: str) -> Venue:
        """The venue of that name. Raises Unavailable when this installation does not have it."""
        venue = self.venues.get(name)
        if venue is None:
            raise Unavailable(f"the venue {name} is not set up here", venue=name)
        return venue
