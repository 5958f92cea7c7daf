"""The market as offers and hooks see it: stored prices, and the rules of each venue."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from sqlalchemy.exc import SQLAlchemyError

from engine.domain.instrument import Instrument, Market, Quote
from engine.domain.words import MarketKind
from engine.market import quotes
from engine.signals.symbols import Symbols
from engine.store import registry
from foundation import limits
from foundation.clock import Clock
from foundation.db import Database
from foundation.errors import NotFound, Unavailable

Wanted = tuple[str, str]
"""An account id and a symbol."""


class RuleBook(Protocol):
    """What is needed of a venue: the rules of what it trades."""

    async def instruments(self) -> Mapping[str, Instrument]:
        """Raises Unavailable while nobody can tell."""
        ...


@dataclass(frozen=True, slots=True)
class _Rules:
    instruments: Mapping[str, Instrument]
    symbols: Mapping[MarketKind, Symbols]
    until: float


class LivePrices(Protocol):
    """The boards of this very process, as their feeds last told them."""

    def knows(self, board: str) -> bool: ...

    def quote(self, board: str, symbol: str) -> Quote | None: ...


class Seated(Protocol):
    """An account, as far as it says whose prices and rules are its own."""

    @property
    def venue(self) -> str: ...

    @property
    def board(self) -> str: ...


class MarketView:
    """Prices from the feed in this process (``live``), or from the database, where any other
    process finds them. Rules are kept for a while.
    """

    def __init__(
        self,
        database: Database,
        venues: Mapping[str, RuleBook],
        clock: Clock,
        live: LivePrices | None = None,
    ) -> None:
        self._database = database
        self._live = live
        self._venues = venues
        self._clock = clock
        self._rules: dict[str, _Rules] = {}
        self._boards: dict[str, str] = {}

    async def symbols(self, venue: str, market: MarketKind) -> Symbols:
        """All symbols of that market of the venue. Raises Unavailable, or NotFound (the venue)."""
        return (await self._known(venue)).symbols[market]

    async def market(self, account: Seated, symbols: Sequence[str]) -> Market:
        """The account's prices and rules of the symbols, as far as they are known.

        Raises Unavailable.
        """
        rules = (await self._known(account.venue)).instruments
        seen = await self._latest(account.board, symbols)
        return Market(seen, {name: rules[name] for name in symbols if name in rules})

    async def prices(self, wanted: Collection[Wanted]) -> Mapping[Wanted, Decimal]:
        """The last price of each (account id, symbol) that has one. Raises Unavailable."""
        found: dict[Wanted, Decimal] = {}
        boards = await self._boards_of({account_id for account_id, _ in wanted})
        for board in sorted(set(boards.values())):
            there = sorted(pair for pair in wanted if boards.get(pair[0]) == board)
            seen = await self._latest(board, sorted({symbol for _, symbol in there}))
            found |= {pair: seen[pair[1]].price for pair in there if pair[1] in seen}
        return found

    async def _boards_of(self, account_ids: Collection[str]) -> Mapping[str, str]:
        """Whose prices each account follows; that never changes."""
        unknown = sorted(one for one in account_ids if one not in self._boards)
        if unknown:
            self._boards |= await registry.boards(self._database, unknown)
        return {one: self._boards[one] for one in account_ids if one in self._boards}

    async def _latest(self, board: str, symbols: Sequence[str]) -> Mapping[str, Quote]:
        if self._live is not None and self._live.knows(board):
            seen = {name: self._live.quote(board, name) for name in symbols}
            return {name: quote for name, quote in seen.items() if quote is not None}
        try:
            return await quotes.latest(self._database, board, symbols)
        except (OSError, TimeoutError, SQLAlchemyError) as error:
            raise Unavailable("the database does not answer") from error

    async def _known(self, name: str) -> _Rules:
        kept = self._rules.get(name)
        now = self._clock.monotonic()
        if kept is not None and now < kept.until:
            return kept
        venue = self._venues.get(name)
        if venue is None:
            raise NotFound(f"there is no venue named {name}", code="venue_not_found")
        instruments = await venue.instruments()
        rules = _Rules(instruments, _by_market(instruments), now + limits.OFFER_RULES_S)
        self._rules[name] = rules
        return rules


def _by_market(instruments: Mapping[str, Instrument]) -> Mapping[MarketKind, Symbols]:
    """A perpetual names what it is settled in: ``BTC/USDT:USDT``."""
    return {
        MarketKind.SPOT: Symbols(name for name in instruments if ":" not in name),
        MarketKind.LINEAR: Symbols(name for name in instruments if ":" in name),
    }
