"""Positions to measure with, made by the core itself and written to the database when wanted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Final

from engine.decide.step import Step, step
from engine.decide.wants import wants
from engine.domain.account import Account
from engine.domain.commands import PlaceOrder
from engine.domain.events import Event, Fact, OrderAccepted, OrderFilled, SignalReceived
from engine.domain.instrument import Instrument, Market, Quote
from engine.domain.settings import AccountSettings, LegSettings
from engine.domain.signal import Signal
from engine.domain.words import Intent, Side
from engine.store.port import AccountCommit
from engine.store.postgres import PostgresStore
from engine.store.registry import NewAccount, open_account
from foundation.clock import WallClock
from foundation.db import Database
from foundation.people import People

D = Decimal
START: Final = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
PRICE: Final = D(100)
LEGS: Final = 6
_BATCH: Final = 100


def ladder(legs: int) -> tuple[LegSettings, ...]:
    """Equal legs, half a percent apart, each with a target of one percent."""
    share = (D(100) / legs).quantize(D("0.000001"))
    return tuple(
        LegSettings(gap_percent=D(n) / -2, weight_percent=share, tp_percent=D(1))
        for n in range(legs)
    )


def settings(legs: int = LEGS, groups: int = 200) -> AccountSettings:
    capital = D(1000) * groups
    return AccountSettings(
        ladder=ladder(legs),
        max_open_groups=groups,
        total_capital_usd=capital,
        queue_limit=1000,
        undo_seconds=0,
    )


def instrument(symbol: str) -> Instrument:
    base, _, quote = symbol.partition("/")
    return Instrument(
        symbol=symbol,
        base=base,
        quote=quote,
        tick=D("0.01"),
        step=D("0.001"),
        min_quantity=D("0.001"),
        min_notional=D(5),
        shorts=True,
    )


def signal(number: int, symbol: str, timeframe: int = 15, at: datetime = START) -> Signal:
    return Signal(
        id=f"signal-{number}",
        source="tradingview",
        producer="bench",
        received_at=at,
        signal_time=at,
        symbol=symbol,
        raw_symbol=symbol,
        timeframe=timeframe,
        side=Side.LONG,
        intent=Intent.ENTER,
        entry_price=PRICE,
    )


class Trader:
    """Feeds facts to the core and keeps the account it makes."""

    def __init__(self, account: Account, symbols: Sequence[str], at: datetime = START) -> None:
        self.account = account
        self.at = at
        self.symbols = symbols
        self._rules = {symbol: instrument(symbol) for symbol in symbols}
        self._number = 0

    def event(self, fact: Fact, prices: Decimal = PRICE) -> Event:
        """The fact stamped one second later, every symbol at this price."""
        self.at += timedelta(seconds=1)
        self._number += 1
        quotes = {symbol: Quote(prices, self.at) for symbol in self.symbols}
        return Event(f"fact-{self._number}", self.at, Market(quotes, self._rules), fact)

    def give(self, fact: Fact) -> Step:
        done = step(self.account, self.event(fact))
        self.account = done.account
        return done

    def open(self, symbol: str, timeframe: int = 15) -> None:
        """A group whose ladder stands and whose first leg is filled."""
        placed = self.give(SignalReceived(signal(self._number, symbol, timeframe), "policy"))
        orders = [command for command in placed.commands if isinstance(command, PlaceOrder)]
        for order in orders:
            self.give(OrderAccepted(order.id, f"v-{order.id}"))
        first = orders[0]
        fill = OrderFilled(first.id, f"t-{first.id}", first.quantity, PRICE, D(0), D(0), self.at)
        self.give(fill)


def account_with_groups(
    account_id: str, count: int, symbols: Sequence[str], legs: int = LEGS
) -> Account:
    """An account that holds ``count`` active groups of ``legs`` legs each."""
    trader = Trader(Account(account_id, "paper", settings(legs, count)), symbols)
    for number in range(count):
        symbol = symbols[number % len(symbols)]
        trader.open(symbol, timeframe=1 + number // len(symbols))
    return trader.account


async def store_accounts(database: Database, accounts: Sequence[Account]) -> str:
    """Write accounts as they stand, all of one person, whose id is returned."""
    clock = WallClock()
    user = await People(database, clock).ensure(1001, "Mia", None, "en")
    store = PostgresStore(database)
    for begin in range(0, len(accounts), _BATCH):
        commits = []
        for account in accounts[begin : begin + _BATCH]:
            empty = Account(account.id, account.venue, account.settings, seq=account.seq)
            await open_account(database, NewAccount(empty, user.id, account.id, clock.now()))
            commits.append(AccountCommit(empty, account, (), wants(account).next_due))
        await store.commit(commits, clock.now())
    return user.id
