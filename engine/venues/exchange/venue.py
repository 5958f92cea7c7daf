"""An exchange as a venue: one object for all its accounts, markets and nets.

Nothing goes to the network before an account needs it. What is the same at every exchange is
here and beside; what differs is in its dialects.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, TypeVar

from engine.domain.commands import CancelOrder, PlaceOrder
from engine.domain.instrument import Instrument
from engine.domain.words import MarketKind, OrderStatus
from engine.venues.exchange.desk import Desk
from engine.venues.exchange.dialect import Dialect, Listing
from engine.venues.exchange.failure import Failure
from engine.venues.exchange.health import health_of
from engine.venues.exchange.lobby import Lobby
from engine.venues.exchange.reports import Reader
from engine.venues.exchange.rules import broken_rule
from engine.venues.keys import Keyring
from engine.venues.port import (
    Absent,
    Accepted,
    Allowance,
    Cancelled,
    Ended,
    Found,
    Held,
    OpenOrder,
    OutcomeUnknown,
    RefusalCode,
    Refused,
    Report,
    VenueHealth,
    Wallet,
)
from foundation import limits
from foundation.clock import Clock
from foundation.db import Database
from foundation.errors import Unavailable
from foundation.ids import new_id
from foundation.log import get_logger
from foundation.nursery import Nursery

_log = get_logger("engine.venues")
_Answer = TypeVar("_Answer")
_OVER: Final = (OrderStatus.CANCELLED, OrderStatus.FILLED, OrderStatus.FAILED)


@dataclass(frozen=True, slots=True)
class Exchange:
    """One exchange: ccxt's name for it, its dialects, and base addresses instead of its own.

    Its rules are read anew when they are ``rules_refresh_s`` old.
    """

    name: str
    title: str
    dialects: tuple[Dialect, ...]
    addresses: Mapping[str, str | None]
    rules_refresh_s: float

    def dialect(self, market: MarketKind) -> Dialect:
        return next(one for one in self.dialects if one.market is market)


@dataclass(frozen=True, slots=True)
class Office:
    """What an exchange's adapter is built on. ``wake`` says that there is something to read."""

    database: Database
    clock: Clock
    keyring: Keyring
    nursery: Nursery
    wake: Callable[[], None]


class ExchangeVenue:
    """Keeps the promises of `engine.venues.port.Venue` for one exchange."""

    def __init__(self, exchange: Exchange, office: Office) -> None:
        self._exchange = exchange
        self._clock = office.clock
        self._boot = new_id(office.clock.now())
        self._lobby = Lobby(exchange, office)
        self._readers: dict[str, tuple[Desk, Reader]] = {}

    @property
    def name(self) -> str:
        return self._exchange.name

    async def close(self) -> None:
        """Let go of every connection."""
        await self._lobby.close()

    async def instruments(self) -> Mapping[str, Instrument]:
        """Rules of every market and net some account trades on; empty while none does.

        Raises Unavailable.
        """
        return await self._lobby.instruments()

    async def place(
        self, account_id: str, order: PlaceOrder, claimed_at: datetime
    ) -> Accepted | Refused | OutcomeUnknown:
        """Send one order, once; everything that can be known beforehand is checked beforehand."""
        try:
            desk = await self._lobby.desk(account_id)
        except Unavailable as error:
            return _not_sent(error)
        listing = desk.net.listing(order.symbol)
        fault = self._fault(desk, listing, order)
        if fault is not None or listing is None:
            return fault or _unlisted(self._exchange.title, order.symbol)
        kept = ""
        try:
            if order.reduce_only:
                await desk.meet(listing)
            else:
                kept = await desk.prepare(listing, order.leverage, order.margin_mode)
            desk.touch(order.symbol)
        except Unavailable as error:
            return _not_sent(error)
        except Failure as failure:
            return _not_prepared(desk.dialect.errors.refused(failure))
        answer = await self._send(desk, listing, order, claimed_at)
        if kept and isinstance(answer, Accepted) and desk.unsaid(order.symbol, order.margin_mode):
            return replace(answer, margin_kept=kept)
        return answer

    async def _send(
        self, desk: Desk, listing: Listing, order: PlaceOrder, claimed_at: datetime
    ) -> Accepted | Refused | OutcomeUnknown:
        try:
            placed = await desk.dialect.place(desk.wire, listing, order, claimed_at)
        except Failure as failure:
            return desk.dialect.errors.refused(failure)
        desk.remember(placed.venue_order_id, order.id)
        desk.touch(order.symbol)
        state = placed.state
        if state is not None and state.status in _OVER and state.filled < order.quantity:
            desk.end(Ended(order.id, state.filled))
        if state is not None and (state.filled or state.status in _OVER):
            self._lobby.wake()
        return Accepted(placed.venue_order_id)

    async def cancel(
        self, account_id: str, command: CancelOrder
    ) -> Cancelled | Refused | OutcomeUnknown:
        """Take an order off; what is open all the same afterwards is asked for again later."""
        try:
            desk = await self._lobby.desk(account_id)
        except Unavailable as error:
            return _not_sent(error)
        listing = desk.net.listing(command.symbol)
        if listing is None:
            return _unlisted(self._exchange.title, command.symbol)
        desk.touch(command.symbol)
        try:
            found = await desk.dialect.cancel(desk.wire, listing, command.order_id)
        except Failure as failure:
            return desk.dialect.errors.refused(failure)
        if found is None:
            text = f"{self._exchange.title} has no order {command.order_id}."
            return Refused(RefusalCode.UNKNOWN_ORDER.value, text)
        if found.status not in _OVER:
            return OutcomeUnknown(f"the order is {found.status} after its cancel")
        return Cancelled(found.filled)

    async def find(
        self, account_id: str, order_id: str, symbol: str
    ) -> Found | Absent | OutcomeUnknown:
        """Ask after an order; absent only when every list of the exchange agrees."""
        try:
            desk = await self._lobby.desk(account_id)
            listing = desk.net.listing(symbol)
            if listing is None:
                return OutcomeUnknown(f"{symbol} is not listed (any more)")
            desk.touch(symbol)
            found = await desk.dialect.find(desk.wire, listing, order_id)
        except (Unavailable, Failure) as error:
            return OutcomeUnknown(str(error))
        if found is None:
            return Absent()
        desk.remember(found.venue_order_id, order_id)
        return found

    async def fills(self, account_id: str, cursor: str) -> tuple[tuple[Report, ...], str]:
        """Executions, fees and funding since the cursor; nothing for an account without keys.

        Raises Unavailable.
        """
        desk = await self._lobby.seated(account_id)
        if desk is None:
            return (), cursor
        known = self._readers.get(account_id)
        if known is None or known[0] is not desk:
            known = (desk, Reader(desk, self._lobby.rates(desk.net), self._boot))
            self._readers[account_id] = known
        self._lobby.listen(desk)
        return await self._asked(desk, known[1].read(cursor))

    def news(self) -> list[str]:
        """Accounts whose stream told of something, or whose turn it is to be polled."""
        return self._lobby.news

    def allowances(self) -> Mapping[str, Allowance]:
        """What the exchange's limits let leave now, by account; asked before a claim."""
        return self._lobby.allowances

    async def open_orders(self, account_id: str) -> tuple[OpenOrder, ...]:
        """Every open order of the account. Raises Unavailable."""
        desk = await self._lobby.desk(account_id)
        orders = await self._asked(desk, desk.dialect.open_orders(desk.wire))
        desk.works(frozenset(order.symbol for order in orders))
        return orders

    async def positions(self, account_id: str) -> tuple[Held, ...]:
        """What is held of the symbols the account trades. Raises Unavailable."""
        desk = await self._lobby.desk(account_id)
        symbols = tuple(await desk.known())
        return await self._asked(desk, desk.dialect.positions(desk.wire, symbols))

    async def wallet(self, account_id: str) -> Wallet:
        """The account's money. Raises Unavailable."""
        desk = await self._lobby.desk(account_id)
        return await self._asked(desk, desk.dialect.wallet(desk.wire))

    def health(self) -> VenueHealth:
        """What was last seen, the worst of all nets in use."""
        return health_of(self._lobby.nets, self._lobby.stream_ages)

    async def _asked(self, desk: Desk, work: Awaitable[_Answer]) -> _Answer:
        try:
            return await work
        except Failure as failure:
            raise desk.dialect.errors.unavailable(failure) from failure

    def _fault(self, desk: Desk, listing: Listing | None, order: PlaceOrder) -> Refused | None:
        """Why the order is not even sent."""
        if listing is None:
            return _unlisted(self._exchange.title, order.symbol)
        if not listing.instrument.tradable and not order.reduce_only:
            text = f"{self._exchange.title} has stopped trading {order.symbol}."
            return Refused(RefusalCode.SYMBOL_NOT_TRADABLE.value, text)
        broken = broken_rule(order, listing.instrument, desk.dialect.exempt_reducers)
        if broken is not None:
            return Refused(RefusalCode.INVALID_ORDER.value, broken)
        offset = desk.net.offset_s or 0.0
        if abs(offset) > limits.VENUE_CLOCK_MAX_S and not order.reduce_only:
            text = (
                f"This machine's clock and {self._exchange.title}'s differ by {abs(offset):.1f} "
                "seconds; no entries until it is set right."
            )
            code = RefusalCode.CLOCK_SKEW.value
            return Refused(code, text, False, limits.VENUE_CLOCK_RETRY_S)
        return None


def _unlisted(title: str, symbol: str) -> Refused:
    return Refused(RefusalCode.SYMBOL_NOT_TRADABLE.value, f"{title} does not list {symbol}.")


def _not_sent(error: Unavailable) -> Refused:
    """Nothing was sent: a certain no, for now or for want of keys."""
    known = error.code if error.code in set(RefusalCode) else RefusalCode.REJECTED.value
    final = known in (RefusalCode.AUTHENTICATION_FAILED, RefusalCode.PERMISSION_DENIED)
    wait = 0 if final else limits.VENUE_NOT_READY_RETRY_S
    return Refused(known, error.text, final, wait)


def _not_prepared(outcome: Refused | OutcomeUnknown) -> Refused:
    """What goes before the order failed, so the order itself was never sent."""
    if isinstance(outcome, Refused):
        return outcome
    text = f"The exchange did not answer before the order was sent: {outcome.reason}"
    code = RefusalCode.REJECTED.value
    return Refused(code, text, False, limits.VENUE_NOT_READY_RETRY_S)
