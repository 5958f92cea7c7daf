"""One core, two drivers: one history through the actors and through the backtest, compared.

The actors are the real ones on a clock that stands (worker, sender, fills, watching, market hub,
paper venue on Postgres); each takes its turn until none has anything to do. The journals must be
equal: same events, same stamps, same commands, same client ids.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from engine.backtest.driver import Driver
from engine.decide.step import Step
from engine.domain.account import Account
from engine.domain.commands import Command
from engine.domain.events import Event, SignalReceived
from engine.domain.settings import AccountSettings
from engine.domain.signal import Signal
from engine.domain.words import Intent, Side, TakeProfitMode
from engine.market.candle import Candle, path, path_times
from engine.market.hub import Hub
from engine.market.ticks import PAPER, Tick
from engine.runtime.deciding import Decider
from engine.runtime.fills import Fills
from engine.runtime.ports import Ports
from engine.runtime.rules import Rules
from engine.runtime.sender import Sender
from engine.runtime.watching import Watching
from engine.runtime.worker import Worker
from engine.store.memory import MemoryStore
from engine.store.port import InboxEntry
from engine.venues.paper.rules import INSTRUMENTS
from engine.venues.registry import Ground, open_venues
from foundation.db import Database
from foundation.log import get_logger
from foundation.nursery import Nursery
from tests.support.boards import OneBoard
from tests.support.clock import FakeClock
from tests.support.feed import QuietFeed

D = Decimal
BTC = "BTC/USDT"
START = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
Decision = tuple[Event, tuple[Command, ...]]


class Silence:
    """Wake-ups nobody needs: every turn is taken by hand."""

    def wake(self, topic: str) -> None: ...

    def mark(self, topic: str) -> int:
        return 0

    async def wait(self, topic: str, timeout: float, since: int | None = None) -> bool:
        return False


class Actors:
    """The live engine, one turn at a time."""

    def __init__(self, database: Database, account: Account) -> None:
        self.clock, self.store = FakeClock(START), MemoryStore()
        self.store.open_account(account)
        self._account_id = account.id
        self._database = database
        self.hub = Hub(database, self.clock, PAPER)
        self.boards = OneBoard(self.hub, self.hub.index)

    async def open(self, nursery: Nursery) -> None:
        wake = Silence()
        ground = Ground(self._database, self.clock, self.hub, lambda: None)
        venues = await open_venues(ground)
        ports = Ports(self.store, venues, self.clock, wake, self.boards)
        rules = Rules(ports)
        self._watching, self._fills = Watching(ports, self.boards.follow), Fills(ports)
        self._sender = Sender(ports, nursery)
        self._worker = Worker(ports, Decider(self.boards, rules), (self._watching, self._fills))
        self.hub.listen("", self._watching.heard)
        self.hub.start(nursery, QuietFeed(BTC))
        await rules.turn()
        await self._worker.refresh()
        await self.settle()

    async def settle(self) -> None:
        """Turns until nobody has anything to do, in the order a quick machine takes them."""
        while True:
            if await self._worker.turn():
                continue
            rows = await self.store.claim(self.clock.now(), 100, 100)
            for row in rows:
                await self._sender.send(row)
            if rows or await self._fills.turn() or await self._watching.turn():
                continue
            return

    async def come_to(self, at: datetime) -> None:
        while (due := await self.store.next_due()) is not None and due <= at:
            self._advance(due)
            await self.settle()
        self._advance(at)

    def _advance(self, at: datetime) -> None:
        """The feed lives on between two prices."""
        self.clock.advance((at - self.clock.now()).total_seconds())
        self.hub.beat()

    async def price(self, price: Decimal, at: datetime) -> None:
        await self.come_to(at)
        await self.hub.tick(Tick(BTC, price, at))
        await self.settle()

    async def signal(self, fact: SignalReceived, at: datetime) -> None:
        await self.come_to(at)
        key = f"offer:{fact.offer_id}" if fact.offer_id else f"signal:{fact.signal.id}"
        await self.store.put([InboxEntry(self._account_id, key, fact)], at)
        await self.settle()

    @property
    def journal(self) -> list[Decision]:
        return [(one.event, one.commands) for one in self.store.journal[self._account_id]]


class Recording(Driver):
    """The backtest, with its journal kept."""

    journal: list[Decision]

    def step(self, event: Event) -> Step:
        result = super().step(event)
        if result.account is not self.account:
            self.journal.append((event, result.commands))
        return result


def story(seed: int) -> tuple[list[Candle], dict[int, SignalReceived]]:
    """Forty candles, and signals after some of them."""
    dice = random.Random(seed)
    price, candles, signals = 60_000, [], {}
    for n in range(40):
        opened, price = price, price + dice.randint(-450, 450)
        high, low = max(opened, price) + dice.randint(0, 200), min(opened, price)
        low -= dice.randint(0, 200)
        at = START + timedelta(minutes=n)
        candles.append(Candle(at, D(opened), D(high), D(low), D(price), D(1)))
        if dice.random() < 0.25:
            signals[n] = wish(dice, n, price)
    return candles, signals


def wish(dice: random.Random, n: int, price: int) -> SignalReceived:
    intent = dice.choice([Intent.ENTER] * 4 + [Intent.EXIT, Intent.REDUCE, Intent.REVERSE])
    one = Signal(
        id=f"s{n}",
        source="tradingview",
        producer="hook",
        received_at=START,
        signal_time=START,
        symbol=BTC,
        raw_symbol="BTCUSDT",
        timeframe=dice.choice([5, 15]),
        side=dice.choice([Side.LONG, Side.LONG, Side.SHORT]),
        intent=intent,
        reduce_fraction=D("0.4") if intent is Intent.REDUCE else None,
        entry_price=D(price),
    )
    return SignalReceived(one, "person", f"o{n}" if intent is Intent.ENTER else None)


def differing(live: Sequence[Decision], tested: Sequence[Decision]) -> str:
    for n, (one, other) in enumerate(zip(live, tested, strict=False)):
        if one != other:
            return f"decision {n + 1}:\n  actors   {one}\n  backtest {other}"
    return f"{len(live)} decisions of the actors, {len(tested)} of the backtest"


@pytest.mark.parametrize("seed", range(6))
async def test_one_history_gives_one_journal(
    database: Database, seed: int, request: pytest.FixtureRequest
) -> None:
    mode = list(TakeProfitMode)[seed % 2]
    settings = AccountSettings(tp_mode=mode, max_open_groups=2, queue_expiry_minutes=7)
    account = Account("a", "paper", settings)
    candles, signals = story(seed)
    tested = Recording(account, INSTRUMENTS)
    tested.journal = []
    live = Actors(database, account)
    nursery = Nursery(get_logger("test"))
    await live.open(nursery)
    try:
        for n, candle in enumerate(candles):
            tested.candle(BTC, candle)
            for price, at in zip(path(candle), path_times(candle), strict=True):
                await live.price(price, at)
            if n in signals:
                at = candle.at + timedelta(seconds=50)
                tested.signal(signals[n], at)
                await live.signal(signals[n], at)
    finally:
        await nursery.stop()
    assert live.journal == tested.journal, differing(live.journal, tested.journal)
    assert len(tested.fills) > 3
