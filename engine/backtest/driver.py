"""The core in market time: candles in, the same decisions out as live, in a plain loop.

Rules of this file
1. Nothing is decided here: every fact goes through ``step``, every fill through the paper
   venue's matching. The driver only carries.
2. Latency is zero, yet facts come in the order the actors bring them: answers to what was just
   decided, then orders of that batch (what reduces risk first), then fills, then crossings.
   All of it is decided before the next price.
3. Time is the market's. It never runs backwards, and whatever falls due between two prices is
   decided at its own moment.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from engine.backtest.exchange import OWNER, Answer, Exchange
from engine.decide.guard import quiet
from engine.decide.step import Step, step
from engine.decide.wants import look_again, next_moment, wants
from engine.domain.account import Account
from engine.domain.commands import CancelOrder, Command, PlaceOrder
from engine.domain.events import (
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
from engine.domain.notices import NoticeKind, Outcome
from engine.domain.watch import Watch
from engine.market.candle import Candle, path, path_times
from engine.market.index import Crossing, ThresholdIndex
from engine.venues.paper.match import Terms
from foundation import limits


@dataclass(frozen=True, slots=True)
class Filled:
    """One execution with the order it belongs to: enough to recompute every result."""

    order: PlaceOrder
    fill: OrderFilled


class Driver:
    """One account over one history. ``fills`` and ``closed`` grow as it runs."""

    def __init__(
        self, account: Account, instruments: Mapping[str, Instrument], terms: Terms | None = None
    ) -> None:
        self.account = account
        self.fills: list[Filled] = []
        self.closed: list[Group] = []
        self._instruments = instruments
        self._index = ThresholdIndex()
        self._exchange = Exchange(instruments, terms or Terms(), self._index)
        self._quotes: dict[str, Quote] = {}
        self._placed: dict[str, PlaceOrder] = {}
        self._armed: dict[str, Watch] = {}
        self._facts: deque[tuple[str, Fact]] = deque()
        self._commands: list[Command] = []
        self._reports: list[tuple[str, Fact]] = []
        self._crossings: list[tuple[str, Fact]] = []
        self._withdrawn: set[str] = set()
        self._now: datetime | None = None
        self._next_due: datetime | None = None
        self._planned: Account | None = None
        self._moment: datetime | None = None
        self._moved = True

    def candle(self, symbol: str, candle: Candle) -> None:
        """Live through one candle, along its path."""
        for price, at in zip(path(candle), path_times(candle), strict=True):
            self.price(symbol, price, at)

    def price(self, symbol: str, price: Decimal, at: datetime) -> None:
        """One price: everything it crosses, and all that follows from it."""
        self.pass_time(at)
        self._quotes[symbol] = Quote(price, at)
        self._moved = True
        for crossing in self._index.cross(symbol, price):
            self._crossed(crossing, self._quotes[symbol])
        self._settle()

    def signal(self, fact: SignalReceived, at: datetime) -> Outcome:
        """A signal that may act, at this moment, and all it leads to at once."""
        self.pass_time(at)
        key = f"offer:{fact.offer_id}" if fact.offer_id else f"signal:{fact.signal.id}"
        outcome = self._decide(key, fact)
        self._watch()
        self._settle()
        return outcome

    def pass_time(self, at: datetime) -> None:
        """Let time come to ``at``; what falls due on the way is decided at its own moment."""
        while self._next_due is not None and self._next_due <= at:
            self._now = max(self._next_due, self._now or self._next_due)
            if self._reviewed():
                continue
            before = self.account
            self._decide(f"due:{before.seq + 1}", Due())
            self._watch()
            if self.account is before:
                self._next_due = look_again(before, self._now)
            self._settle()
        self._now = at if self._now is None else max(at, self._now)

    def _reviewed(self) -> bool:
        """Whether all that is due is a look at equity that finds nothing; then it is over.

        A due that writes nothing is no event, so it need not be decided to be the same history.
        """
        if self._planned is not self.account:
            self._planned, self._moment, self._moved = self.account, next_moment(self.account), True
        if self._moment is not None and self._moment <= self._at:
            return False
        if self._moved and not quiet(self.account, self.market(Due()), self._at):
            return False
        self._moved = False
        again = self._at + timedelta(seconds=limits.GUARD_REVIEW_S)
        self._next_due = again if self._moment is None else min(self._moment, again)
        return True

    def quote(self, symbol: str) -> Quote | None:
        return self._quotes.get(symbol)

    def step(self, event: Event) -> Step:
        """Decide one stamped event; the only place that calls the core."""
        return step(self.account, event)

    def market(self, fact: Fact) -> Market:
        """Prices and rules of what the account and the fact are about, as the worker stamps.

        History has no silent feed: the last price holds as of now.
        """
        symbols = set(self.account.symbols())
        if isinstance(fact, SignalReceived):
            symbols.add(fact.signal.symbol)
        ordered = sorted(symbols)
        return Market(
            {n: Quote(self._quotes[n].price, self._at) for n in ordered if n in self._quotes},
            {name: self._instruments[name] for name in ordered if name in self._instruments},
        )

    def _crossed(self, crossing: Crossing, quote: Quote) -> None:
        if crossing.owner == OWNER:
            for answer in self._exchange.reached(crossing.watch_id, quote.price, self._at):
                self._answered(answer)
            return
        watch = self._armed.get(crossing.watch_id)
        if watch is not None:
            self._tell_crossed(watch, quote)

    def _settle(self) -> None:
        """Let everything happen that follows from what has happened, until nothing does."""
        while True:
            if self._facts:
                while self._facts:
                    self._decide(*self._facts.popleft())
                self._watch()
            elif self._commands:
                batch, self._commands = self._commands, []
                for command in sorted(batch, key=_urgency):
                    self._carry_out(command, batch)
            elif self._reports:
                self._facts.extend(self._reports)
                self._reports.clear()
            elif self._crossings:
                self._facts.extend(self._crossings)
                self._crossings.clear()
            else:
                return

    def _decide(self, key: str, fact: Fact) -> Outcome:
        result = self.step(Event(key=key, at=self._at, market=self.market(fact), fact=fact))
        self.account = result.account
        self._commands.extend(result.commands)
        for notice in result.notices:
            if notice.kind is NoticeKind.GROUP_CLOSED and notice.group_id:
                self.closed.append(self.account.groups[notice.group_id])
        return result.outcome

    def _carry_out(self, command: Command, batch: list[Command]) -> None:
        """Send a command; a cancel catches an order of its own batch before it leaves."""
        if isinstance(command, CancelOrder):
            if any(other.id == command.order_id for other in batch):
                self._withdrawn.add(command.order_id)
                self._answered(OrderCancelled(command.order_id, Decimal(0)))
            else:
                self._answered(self._exchange.cancel(command.order_id))
            return
        if command.id in self._withdrawn:
            return
        self._placed[command.id] = command
        price = self._quotes[command.symbol].price
        for answer in self._exchange.place(command, price, self._at):
            self._answered(answer)

    def _answered(self, answer: Answer) -> None:
        if isinstance(answer, OrderFilled):
            self.fills.append(Filled(self._placed[answer.order_id], answer))
            self._reports.append((f"fill:paper:{answer.trade_id}", answer))
        elif isinstance(answer, OrderAccepted):
            self._facts.append((f"ack:{answer.order_id}", answer))
        elif isinstance(answer, OrderRefused):
            self._facts.append((f"refused:{answer.order_id}", answer))
        else:
            self._facts.append((f"cancelled:{answer.order_id}", answer))

    def _watch(self) -> None:
        """Arm what the account wants now; what the market is beyond already is told at once."""
        wanted = wants(self.account)
        self._next_due = wanted.next_due
        after = {watch.id: watch for watch in wanted.watches}
        for watch_id in self._armed:
            if watch_id not in after:
                self._index.disarm(self.account.id, watch_id)
        for watch in wanted.watches:
            if self._armed.get(watch.id) != watch:
                self._arm(watch)
        self._armed = after

    def _arm(self, watch: Watch) -> None:
        quote = self._quotes.get(watch.symbol)
        self._index.disarm(self.account.id, watch.id)
        if quote is not None and _beyond(watch, quote.price):
            self._tell_crossed(watch, quote)
            return
        self._index.arm(
            self.account.id,
            watch.id,
            watch.symbol,
            watch.direction,
            watch.price,
            watch.armed_seq,
        )

    def _tell_crossed(self, watch: Watch, quote: Quote) -> None:
        fact = PriceCrossed(watch.id, watch.armed_seq, quote.price, quote.price_at)
        self._crossings.append((f"cross:{watch.id}:{watch.armed_seq}", fact))

    @property
    def _at(self) -> datetime:
        if self._now is None:
            raise ValueError("nothing can be decided before the first moment")
        return self._now


def _beyond(watch: Watch, price: Decimal) -> bool:
    return price >= watch.price if watch.direction == "up" else price <= watch.price


def _urgency(command: Command) -> int:
    """What reduces risk goes first; within that, as decided."""
    return 0 if isinstance(command, CancelOrder) else command.priority
