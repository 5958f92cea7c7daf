"""A bench for the actors: memory store, a clock that stands, a venue that answers as told."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from engine.domain.account import Account
from engine.domain.commands import CancelOrder, Command, PlaceOrder
from engine.domain.events import Fact, Fee, SignalReceived
from engine.domain.instrument import Instrument, Quote
from engine.domain.settings import AccountSettings, LegSettings
from engine.domain.signal import Signal
from engine.domain.words import Intent, OrderSide, OrderType, Side
from engine.market.index import ThresholdIndex
from engine.runtime.deciding import Decider
from engine.runtime.ports import Ports
from engine.runtime.rules import Rules
from engine.runtime.worker import Worker
from engine.store.memory import MemoryStore
from engine.store.port import InboxEntry, OutboxStatus
from engine.venues.port import (
    Absent,
    Accepted,
    Cancelled,
    Held,
    OpenOrder,
    Report,
    VenueHealth,
    Wallet,
)
from tests.support.clock import START, FakeClock

D = Decimal
SYMBOL = "BTC/USDT"
RULES = Instrument(
    symbol=SYMBOL,
    base="BTC",
    quote="USDT",
    tick=D("0.1"),
    step=D("0.00001"),
    min_quantity=D("0.00001"),
    min_notional=D(5),
)
NO_FEE = Fee(D(0), "USDT", D(1))
ONE_LEG = (LegSettings(gap_percent=D(0), weight_percent=D(100), tp_percent=D(1)),)


class ToldVenue:
    """Answers with whatever the test set; remembers every call."""

    name = "paper"

    def __init__(self) -> None:
        self.calls: list[tuple[str, str]] = []
        self.place_answer: Any = Accepted("v1")
        self.cancel_answer: Any = Cancelled(D(0))
        self.find_answer: Any = Absent()
        self.reports: list[Report] = []
        self.open_answer: Any = ()
        self.positions_answer: Any = ()
        self.wallet_answer: Any = Wallet(D(100_000), D(100_000), {}, START)
        self.health_answer = VenueHealth(True, 1.0, 0.0, 0.0, 0.0, 0.0, "")
        self.rules: Any = {SYMBOL: RULES}
        self.hold: asyncio.Event | None = None

    async def instruments(self) -> Mapping[str, Instrument]:
        return await self._answer(self.rules)  # type: ignore[no-any-return]  # told by the test

    async def place(self, account_id: str, order: PlaceOrder, claimed_at: datetime) -> Any:
        self.calls.append(("place", order.id))
        return await self._answer(self.place_answer)

    async def cancel(self, account_id: str, command: CancelOrder) -> Any:
        self.calls.append(("cancel", command.order_id))
        return await self._answer(self.cancel_answer)

    async def find(self, account_id: str, order_id: str, symbol: str) -> Any:
        self.calls.append(("find", order_id))
        return await self._answer(self.find_answer)

    async def fills(self, account_id: str, cursor: str) -> tuple[tuple[Report, ...], str]:
        self.calls.append(("fills", cursor))
        start = int(cursor or 0)
        return tuple(self.reports[start:]), str(len(self.reports))

    async def open_orders(self, account_id: str) -> tuple[OpenOrder, ...]:
        self.calls.append(("open_orders", account_id))
        return await self._answer(self.open_answer)  # type: ignore[no-any-return]  # told

    async def positions(self, account_id: str) -> tuple[Held, ...]:
        self.calls.append(("positions", account_id))
        return await self._answer(self.positions_answer)  # type: ignore[no-any-return]  # told

    async def wallet(self, account_id: str) -> Wallet:
        self.calls.append(("wallet", account_id))
        return await self._answer(self.wallet_answer)  # type: ignore[no-any-return]  # told

    def health(self) -> VenueHealth:
        return self.health_answer

    async def _answer(self, answer: Any) -> Any:
        if self.hold is not None:
            await self.hold.wait()
        if isinstance(answer, BaseException):
            raise answer
        return answer


class Here:
    """Wake-ups inside one loop, as the bus gives them."""

    def __init__(self) -> None:
        self.woken: list[str] = []

    def wake(self, topic: str) -> None:
        self.woken.append(topic)

    def mark(self, topic: str) -> int:
        return self.woken.count(topic)

    async def wait(self, topic: str, timeout: float, since: int | None = None) -> bool:
        await asyncio.sleep(0)
        return False


class Board:
    """The last prices, set by the test, of a feed that is never silent."""

    def __init__(self, clock: FakeClock) -> None:
        self._clock = clock
        self.quotes: dict[str, Quote] = {SYMBOL: Quote(D(60000), START)}

    def quote(self, board: str, symbol: str) -> Quote | None:
        quote = self.quotes.get(symbol)
        return None if quote is None else Quote(quote.price, self._clock.now())

    def age(self) -> float | None:
        return 0.5


class Bench:
    """The ports, and short words for what tests do with them."""

    def __init__(self, *account_ids: str) -> None:
        self.clock = FakeClock()
        self.store = MemoryStore()
        self.venue = ToldVenue()
        self.board = Board(self.clock)
        self.bus = Here()
        self.index = ThresholdIndex()
        self.ports = Ports(
            store=self.store,
            venues={"paper": self.venue},
            clock=self.clock,
            bus=self.bus,
            prices=self.board,
        )
        for account_id in account_ids or ("a",):
            self.store.open_account(self.account(account_id))

    @staticmethod
    def account(account_id: str, venue: str = "paper") -> Account:
        """An account with two slots and a ladder of one leg."""
        return Account(account_id, venue, AccountSettings(ladder=ONE_LEG, max_open_groups=2))

    async def worker(self, *watchers: Any) -> Worker:
        """A worker that knows the rules."""
        rules = Rules(self.ports)
        await rules.turn()
        return Worker(self.ports, Decider(self.board, rules), watchers)

    async def tell(self, key: str, fact: Fact, account_id: str = "a") -> None:
        await self.store.put([InboxEntry(account_id, key, fact)], self.clock.now())

    async def enter(self, number: int = 1, account_id: str = "a", timeframe: int = 15) -> None:
        """An approved entry at 60,000."""
        signal = Signal(
            id=f"s{number}",
            source="tradingview",
            producer="hook",
            received_at=START,
            signal_time=START,
            symbol=SYMBOL,
            raw_symbol=SYMBOL,
            timeframe=timeframe,
            side=Side.LONG,
            intent=Intent.ENTER,
            entry_price=D(60000),
        )
        await self.tell(f"offer:{number}", SignalReceived(signal, "person"), account_id)

    async def command(self, account_id: str = "a") -> PlaceOrder:
        """Decide one entry and give its order, which lies new in the outbox."""
        await self.enter(account_id=account_id)
        worker = await self.worker()
        await worker.turn()
        command = self.store.outbox(account_id)[-1].command
        assert isinstance(command, PlaceOrder)
        return command

    def plant(self, *commands: tuple[str, Command]) -> None:
        """Commands as if they had just been decided."""
        for account_id, command in commands:
            self.store.intend(self.store.stored(account_id), command, None)

    def status(self, command: Command | str, account_id: str = "a") -> OutboxStatus:
        name = command if isinstance(command, str) else command.id
        row = self.store.command(account_id, name)
        assert row is not None
        return row.status

    def facts(self, account_id: str = "a") -> dict[str, Fact]:
        """Every fact the inbox has seen, by key."""
        return {row.entry.key: row.entry.fact for row, _ in self.store.inbox(account_id)}


def order(
    order_id: str, *, reduce: bool = False, valid_until: datetime | None = None
) -> PlaceOrder:
    """An order for tests that need no core."""
    return PlaceOrder(
        id=order_id,
        group_id="g",
        symbol=SYMBOL,
        side=OrderSide.SELL if reduce else OrderSide.BUY,
        order_type=OrderType.MARKET if reduce else OrderType.LIMIT,
        quantity=D("0.01"),
        price=None if reduce else D(60000),
        reduce_only=reduce,
        priority=0 if reduce else 1,
        valid_until=valid_until,
    )
