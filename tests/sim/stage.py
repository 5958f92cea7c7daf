"""A stage: one scripted world in which a single thing goes wrong, at a moment that is counted."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from engine.domain import events as ev
from engine.domain.account import Account
from engine.domain.settings import AccountSettings, LegSettings
from engine.domain.signal import Signal
from engine.domain.words import GroupStatus, Intent, Side
from engine.market.ticks import Tick
from engine.store.memory import MemoryStore
from engine.store.port import InboxEntry
from engine.venues.paper.match import Terms
from tests.sim import script
from tests.sim.exchange import Exchange
from tests.sim.world import TICK_S, World

BTC, ETH = script.SYMBOLS
#: How long after each act its moments count, and how long the world then has to come to rest.
BUSY_S, REST_S = 1.5, 28
How = Literal["crash", "commit_ack_lost"]


def settings(*legs: tuple[str, str, str], **more: object) -> AccountSettings:
    """Settings with a ladder of (gap, weight, target) and little of everything else."""
    ladder = tuple(
        LegSettings(gap_percent=Decimal(g), weight_percent=Decimal(w), tp_percent=Decimal(t))
        for g, w, t in legs or (("0", "100", "1"),)
    )
    values = {"total_capital_usd": Decimal(2000), "max_open_groups": 2, **more}
    return AccountSettings.model_validate({"ladder": ladder, **values})


class OneFault:
    """Nothing goes wrong but what the scenario orders, and one thing at moment ``at``."""

    def __init__(self, how: How, at: int) -> None:
        self.counts: Counter[str] = Counter()
        self.moments = 0
        self.counting = False
        self.ordered: list[str] = []
        self._how = how
        self._at = at

    def hit(self, name: str) -> bool:
        if name in self.ordered:
            self.ordered.remove(name)
            self.counts[name] += 1
            return True
        if name != self._how or not self.counting:
            return False
        self.moments += 1
        return self.moments == self._at

    def note(self, name: str) -> None:
        self.counts[name] += 1

    def heal(self) -> None:
        self._at = 0


@dataclass(frozen=True)
class Scenario:
    """What happens, act by act; the account and exchange it happens to."""

    name: str
    acts: tuple[Callable[[Stage], Awaitable[None]], ...]
    settings: AccountSettings = field(default_factory=settings)
    terms: Terms = field(default_factory=Terms)
    shorts: bool = False
    fee_in_base: bool = False
    twins: bool = False


class Stage(World):
    """The world of one scenario. ``moments`` says at how many moments its fault could happen."""

    def __init__(self, scenario: Scenario, how: How = "crash", at: int = 0) -> None:
        super().__init__(seed=1)
        self.scenario = scenario
        self.fault = OneFault(how, at)
        self.faults = self.fault  # type: ignore[assignment]  # the same three methods
        self.store = MemoryStore()
        self.accounts = [Account(id="a0", venue="sim", settings=scenario.settings)]
        self.store.open_account(self.accounts[0])
        self.exchange = Exchange(
            rng=self.rng,
            instruments=script.instruments(scenario.shorts),
            terms=scenario.terms,
            fee_in_base=scenario.fee_in_base,
            report_delay=0.0,
            now=self.truth,
            monotonic=self.loop.time,
            prices=dict(script.START_PRICES),
        )
        self._told = 0

    @property
    def moments(self) -> int:
        return self.fault.moments

    @property
    def now(self) -> Account:
        """The account as it is stored."""
        return self.account("a0")

    def result(self) -> list[tuple[str, ...]]:
        """What every group ended with, in the order they were opened: the same in every run."""
        rows = []
        for one in self.store.journal["a0"]:
            for notice in one.notices:
                if notice.kind in ("group_closed", "group_failed"):
                    figures = ("exit_reason", "realized_pnl_usd", "filled", "code")
                    rows.append((notice.symbol or "", *(notice.data.get(f, "") for f in figures)))
        return sorted(rows)

    async def enter(self, symbol: str = BTC, side: Side = Side.LONG, **more: str) -> None:
        """An entry signal at the market price."""
        await self.signal(Intent.ENTER, symbol, side, self.exchange.prices[symbol], **more)

    async def signal(
        self,
        intent: Intent,
        symbol: str = BTC,
        side: Side = Side.LONG,
        price: Decimal | None = None,
        name: str = "",
    ) -> None:
        self._told += 1
        at = self.truth()
        signal = Signal(
            id=name or f"s{self._told}",
            source="tradingview",
            producer="enumeration",
            received_at=at,
            signal_time=at,
            symbol=symbol,
            raw_symbol=symbol,
            timeframe=60,
            side=side,
            intent=intent,
            reduce_fraction=Decimal("0.5") if intent is Intent.REDUCE else None,
            entry_price=price,
        )
        fact = ev.SignalReceived(signal, approved_by="person")
        await self._tell(InboxEntry("a0", f"signal:{signal.id}:a0", fact))

    async def person(self, fact: ev.Fact) -> None:
        """A person orders something."""
        self._told += 1
        await self._tell(InboxEntry("a0", f"cmd:{self._told}", fact))

    async def price(self, symbol: str, level: str) -> None:
        """The market moves there and stays."""
        self.exchange.prices[symbol] = Decimal(level)

    def group(self, symbol: str = BTC) -> str:
        """The id of the group that is open on the symbol."""
        open_ones = (GroupStatus.CLOSED, GroupStatus.FAILED)
        return next(
            g.id for g in self.now.groups.values()
            if g.symbol == symbol and g.status not in open_ones
        )  # fmt: skip

    async def _live(self) -> None:
        self.boot()
        if self.scenario.twins:
            self.boot()
        market = self.loop.spawn("world", self._market())
        await asyncio.sleep(2 * TICK_S)
        for act in self.scenario.acts:
            self.fault.counting = True
            await act(self)
            await asyncio.sleep(BUSY_S)
            self.fault.counting = False
            await asyncio.sleep(REST_S)
        self.healed = True
        self.fault.heal()
        await self._settle(market)
        market.cancel()

    async def _market(self) -> None:
        while True:
            for symbol, price in list(self.exchange.prices.items()):
                self.exchange.trade(symbol, price)
                for process in self.processes:
                    if process.alive:
                        process.feed.put_nowait(Tick(symbol, price, self.truth()))
            self.check.exchange()
            await asyncio.sleep(TICK_S / 4)
