"""An error in one account never stops another (spec engine §10), wherever it comes up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from engine.domain.account import Account
from engine.domain.events import SignalReceived
from engine.domain.instrument import Instrument, Quote
from engine.domain.settings import AccountSettings
from engine.domain.signal import Signal
from engine.domain.words import GroupStatus, Intent, OrderStatus, Side
from engine.market.index import ThresholdIndex
from engine.market.ticks import Tick
from engine.runtime import resolver
from engine.runtime.engine import Engine
from engine.runtime.lock import DatabaseLock
from engine.runtime.ports import Ports
from engine.store.port import InboxEntry
from engine.store.postgres import PostgresStore
from engine.store.registry import NewAccount, open_account
from engine.venues.port import (
    Absent,
    Accepted,
    Cancelled,
    Ended,
    Fill,
    Found,
    Held,
    VenueHealth,
    Wallet,
)
from foundation import limits
from foundation.bus import Bus
from foundation.clock import WallClock
from foundation.db import Database
from foundation.people.people import People
from tests.engine.runtime.kit import NO_FEE, ONE_LEG, RULES, SYMBOL, D
from tests.support.until import until

START = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
CALLS = ("place", "find", "fills", "open_orders", "positions", "wallet")
"""What is asked of a venue for one account."""


@dataclass
class Torn:
    """Fills every order at once, account by account; ``breaks`` raises what nobody foresaw."""

    name: str = "binance"
    breaks: tuple[str, ...] = ()
    orders: dict[str, list[Any]] = field(default_factory=dict)
    told: dict[str, list[Fill | Ended]] = field(default_factory=dict)
    broken: int = 0

    def _of(self, account_id: str, call: str) -> None:
        if account_id == "bad" and call in self.breaks:
            self.broken += 1
            raise KeyError("a field that an exchange left out")

    async def instruments(self) -> Mapping[str, Instrument]:
        return {SYMBOL: RULES}

    async def place(self, account_id: str, order: Any, claimed_at: datetime) -> Any:
        self._of(account_id, "place")
        mine = self.orders.setdefault(account_id, [])
        mine.append(order)
        price, trade = order.price or D(60700), f"{account_id}{len(mine)}"
        fill = Fill(order.id, trade, order.quantity, price, D(0), D(0), claimed_at, NO_FEE)
        self.told.setdefault(account_id, []).append(fill)
        return Accepted(trade)

    async def cancel(self, account_id: str, command: Any) -> Any:
        return Cancelled(D(0))

    async def find(self, account_id: str, order_id: str, symbol: str) -> Any:
        self._of(account_id, "find")
        mine = self.orders.get(account_id, [])
        known = next((one for one in mine if one.id == order_id), None)
        return Absent() if known is None else Found(OrderStatus.FILLED, "v", known.quantity)

    async def fills(self, account_id: str, cursor: str) -> Any:
        self._of(account_id, "fills")
        told = self.told.get(account_id, [])
        return tuple(told[int(cursor or 0) :]), str(len(told))

    async def open_orders(self, account_id: str) -> Any:
        self._of(account_id, "open_orders")
        return ()

    async def positions(self, account_id: str) -> Any:
        self._of(account_id, "positions")
        signed = [
            -one.quantity if one.reduce_only else one.quantity
            for one in self.orders.get(account_id, [])
        ]
        return (Held(SYMBOL, sum(signed, D(0))),)

    async def wallet(self, account_id: str) -> Wallet:
        self._of(account_id, "wallet")
        return Wallet(D(100_000), D(100_000), {}, WallClock().now())

    def health(self) -> VenueHealth:
        return VenueHealth(True, 1.0, 0.0, 0.0, 0.0, 0.0, "")


class Prices:
    """One price that is always fresh."""

    last = D(60000)

    def quote(self, board: str, symbol: str) -> Quote | None:
        return Quote(self.last, WallClock().now())

    def age(self) -> float | None:
        return 0.1


class Street:
    """Two accounts side by side on one engine."""

    def __init__(self, database: Database, bus: Bus, **venues: Any) -> None:
        self.database = database
        self.bus = bus
        self.venue = Torn()
        self.prices = Prices()
        self.index = ThresholdIndex()
        ports = Ports(
            store=PostgresStore(database),
            venues={"binance": self.venue, **venues},
            clock=WallClock(),
            bus=bus,
            prices=self.prices,
        )
        self.engine = Engine(ports, DatabaseLock(database.dsn), lambda _: self.index)

    async def open(self) -> None:
        user = await People(self.database, WallClock()).ensure(1, "Ada", None, "en")
        for name in ("bad", "good"):
            account = Account(name, "binance", AccountSettings(ladder=ONE_LEG))
            await open_account(self.database, NewAccount(account, user.id, name, START))
        await self.engine.start()
        gate = self.engine.reconcile.gate
        await until(lambda: gate.passed("good") and gate.passed("bad"))

    async def enter(self, account_id: str) -> None:
        signal = Signal(
            id=f"s-{account_id}",
            source="tradingview",
            producer="hook",
            received_at=START,
            signal_time=START,
            symbol=SYMBOL,
            raw_symbol=SYMBOL,
            timeframe=15,
            side=Side.LONG,
            intent=Intent.ENTER,
            entry_price=D(60000),
        )
        entry = InboxEntry(account_id, "offer:1", SignalReceived(signal, "person"))
        await PostgresStore(self.database).put([entry], WallClock().now())
        self.bus.wake("inbox")

    async def is_now(self, status: GroupStatus) -> bool:
        loaded = await PostgresStore(self.database).load("good")
        groups = loaded.account.groups.values()
        return any(group.status is status for group in groups)

    async def trade(self) -> None:
        """The good account opens a group and closes it at its target, beside the bad one."""
        for name in ("bad", "good"):
            await self.enter(name)
        await until(lambda: self.is_now(GroupStatus.ACTIVE), within=40)
        self.prices.last = Decimal(60650)
        tick = Tick(SYMBOL, self.prices.last, WallClock().now())
        await self.engine.watching.heard(tick, self.index.cross(SYMBOL, tick.price))
        await until(lambda: self.is_now(GroupStatus.CLOSED), within=40)


@pytest.mark.parametrize("call", CALLS)
async def test_an_error_in_one_account_never_stops_another(
    database: Database, bus: Bus, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    for name in ("RECONCILE_POSITIONS_S", "RECONCILE_FULL_S", "FILLS_POLL_IDLE_S"):
        monkeypatch.setattr(limits, name, 0.2)
    monkeypatch.setattr(resolver, "CERTAIN_AFTER", timedelta(0))
    street = Street(database, bus)
    try:
        await street.open()
        street.venue.breaks = ("place", "find") if call == "find" else (call,)
        await street.trade()
        await until(lambda: street.venue.broken >= (2 if call == "find" else 1))
        assert street.engine.running
        assert "engine" not in street.engine.crashes, "everybody had to start over"
    finally:
        await street.engine.stop()


class Unreadable(Torn):
    """An exchange whose list of symbols has a row nobody can read."""

    name = "bybit"

    async def instruments(self) -> Mapping[str, Instrument]:
        raise KeyError("tickSize")


async def test_an_exchange_whose_rules_cannot_be_read_stops_no_other(
    database: Database, bus: Bus
) -> None:
    street = Street(database, bus, bybit=Unreadable("bybit"))
    try:
        await street.open()
        await street.trade()
        assert "engine" not in street.engine.crashes
    finally:
        await street.engine.stop()
