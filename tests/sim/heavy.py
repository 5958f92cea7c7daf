"""A heavy hour: 200 groups of 5 pyramids and 5 legs on one account, 100 alerts a minute.

The real actors on the virtual clock, an exchange that answers at once, nothing goes wrong: what is
looked for is a target that the market reached and that was not acted on. By hand:
``python -m tests.sim.heavy --minutes 60``.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from decimal import Decimal

from engine.domain import events as ev
from engine.domain.account import Account
from engine.domain.choices.entry import SizingSettings
from engine.domain.instrument import Instrument
from engine.domain.settings import AccountSettings, LegSettings
from engine.domain.signal import Signal
from engine.domain.words import WATCHED, Intent, Side
from engine.market.ticks import Tick
from engine.store.memory import MemoryStore
from engine.store.port import InboxEntry
from engine.venues.paper.match import Terms
from tests.sim.exchange import Exchange
from tests.sim.quiet import quiet
from tests.sim.stage import OneFault
from tests.sim.world import World

GROUPS = 200
ALERTS_PER_MINUTE = 100
#: How long a target may stand reached before it counts as missed.
PATIENCE_S = 10.0
SETTINGS = AccountSettings(
    total_capital_usd=Decimal(10_000_000),
    max_open_groups=GROUPS,
    max_pyramids=5,
    queue_limit=50,
    sizing=SizingSettings(pyramid_sizing="shared"),
    ladder=tuple(
        LegSettings(gap_percent=Decimal(gap), weight_percent=Decimal(20), tp_percent=Decimal(4))
        for gap in ("0", "-0.4", "-0.8", "-1.2", "-1.6")
    ),
)


def symbols() -> tuple[str, ...]:
    return tuple(f"COIN{n}/USDT" for n in range(GROUPS))


def _instrument(symbol: str) -> Instrument:
    return Instrument(
        symbol=symbol,
        base=symbol.partition("/")[0],
        quote="USDT",
        tick=Decimal("0.0001"),
        step=Decimal("0.001"),
        min_quantity=Decimal("0.001"),
        min_notional=Decimal(5),
    )


class Heavy(World):
    """One busy account for ``minutes``; ``missed`` names targets reached and not acted on."""

    def __init__(self, minutes: int, seed: int = 1) -> None:
        super().__init__(seed)
        self.minutes = minutes
        self.faults = OneFault("crash", 0)  # type: ignore[assignment]  # the same three methods
        self.store = MemoryStore()
        self.accounts = [Account(id="a0", venue="sim", settings=SETTINGS)]
        self.store.open_account(self.accounts[0])
        self.exchange = Exchange(
            rng=self.rng,
            instruments={symbol: _instrument(symbol) for symbol in symbols()},
            terms=Terms(),
            fee_in_base=False,
            report_delay=0.0,
            now=self.truth,
            monotonic=self.loop.time,
            prices={s: Decimal(self.rng.randrange(5, 500)) for s in symbols()},
        )
        self.missed: dict[str, str] = {}
        self.alerts = 0
        self.most_groups = self.most_legs = 0
        self._reached: dict[tuple[str, int, int], float] = {}

    async def _live(self) -> None:
        self.boot()
        tasks = [
            self.loop.spawn("world", act()) for act in (self._market, self._signals, self._look)
        ]
        await asyncio.sleep(self.minutes * 60)
        for task in tasks[1:]:
            task.cancel()
        self.healed = True
        await self._settle(tasks[0])
        tasks[0].cancel()

    async def _market(self) -> None:
        """Each symbol trades about once in four seconds."""
        while True:
            for symbol in symbols():
                if self.rng.random() > 0.25:
                    continue
                price = self.exchange.prices[symbol]
                moved = price * Decimal(repr(1 + self.rng.gauss(0, 0.0012)))
                moved = max(moved.quantize(Decimal("0.0001")), Decimal(1))
                self.exchange.trade(symbol, moved)
                for process in self.processes:
                    process.feed.put_nowait(Tick(symbol, moved, self.truth()))
            await asyncio.sleep(1)

    async def _signals(self) -> None:
        while True:
            await asyncio.sleep(60 / ALERTS_PER_MINUTE)
            self.alerts += 1
            symbol = self.rng.choice(symbols())
            at = self.truth()
            signal = Signal(
                id=f"s{self.alerts}", source="tradingview", producer="heavy", received_at=at,
                signal_time=at, symbol=symbol, raw_symbol=symbol, timeframe=60, side=Side.LONG,
                intent=Intent.ENTER, entry_price=self.exchange.prices[symbol],
            )  # fmt: skip
            fact = ev.SignalReceived(signal, approved_by="policy")
            await self._tell(InboxEntry("a0", f"signal:{signal.id}:a0", fact))

    async def _look(self) -> None:
        """Once a second: every open lot against the market."""
        while True:
            await asyncio.sleep(1)
            account = self.account("a0")
            standing: dict[tuple[str, int, int], float] = {}
            legs = 0
            for group in account.groups.values():
                price = self.exchange.prices[group.symbol]
                for pyramid, leg in group.legs:
                    legs += leg.open_quantity > 0
                    due = leg.tp_price is not None and price >= leg.tp_price and not leg.tp_hit
                    if due and leg.open_quantity > 0 and group.status in WATCHED:
                        key = (group.id, pyramid.index, leg.index)
                        standing[key] = self._reached.get(key, self.loop.now)
            for key, since in standing.items():
                if self.loop.now - since > PATIENCE_S:
                    self.missed[str(key)] = f"{key} stands reached since {since:.0f} s"
            self._reached = standing
            self.most_groups = max(self.most_groups, account.slots_taken)
            self.most_legs = max(self.most_legs, legs)


def main() -> int:
    """Entry point; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.sim.heavy", description=__doc__)
    parser.add_argument("--minutes", type=int, default=60)
    given = parser.parse_args()
    began = time.perf_counter()
    with quiet():
        world = Heavy(given.minutes)
        world.run()
    journal = world.store.journal["a0"]
    hit = sum(1 for one in journal for notice in one.notices if notice.kind == "tp_hit")
    passed = time.perf_counter() - began
    print(
        f"{given.minutes} minutes in {passed:.0f} s: {world.alerts} alerts, {len(journal)} "
        f"decisions, {len(world.exchange.orders)} orders, up to {world.most_groups} groups and "
        f"{world.most_legs} open legs at once, {hit} targets acted on, {len(world.missed)} missed"
    )
    for text in (*world.missed.values(), *world.check.violations)[:10]:
        print(f"  {text}")
    return 1 if world.missed or world.check.violations else 0


if __name__ == "__main__":
    sys.exit(main())
