"""One account at an exchange, as long as its keys stay the same: its wire and what it remembers."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import replace
from typing import Any

from engine.domain.words import MarginMode
from engine.venues.exchange.budget import Urgency
from engine.venues.exchange.dialect import Dialect, Listing, Terms
from engine.venues.exchange.net import Net
from engine.venues.exchange.stream import Hint, Stream
from engine.venues.exchange.symbols import Known, SymbolBook
from engine.venues.exchange.wire import Wire
from engine.venues.keys import Credentials
from engine.venues.port import Allowance, Ended, is_ours
from foundation import limits

ALL: str = "*"
"""Stands for every symbol where executions are not asked for one by one."""


class Desk:
    """Symbols traded, orders' client ids, what the stream hinted at."""

    def __init__(self, credentials: Credentials, wire: Wire, symbols: SymbolBook) -> None:
        self.credentials = credentials
        self.wire = wire
        self.stream: Stream | None = None
        self.ended: list[tuple[int, Ended]] = []
        self.funding_at: float | None = None
        self._symbols = symbols
        self._known: dict[str, Known] | None = None
        self._client_ids: OrderedDict[str, str | None] = OrderedDict()
        self._ends = 0
        self._read_at: dict[str, float] = {}
        self._touched_at: dict[str, float] = {}
        self._dirty: set[str] = set()
        self._working: frozenset[str] | None = None
        self._margin_said: dict[str, MarginMode] = {}

    @property
    def account_id(self) -> str:
        return self.credentials.seat.account_id

    @property
    def net(self) -> Net:
        return self.wire.net

    @property
    def dialect(self) -> Dialect:
        return self.wire.net.dialect

    @property
    def allowance(self) -> Allowance:
        """What the limits of the net and of the account leave for commands now."""
        budgets = (self.net.weight, self.wire.orders)
        return Allowance(
            min(budget.room(Urgency.EXIT) for budget in budgets),
            min(budget.room(Urgency.ENTRY) for budget in budgets),
        )

    async def known(self) -> dict[str, Known]:
        """Every symbol the account has traded. Raises Unavailable."""
        if self._known is None:
            self._known = await self._symbols.of(self.account_id)
        return self._known

    async def meet(self, listing: Listing) -> Known:
        """Note a symbol before its first order. Raises Failure and Unavailable."""
        symbol = listing.instrument.symbol
        known = await self.known()
        if symbol not in known:
            by_symbol = self.dialect.by_symbol
            mark = await self.dialect.mark(self.wire, listing if by_symbol else None)
            new = Known(symbol, mark, self.net.clock.now())
            await self._symbols.add(self.account_id, new)
            known[symbol] = new
        return known[symbol]

    async def prepare(self, listing: Listing, leverage: int, margin_mode: MarginMode) -> str:
        """Set leverage and margin mode unless they are set. Raises Failure and Unavailable.

        Says why the margin mode stays another one; it is tried again with the next order.
        """
        known = await self.meet(listing)
        terms = Terms(
            None if known.leverage == leverage else leverage,
            None if known.margin_mode == margin_mode else margin_mode,
        )
        if terms.margin_mode is None:
            self._margin_said.pop(self._margin_of(known.symbol), None)
        if terms == Terms():
            return ""
        kept = await self.dialect.prepare(self.wire, listing, terms)
        if terms.leverage is not None:
            await self._symbols.set_leverage(self.account_id, known.symbol, leverage)
            self._now(known.symbol, leverage=leverage)
        if terms.margin_mode is not None and not kept:
            every = list(await self.known()) if self.dialect.margin_of_account else [known.symbol]
            await self._symbols.set_margin(self.account_id, every, margin_mode)
            for symbol in every:
                self._now(symbol, margin_mode=margin_mode)
        return kept

    def unsaid(self, symbol: str, margin_mode: MarginMode) -> bool:
        """Whether nobody was told yet that this margin mode cannot be had; now somebody is."""
        whose = self._margin_of(symbol)
        new = self._margin_said.get(whose) != margin_mode
        self._margin_said[whose] = margin_mode
        return new

    def _margin_of(self, symbol: str) -> str:
        return ALL if self.dialect.margin_of_account else symbol

    def _now(self, symbol: str, **terms: Any) -> None:
        if self._known is not None:
            self._known[symbol] = replace(self._known[symbol], **terms)

    def touch(self, symbol: str) -> None:
        """Something of ours happens with the symbol now."""
        self._touched_at[symbol] = self.net.clock.monotonic()
        self._dirty.add(symbol)

    def told(self, hint: Hint) -> None:
        """Take a hint of the stream."""
        if hint.symbol is None:
            self._dirty.update(self._known or ())
            self._dirty.add(ALL)
        else:
            self._dirty.update((hint.symbol, ALL))
            self._touched_at[hint.symbol] = self.net.clock.monotonic()
        if hint.ended is not None and is_ours(hint.ended.order_id):
            self.end(hint.ended)

    def end(self, ended: Ended) -> None:
        """The exchange has taken an order off."""
        self._ends += 1
        self.ended.append((self._ends, ended))

    def works(self, symbols: frozenset[str]) -> None:
        """These symbols have open orders, as the exchange said just now.

        Where there are none any more something happened: it is read once at least.
        """
        self._dirty |= (self._working or frozenset()) - symbols
        self._working = symbols

    def due(self, symbol: str) -> bool:
        """Whether executions of a symbol should be read now."""
        read_at = self._read_at.get(symbol)
        if symbol in self._dirty or read_at is None:
            return True
        return self.net.clock.monotonic() - read_at >= self._pause(symbol)

    @property
    def has_news(self) -> bool:
        """Whether there is something to read, as far as hints and the clock tell."""
        names = (self._known or ()) if self.dialect.by_symbol else (ALL,) if self._known else ()
        return bool(self.ended) or any(self.due(name) for name in names)

    def reading(self, symbol: str) -> None:
        """Executions of the symbol are read now; what comes from here on makes it due again."""
        self._read_at[symbol] = self.net.clock.monotonic()
        self._dirty.discard(symbol)

    def unread(self, symbol: str) -> None:
        """It did not work."""
        self._dirty.add(symbol)

    def longest_unread(self, symbol: str) -> float:
        return self._read_at.get(symbol, float("-inf"))

    def remember(self, venue_order_id: str, client_id: str | None) -> None:
        """Which of our ids an order has, None for somebody else's."""
        self._client_ids[venue_order_id] = client_id
        while len(self._client_ids) > limits.VENUE_CLIENT_IDS_MAX:
            self._client_ids.popitem(last=False)

    async def client_id(self, listing: Listing, venue_order_id: str) -> str | None:
        """Our id of an order. Raises Failure."""
        if venue_order_id not in self._client_ids:
            found = await self.dialect.client_id(self.wire, listing, venue_order_id)
            self.remember(venue_order_id, found)
        return self._client_ids[venue_order_id]

    def _pause(self, symbol: str) -> float:
        now = self.net.clock.monotonic()
        fresh = now - self._touched_at.get(symbol, float("-inf")) < limits.VENUE_TOUCHED_S
        working = symbol == ALL or self._working is None or symbol in self._working
        if not fresh and not working:
            return limits.VENUE_POLL_IDLE_S
        quiet = self.stream is not None and self.stream.alive
        return limits.VENUE_POLL_QUIET_S if quiet else limits.VENUE_POLL_S
