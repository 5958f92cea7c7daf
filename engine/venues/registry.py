"""The venues there are: one explicit line each. Nothing is found by import magic."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final, Protocol

from engine.domain.instrument import Instrument
from engine.venues.paper.rules import INSTRUMENTS
from engine.venues.paper.venue import OWNER, Market, PaperVenue
from engine.venues.port import Venue
from foundation.clock import Clock
from foundation.db import Database

#: Rules known without asking anybody: what can be traded on paper, simulated and replayed.
PAPER_INSTRUMENTS: Final[Mapping[str, Instrument]] = INSTRUMENTS


class Hub(Market, Protocol):
    """The market hub, as venues need it."""

    def listen(
        self, prefix: str, listener: Callable[[Any, Sequence[Any]], Awaitable[None]]
    ) -> None:
        """Tell this listener what ticks cross of owners with that prefix."""
        ...


@dataclass(frozen=True, slots=True)
class Ground:
    """What a venue is built on. ``wake`` says that there are new fills to read."""

    database: Database
    clock: Clock
    hub: Hub
    wake: Callable[[], None]


async def _paper(ground: Ground) -> Venue:
    venue = PaperVenue(ground.database, ground.clock, ground.hub, ground.wake)
    ground.hub.listen(OWNER, venue.crossed)
    await venue.start()
    return venue


VENUES: Final[Mapping[str, Callable[[Ground], Awaitable[Venue]]]] = MappingProxyType(
    {"paper": _paper}
)


async def open_venues(ground: Ground) -> dict[str, Venue]:
    """Every venue by name, ready for orders. Call it before the feed starts."""
    return {name: await make(ground) for name, make in VENUES.items()}
