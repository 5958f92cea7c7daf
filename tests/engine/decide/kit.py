"""A desk for core tests: one account, a clock that only moves when told, and readable verbs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from engine.decide.step import Step, step
from engine.decide.wants import wants
from engine.domain.account import Account
from engine.domain.commands import CancelOrder, PlaceOrder
from engine.domain.events import (
    CloseCommanded,
    Due,
    Event,
    Fact,
    OrderAccepted,
    OrderCancelled,
    OrderFilled,
    OrderRefused,
    PriceCrossed,
    SignalReceived,
)
from engine.domain.group import Group
from engine.domain.instrument import Instrument, Market, Quote
from engine.domain.notices import Outcome
from engine.domain.settings import AccountSettings
from engine.domain.signal import Signal
from engine.domain.words import Intent, Side

START = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
D = Decimal
ZERO = Decimal(0)


def instrument(symbol: str = "BTC/USDT", **changes: Any) -> Instrument:
    base, _, quote = symbol.partition("/")
    values: dict[str, Any] = {
        "tick": D("0.01"),
        "step": D("0.00001"),
        "min_quantity": D("0.00001"),
        "min_notional": D("5"),
        "shorts": True,
    }
    return Instrument(symbol=symbol, base=base, quote=quote, **(values | changes))


class Desk:
    """Feeds facts to the core and remembers everything it commanded and told.

    ``silent_s`` is how long the price feed has been silent.
    """

    def __init__(self, price: str = "60000", **settings: Any) -> None:
        self.account = Account("acc", "paper", AccountSettings(**settings))
        self.now = START
        self.silent_s = 0.0
        self.prices: dict[str, Decimal] = {"BTC/USDT": D(price)}
        self.instruments: dict[str, Instrument] = {"BTC/USDT": instrument()}
        self.journal: list[Event] = []
        self.commands: list[PlaceOrder | CancelOrder] = []
        self.told: list[str] = []
        self._n = 0

    def event(self, fact: Fact) -> Event:
        """The fact as it would be given, one second later."""
        self.now += timedelta(seconds=1)
        heard = self.now - timedelta(seconds=self.silent_s)
        quotes = {symbol: Quote(price, heard) for symbol, price in self.prices.items()}
        self._n += 1
        return Event(f"k{self._n}", self.now, Market(quotes, dict(self.instruments)), fact)

    def give(self, fact: Fact) -> Outcome:
        """Decide one fact one second later; returns its outcome."""
        event = self.event(fact)
        done: Step = step(self.account, event)
        if done.account is not self.account:
            self.journal.append(event)
        self.account = done.account
        self.last = done
        self.commands.extend(done.commands)
        self.told.extend(notice.kind.value for notice in done.notices)
        return done.outcome

    def signal(self, intent: Intent = Intent.ENTER, **changes: Any) -> Signal:
        self._n += 1
        values: dict[str, Any] = {
            "id": f"sig{self._n}",
            "source": "tradingview",
            "producer": "hook",
            "received_at": self.now,
            "signal_time": self.now,
            "symbol": "BTC/USDT",
            "raw_symbol": "BTCUSDT",
            "timeframe": 15,
            "side": Side.LONG,
            "intent": intent,
        }
        return Signal(**(values | changes))

    def enter(self, price: str | None = "60000", factor: str = "1", **changes: Any) -> Outcome:
        entry = D(price) if price else None
        signal = self.signal(entry_price=entry, **changes)
        return self.give(SignalReceived(signal, "person", size_factor=D(factor)))

    def take(self, signal: Signal) -> Outcome:
        return self.give(SignalReceived(signal))

    def exit(self, **changes: Any) -> Outcome:
        return self.give(SignalReceived(self.signal(Intent.EXIT, **changes)))

    @property
    def group(self) -> Group:
        """The only group, or the newest."""
        return list(self.account.groups.values())[-1]

    def placed(self, n: int = -1) -> PlaceOrder:
        return [c for c in self.commands if isinstance(c, PlaceOrder)][n]

    def new_orders(self) -> list[PlaceOrder]:
        """Orders commanded by the last fact."""
        return [c for c in self.last.commands if isinstance(c, PlaceOrder)]

    def reducers(self) -> list[PlaceOrder]:
        """Every order commanded so far that closes."""
        return [c for c in self.commands if isinstance(c, PlaceOrder) and c.reduce_only]

    def closing(self, group_id: str) -> CloseCommanded:
        return CloseCommanded(group_id, D(1), "user")

    def new_cancels(self) -> list[CancelOrder]:
        return [c for c in self.last.commands if isinstance(c, CancelOrder)]

    def accept(self, order: PlaceOrder) -> Outcome:
        return self.give(OrderAccepted(order.id, f"v-{order.id}"))

    def fill(
        self,
        order: PlaceOrder,
        price: str | None = None,
        quantity: Decimal | None = None,
        fee: str = "0",
        fee_in_base: str = "0",
    ) -> Outcome:
        self._n += 1
        at = D(price) if price else order.price
        assert at is not None, "a market order needs a fill price"
        fact = OrderFilled(
            order_id=order.id,
            trade_id=f"t{self._n}",
            quantity=quantity if quantity is not None else order.quantity,
            price=at,
            fee_usd=D(fee),
            fee_in_base=D(fee_in_base),
            venue_time=self.now,
        )
        return self.give(fact)

    def refuse(
        self, order: PlaceOrder, code: str = "rejected", text: str = "no", *, final: bool = True
    ) -> Outcome:
        return self.give(OrderRefused(order.id, code, text, final))

    def cancelled(self, order_id: str, filled: str | None = None) -> Outcome:
        return self.give(OrderCancelled(order_id, D(filled) if filled is not None else None))

    def cross(self, price: str, symbol: str = "BTC/USDT") -> list[Outcome]:
        """Move the price and tell every watch it passes, as the feed would."""
        self.prices[symbol] = D(price)
        outcomes = []
        for watch in wants(self.account).watches:
            up = watch.direction == "up"
            level = self.prices[symbol]
            if watch.symbol == symbol and (level >= watch.price if up else level <= watch.price):
                fact = PriceCrossed(watch.id, watch.armed_seq, level, self.now)
                outcomes.append(self.give(fact))
        return outcomes

    def close(self, fraction: str = "1") -> Outcome:
        return self.give(CloseCommanded(self.group.id, D(fraction), "user"))

    def wait(self, seconds: float) -> Outcome:
        self.now += timedelta(seconds=seconds - 1)
        return self.give(Due())
