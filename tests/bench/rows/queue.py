"""The queue: a slot frees while 1,000 signals wait, and one step promotes.

Timed is the whole `step` that hears the last fill of a closing group: facts, plan, promotion,
check. Baseline: the same step with an empty queue.
"""

from __future__ import annotations

import time
from collections.abc import Sequence

from engine.decide.step import step
from engine.domain.account import Account
from engine.domain.commands import PlaceOrder
from engine.domain.events import CloseCommanded, Event, OrderCancelled, OrderFilled, SignalReceived
from engine.domain.words import OrderType
from tests.bench.seed import PRICE, D, Trader, settings, signal
from tests.bench.table import Row, percentile
from tests.bench.world import World

_WAITING = 1_000
_ROUNDS = 60
SYMBOLS = tuple(f"Q{n}/USDT" for n in range(25))


async def run(world: World) -> Sequence[Row]:
    world.say("a promotion with 1,000 waiting")
    full, empty = _freed(_WAITING), _freed(0)
    note = f"p50 {percentile(full, 0.5):.2g} ms"
    return [
        Row(
            "queue", "promotion with 1,000 queued: p99", percentile(full, 0.99), "ms", 5,
            baseline=percentile(empty, 0.99), baseline_is="the same step, nothing queued",
            note=note,
        )
    ]  # fmt: skip


def _freed(waiting: int) -> list[float]:
    account, last = _one_fill_before_flat(waiting)
    taken = []
    for _ in range(_ROUNDS):
        began = time.perf_counter()
        done = step(account, last)
        taken.append((time.perf_counter() - began) * 1000)
        promoted = [c for c in done.commands if isinstance(c, PlaceOrder)]
        assert bool(promoted) == bool(waiting)
    return taken


def _one_fill_before_flat(waiting: int) -> tuple[Account, Event]:
    """An account with its only slot taken, and the fill that frees it."""
    trader = Trader(Account("bench", "paper", settings(5, 1)), SYMBOLS)
    trader.open(SYMBOLS[0])
    for number in range(waiting):
        symbol = SYMBOLS[1 + number % (len(SYMBOLS) - 1)]
        late = signal(number, symbol, timeframe=1 + number // (len(SYMBOLS) - 1), at=trader.at)
        trader.give(SignalReceived(late, "policy"))
    assert len(trader.account.queue) == waiting
    (group,) = trader.account.groups.values()
    commands = list(trader.give(CloseCommanded(group.id, D(1), "user")).commands)
    for order in list(group.entry_orders)[1:]:
        commands += trader.give(OrderCancelled(order.id, D(0))).commands
    closing = next(
        command
        for command in commands
        if isinstance(command, PlaceOrder) and command.order_type is OrderType.MARKET
    )
    fill = OrderFilled(closing.id, "last", closing.quantity, PRICE, D(0), D(0), trader.at)
    return trader.account, trader.event(fill)
