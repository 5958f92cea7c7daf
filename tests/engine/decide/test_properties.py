"""Whatever order facts come in: the books balance, the journal replays, everything ends flat."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from decimal import Decimal as D

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.decide.step import step
from engine.domain.account import Account
from engine.domain.commands import CancelOrder, PlaceOrder
from engine.domain.events import OrderLost, OrderRefused, SignalReceived
from engine.domain.settings import AccountSettings
from engine.domain.words import (
    GroupStatus,
    Intent,
    OrderSide,
    Side,
    TakeProfitExecution,
    TakeProfitMode,
)
from tests.engine.decide.kit import Desk, instrument

CAPITAL = D(100000)


@dataclass
class TinyVenue:
    """Working orders by id and every execution, for an independent count of money."""

    working: dict[str, PlaceOrder] = field(default_factory=dict)
    done: dict[str, D] = field(default_factory=dict)
    cash: D = D(0)
    position: D = D(0)
    seen: int = 0
    answered: set[str] = field(default_factory=set)

    def take(self, desk: Desk, dice: random.Random) -> None:
        self.receive(desk)
        self._answer(desk, dice)

    def receive(self, desk: Desk) -> None:
        new, self.seen = desk.commands[self.seen :], len(desk.commands)
        for command in new:
            if isinstance(command, PlaceOrder):
                self.working[command.id] = command
                self.done[command.id] = D(0)

    def _answer(self, desk: Desk, dice: random.Random) -> None:
        for order in list(self.working.values()):
            roll = dice.random()
            if roll < 0.1 and self.done[order.id] == 0 and order.id not in self.answered:
                del self.working[order.id]
                lost = dice.random() < 0.5
                refusal = OrderRefused(order.id, "busy", "busy", final=False, retry_after=1)
                desk.give(OrderLost(order.id) if lost else refusal)
                return self.take(desk, dice)
            if roll < 0.5:
                self.execute(desk, order, dice)
                return self.take(desk, dice)
            if roll < 0.6:
                self.answered.add(order.id)
                desk.accept(order)
                return self.take(desk, dice)
        return None

    def execute(
        self, desk: Desk, order: PlaceOrder, dice: random.Random, *, all_: bool = False
    ) -> None:
        left = order.quantity - self.done[order.id]
        units = int(left / D("0.00001"))
        part = left if all_ or dice.random() < 0.6 else D(dice.randint(1, units)) * D("0.00001")
        price = order.price or desk.prices["BTC/USDT"]
        self.done[order.id] += part
        sign = 1 if order.side is OrderSide.BUY else -1
        self.cash -= sign * part * price + D("0.01")
        self.position += sign * part
        if self.done[order.id] == order.quantity:
            del self.working[order.id]
        desk.fill(order, str(price), part, fee="0.01")

    def cancel(self, desk: Desk, command: CancelOrder, dice: random.Random) -> None:
        if self.working.pop(command.order_id, None):
            desk.cancelled(command.order_id, str(self.done[command.order_id]))
            self.take(desk, dice)


def play(seed: int, mode: TakeProfitMode, desk_of: type[Desk] = Desk) -> tuple[Desk, TinyVenue]:
    dice = random.Random(seed)
    execution = list(TakeProfitExecution)[seed % 2]
    desk = desk_of(
        total_capital_usd=CAPITAL, max_open_groups=3, tp_mode=mode, tp_execution=execution
    )
    desk.instruments["BTC/USDT"] = instrument(min_notional=D(0))
    venue = TinyVenue()
    for _ in range(30):
        roll, side = dice.random(), dice.choice(list(Side))
        price = desk.prices["BTC/USDT"] * D(dice.randint(985, 1015)) / 1000
        if roll < 0.3:
            desk.enter(price=None, side=side, timeframe=dice.choice([15, 60]))
        elif roll < 0.4:
            desk.exit(side=side, timeframe=dice.choice([15, 60]))
        elif roll < 0.5:
            fraction = D(dice.randint(1, 9)) / 10
            signal = desk.signal(Intent.REDUCE, side=side, reduce_fraction=fraction)
            desk.give(SignalReceived(signal))
        elif roll < 0.55:
            signal = desk.signal(Intent.REVERSE, side=side)
            desk.give(SignalReceived(signal, "policy"))
        elif roll < 0.9:
            desk.cross(str(price.quantize(D("0.01"))))
        else:
            desk.wait(dice.randint(1, 60))
        venue.take(desk, dice)
        for command in [c for c in desk.commands if isinstance(c, CancelOrder)]:
            if dice.random() < 0.5:
                venue.cancel(desk, command, dice)
    return desk, venue


def heal(desk: Desk, venue: TinyVenue) -> None:
    """A venue without faults: every group is closed, every order ends."""
    dice = random.Random(1)
    for _ in range(60):
        for group in list(desk.account.groups.values()):
            if group.holds_slot:
                desk.exit(side=group.side, timeframe=group.timeframe)
        for queued in list(desk.account.queue):
            desk.exit(side=queued.signal.side, timeframe=queued.signal.timeframe)
        desk.wait(40)
        venue.receive(desk)
        for order in list(venue.working.values()):
            if order.reduce_only:
                venue.execute(desk, order, dice, all_=True)
        for command in [c for c in desk.commands if isinstance(c, CancelOrder)]:
            if venue.working.pop(command.order_id, None):
                desk.cancelled(command.order_id, str(venue.done[command.order_id]))


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10**9), mode=st.sampled_from(TakeProfitMode))
def test_the_books_agree_with_the_venue_whatever_happens(seed: int, mode: TakeProfitMode) -> None:
    desk, venue = play(seed, mode)
    held = sum((g.side.sign * g.open_quantity for g in desk.account.groups.values()), D(0))
    assert held == venue.position
    heal(desk, venue)
    statuses = {group.status for group in desk.account.groups.values()}
    assert statuses <= {GroupStatus.CLOSED, GroupStatus.FAILED}
    assert venue.position == 0
    replayed = replay(desk)
    realised = sum((g.realized_pnl_usd for g in desk.account.groups.values()), D(0))
    assert replayed == desk.account
    if not forgotten(desk):
        assert realised == venue.cash


def replay(desk: Desk) -> Account:
    account = Account("acc", "paper", desk.account.settings)
    for event in desk.journal:
        account = step(account, event).account
    return account


def forgotten(desk: Desk) -> bool:
    """Whether a closed group has left the account's memory, so sums over it are partial."""
    opened = {c.group_id for c in desk.commands}
    return not opened <= set(desk.account.groups)


def test_one_seed_gives_one_story() -> None:
    first, second = play(7, TakeProfitMode.PER_LEG)[0], play(7, TakeProfitMode.PER_LEG)[0]
    assert first.commands == second.commands
    assert first.account == second.account
    assert isinstance(first.account.settings, AccountSettings)
