"""The whole engine on a real database trades at the stand-in for Bybit, whatever gets lost."""

from __future__ import annotations

from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any

import pytest

from engine.domain.events import SignalReceived
from engine.domain.group import Group
from engine.domain.instrument import Quote
from engine.domain.signal import Signal
from engine.domain.words import GroupStatus, Intent, OrderPurpose, Side
from engine.market.index import ThresholdIndex
from engine.runtime.engine import Engine
from engine.runtime.lock import DatabaseLock
from engine.runtime.ports import Ports
from engine.store.port import InboxEntry
from engine.store.postgres import PostgresStore
from foundation.bus import Bus
from foundation.db import Database
from tests.conformance.bybit_stage import bybit_linear, bybit_spot
from tests.conformance.stage import Stage
from tests.support.until import until

D = Decimal
LONG_S = 20.0


class Trader:
    """One account at the stand-in, and an engine that trades for it."""

    def __init__(self, database: Database, bus: Bus, stage: Stage) -> None:
        self.database = database
        self.bus = bus
        self.stage = stage
        self.last = D(60000)
        ports = Ports(
            store=PostgresStore(database),
            venues={"bybit": stage.venue},
            clock=stage.clock,
            bus=bus,
            prices=self,
        )
        self.engine = Engine(ports, DatabaseLock(database.dsn), lambda _: ThresholdIndex())

    def quote(self, board: str, symbol: str) -> Quote | None:
        return Quote(self.last, self.stage.clock.now())

    def age(self) -> float | None:
        return 0.1

    async def signal(self, name: str, intent: Intent) -> None:
        now = self.stage.clock.now()
        signal = Signal(
            id=name,
            source="tradingview",
            producer="hook",
            received_at=now,
            signal_time=now,
            symbol=self.stage.symbol,
            raw_symbol="BTCUSDT",
            timeframe=15,
            side=Side.LONG,
            intent=intent,
            entry_price=self.last if intent is Intent.ENTER else None,
        )
        entry = InboxEntry(self.stage.account, f"offer:{name}", SignalReceived(signal, "person"))
        await PostgresStore(self.database).put([entry], now)
        self.bus.wake("inbox")

    async def group(self) -> Group | None:
        loaded = await PostgresStore(self.database).load(self.stage.account)
        return next(iter(loaded.account.groups.values()), None)

    async def reaches(self, *statuses: GroupStatus) -> Group:
        async def there() -> Group | None:
            group = await self.group()
            return group if group is not None and group.status in statuses else None

        found: Group = await until(there, within=LONG_S)
        return found

    @property
    def at_venue(self) -> list[Any]:
        """Orders the venue ever took, oldest first."""
        script: Any = self.stage.script
        return list(script.book.orders)


@pytest.fixture(params=["spot", "linear"])
async def trader(
    request: pytest.FixtureRequest, database: Database, bus: Bus
) -> AsyncIterator[Trader]:
    opened = bybit_spot if request.param == "spot" else bybit_linear
    async with opened(database) as stage:
        made = Trader(database, bus, stage)
        await made.engine.start()
        await until(lambda: made.engine.running)
        yield made
        await made.engine.stop()


async def entered(trader: Trader) -> Group:
    """A group whose first leg filled at 60,000."""
    await trader.signal("in", Intent.ENTER)
    return await trader.reaches(GroupStatus.ACTIVE, GroupStatus.PARTIALLY_FILLED)


async def closed(trader: Trader) -> Group:
    await trader.signal("out", Intent.EXIT)
    return await trader.reaches(GroupStatus.CLOSED)


def entries(group: Group) -> set[str]:
    return {one.id for one in group.orders.values() if one.purpose is OrderPurpose.ENTRY}


async def _holds(trader: Trader, quantity: Decimal) -> bool:
    group = await trader.group()
    return group is not None and sum(o.filled_quantity for o in group.orders.values()) == quantity


async def test_from_a_signal_to_a_closed_group(trader: Trader) -> None:
    group = await entered(trader)
    assert group.open_quantity > 0
    trader.last = D(60300)
    await trader.stage.script.price("60300")
    group = await closed(trader)
    assert group.realized_pnl_usd > 0
    assert [one for one in trader.at_venue if one.open] == []
    assert abs(await trader.stage.held()) < D("0.00001")
    assert trader.engine.crashes == {}


async def test_an_order_whose_answer_was_lost_is_found_and_not_sent_again(trader: Trader) -> None:
    trader.stage.script.lose_answer("reset")
    await trader.signal("in", Intent.ENTER)
    await until(lambda: trader.at_venue, within=LONG_S)
    trader.stage.clock.advance(10)
    await trader.reaches(GroupStatus.ACTIVE, GroupStatus.PARTIALLY_FILLED)

    async def all_sent() -> bool:
        group = await trader.group()
        working = {one.id for one in group.orders.values() if one.working} if group else set()
        return bool(working) and working <= {one.link_id for one in trader.at_venue}

    await until(all_sent, within=LONG_S)
    sent = [one.link_id for one in trader.at_venue]
    group = await trader.reaches(GroupStatus.ACTIVE, GroupStatus.PARTIALLY_FILLED)
    assert len(sent) == len(set(sent))
    assert set(sent) <= entries(group)
    filled = sum(one.filled for one in trader.at_venue)
    await until(lambda: _holds(trader, filled), within=LONG_S)
    group = await closed(trader)
    assert abs(await trader.stage.held()) < D("0.00001")
    assert trader.engine.crashes == {}


async def test_an_order_that_never_arrived_is_lost_and_decided_anew(trader: Trader) -> None:
    trader.stage.script.lose_request("reset")
    await trader.signal("in", Intent.ENTER)
    await until(lambda: trader.stage.script.requests() >= 1, within=LONG_S)

    async def again() -> bool:
        trader.stage.clock.advance(1)
        group = await trader.group()
        return group is not None and group.open_quantity > 0

    await until(again, within=LONG_S, every=0.1)
    group = await trader.group()
    assert group is not None
    assert {one.link_id for one in trader.at_venue} < entries(group)
    assert await trader.stage.held() > 0
