"""The venues there are: one explicit line each. Nothing is found by import magic.

An exchange is cheap to have: it loads and asks nothing before an account trades there.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final, Protocol

from engine.domain.instrument import Instrument
from engine.venues.binance.venue import binance
from engine.venues.bybit.venue import bybit
from engine.venues.exchange.rules import VenueRules
from engine.venues.exchange.venue import Exchange, ExchangeVenue, Office
from engine.venues.keys import Keyring
from engine.venues.paper.match import Terms
from engine.venues.paper.rules import INSTRUMENTS
from engine.venues.paper.venue import OWNER, Market, PaperVenue
from engine.venues.port import Venue
from foundation.clock import Clock
from foundation.db import Database
from foundation.nursery import Nursery
from foundation.settings import Settings

#: Rules known without asking anybody: what can be traded on paper, simulated and replayed.
PAPER_INSTRUMENTS: Final[Mapping[str, Instrument]] = INSTRUMENTS

DEFAULT_TERMS: Final = Terms()

#: Exchanges by name: how each is described, from the settings.
EXCHANGES: Final[Mapping[str, Callable[[Settings], Exchange]]] = MappingProxyType(
    {"binance": binance, "bybit": bybit}
)


class Hub(Market, Protocol):
    """The market hub, as venues need it."""

    def listen(
        self, prefix: str, listener: Callable[[Any, Sequence[Any]], Awaitable[None]]
    ) -> None:
        """Tell this listener what ticks cross of owners with that prefix."""
        ...


@dataclass(frozen=True, slots=True)
class Abroad:
    """What exchanges need beside: keys, somebody who keeps their streams, addresses."""

    keyring: Keyring
    nursery: Nursery
    settings: Settings


@dataclass(frozen=True, slots=True)
class Ground:
    """What a venue is built on. ``wake`` says that there are new fills to read.

    Without ``abroad`` there is paper alone, which keeps ``terms``.
    """

    database: Database
    clock: Clock
    hub: Hub
    wake: Callable[[], None]
    abroad: Abroad | None = None
    terms: Terms = DEFAULT_TERMS


def paper_terms(settings: Settings) -> Terms:
    """Fees, slippage, latency and partial fills of paper, as the installation wants them."""
    return Terms(
        fee_bps=settings.paper_fee_bps,
        slippage_bps=settings.paper_slippage_bps,
        fill_fraction=settings.paper_fill_fraction,
        latency_ms=settings.paper_latency_ms,
    )


async def _paper(ground: Ground) -> Venue:
    venue = PaperVenue(ground.database, ground.clock, ground.hub, ground.wake, ground.terms)
    ground.hub.listen(OWNER, venue.crossed)
    await venue.start()
    return venue


async def open_venues(ground: Ground) -> dict[str, Venue]:
    """Every venue by name, ready for orders. Call it before the feed starts."""
    opened = {"paper": await _paper(ground)}
    abroad = ground.abroad
    if abroad is None:
        return opened
    office = Office(ground.database, ground.clock, abroad.keyring, abroad.nursery, ground.wake)
    for name, describe in EXCHANGES.items():
        opened[name] = ExchangeVenue(describe(abroad.settings), office)
    return opened


async def close_venues(venues: Mapping[str, Venue]) -> None:
    """Let go of every connection to an exchange."""
    for venue in venues.values():
        if isinstance(venue, ExchangeVenue):
            await venue.close()


def known_rules(database: Database) -> dict[str, VenueRules]:
    """Rules of every exchange as last read, for processes and parts that do not trade."""
    return {name: VenueRules(database, name) for name in EXCHANGES}
