"""Before any new decision an account is compared with its venue, and then again and again."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from engine.domain.commands import PlaceOrder
from engine.domain.events import (
    CredentialsChanged,
    OrderAccepted,
    OrderCancelled,
    OrderFilled,
    Reconciled,
)
from engine.domain.notices import Notice
from engine.domain.words import OrderSide, OrderStatus
from engine.runtime.brakes import Brakes, make_brakes
from engine.runtime.deciding import Decider
from engine.runtime.reconcile import Reconcile
from engine.runtime.resolver import CERTAIN_AFTER
from engine.runtime.rules import Rules
from engine.runtime.worker import Worker
from engine.store.memory import MemoryStore
from engine.store.port import OutboxStatus
from engine.venues.port import Absent, Fill, Found, Held, OpenOrder, Wallet
from foundation import limits
from foundation.errors import Unavailable
from foundation.log import get_logger
from foundation.nursery import Nursery
from tests.engine.runtime.kit import NO_FEE, RULES, SYMBOL, Bench, D, ToldVenue
from tests.support.clock import START

WINDOW = CERTAIN_AFTER.total_seconds()


class Exchange(ToldVenue):
    """A real venue: other people trade there too."""

    name = "binance"


class Scene:
    """A bench whose accounts trade at an exchange, with worker and reconcile before it."""

    def __init__(self, *accounts: str) -> None:
        self.bench = Bench("unused")
        self.venue = Exchange()
        self.venue.rules = {SYMBOL: RULES}
        self.bench.venue = self.venue
        venues = {"paper": ToldVenue(), "binance": self.venue}
        self.bench.ports = replace(self.bench.ports, venues=venues)
        for name in accounts or ("a",):
            self.bench.store.open_account(self.bench.account(name, "binance"))
        self.nursery = Nursery(get_logger("test"))
        self.boot()

    def boot(self) -> None:
        """A fresh engine over the same store."""
        ports = self.bench.ports
        self.rules = Rules(ports)
        self.brakes: Brakes = make_brakes(ports)
        self.reconcile = Reconcile(ports, self.nursery, self.rules, self.brakes)
        decider = Decider(self.bench.board, self.rules)
        watchers = (self.reconcile, self.brakes.credentials)
        self.worker = Worker(ports, decider, watchers, self.reconcile.gate)

    async def begin(self) -> None:
        await self.rules.turn()
        self.reconcile.begin()
        await self.worker.refresh()

    async def run(self, seconds: float = 0.0) -> None:
        """Let everything happen, a little of the time after the other."""
        left = seconds
        while True:
            for _ in range(12):
                await self.worker.turn()
                await self.reconcile.turn()
                for _ in range(5):
                    await asyncio.sleep(0)
            if left <= 0:
                return
            self.bench.clock.advance(min(left, 0.5))
            left -= 0.5

    def kinds(self, account_id: str = "a") -> list[str]:
        return [d.event.fact.kind for d in self.bench.store.journal[account_id]]

    def told(self, account_id: str = "a") -> list[Reconciled]:
        facts = self.bench.facts(account_id).values()
        return [fact for fact in facts if isinstance(fact, Reconciled)]

    def differences(self, account_id: str = "a") -> list[tuple[str, str]]:
        return [(d.what, d.text) for one in self.told(account_id) for d in one.differences]


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    made = Scene()
    yield made
    await made.nursery.stop()


async def opened(scene: Scene, account_id: str = "a") -> PlaceOrder:
    """An account with one confirmed entry; its order is listed at the venue."""
    await scene.begin()
    await scene.run(1)
    await scene.bench.enter(account_id=account_id)
    await scene.run()
    command = scene.bench.store.outbox(account_id)[-1].command
    assert isinstance(command, PlaceOrder)
    [row] = await scene.bench.store.claim(scene.bench.clock.now(), 1, 1)
    await scene.bench.store.answered(row, None, scene.bench.clock.now())
    await scene.bench.tell(f"ack:{command.id}", OrderAccepted(command.id, "v1"), account_id)
    await scene.run()
    scene.venue.open_answer = (listed(command),)
    return command


def listed(order: PlaceOrder) -> OpenOrder:
    return OpenOrder(order.id, "v1", SYMBOL, order.side, order.quantity, D(0), order.price)


def fill(order: PlaceOrder, trade_id: str, quantity: Decimal | None = None) -> Fill:
    return Fill(order.id, trade_id, quantity or order.quantity, D(60000), D(0), D(0), START, NO_FEE)


def balances(**assets: Decimal) -> Sequence[Held]:
    return tuple(Held(symbol, quantity) for symbol, quantity in assets.items())


async def test_nothing_new_is_decided_before_the_account_was_compared(scene: Scene) -> None:
    await scene.bench.enter()
    await scene.begin()
    scene.venue.hold = asyncio.Event()
    await scene.run(2)
    assert scene.kinds() == []
    scene.venue.hold.set()
    await scene.run(1)
    assert scene.kinds()[:2] == ["reconciled", "signal_received"]


async def test_facts_of_the_venue_are_decided_meanwhile(scene: Scene) -> None:
    order = await opened(scene)
    scene.boot()
    scene.venue.open_answer = Unavailable("maintenance")
    await scene.bench.enter(2, timeframe=60)
    await scene.bench.tell(
        "fill:binance:t1",
        OrderFilled(order.id, "t1", D("0.001"), D(60000), D(0), D(0), START, fee=NO_FEE),
    )
    await scene.begin()
    await scene.run(3)
    assert scene.kinds()[-1] == "order_filled"
    scene.venue.open_answer = (listed(order),)
    await scene.run(limits.RECONCILE_RETRY_MAX_S)
    assert "signal_received" in scene.kinds()[-2:]


async def test_a_venue_that_is_down_delays_only_its_own_accounts(scene: Scene) -> None:
    scene.bench.store.open_account(scene.bench.account("p", "paper"))
    scene.venue.positions_answer = Unavailable("maintenance")
    await scene.begin()
    await scene.bench.enter(1, "a")
    await scene.bench.enter(1, "p")
    await scene.run(2)
    assert scene.kinds("a") == []
    assert scene.kinds("p") == ["signal_received"]


async def test_fills_while_away_come_first_and_are_reported(scene: Scene) -> None:
    order = await opened(scene)
    half = D("0.001")
    scene.venue.reports = [fill(order, "t1", half), fill(order, "t2", half)]
    scene.boot()
    await scene.bench.enter(2, timeframe=60)
    before = len(scene.kinds())
    await scene.begin()
    await scene.run(1)
    news = scene.kinds()[before:]
    assert news == ["order_filled", "order_filled", "reconciled", "signal_received"]
    assert scene.differences() == [("fill", "0.001 at 60000")] * 2
    assert scene.told()[-1].at_start


async def test_an_order_is_gone_after_two_looks_a_window_apart(scene: Scene) -> None:
    order = await opened(scene)
    scene.venue.open_answer = ()
    scene.venue.find_answer = Found(OrderStatus.CANCELLED, "v1", D(0))
    scene.boot()
    await scene.begin()
    await scene.run(WINDOW - 1)
    assert f"cancelled:{order.id}" not in scene.bench.facts()
    assert not scene.reconcile.gate.passed("a")
    await scene.run(2)
    assert scene.bench.facts()[f"cancelled:{order.id}"] == OrderCancelled(order.id, D(0))
    assert [what for what, _ in scene.differences()] == ["order_gone"]
    assert scene.reconcile.gate.passed("a")


@pytest.mark.parametrize("status", [OrderStatus.FILLED, OrderStatus.OPEN])
async def test_an_order_the_venue_still_knows_is_not_gone(
    scene: Scene, status: OrderStatus
) -> None:
    order = await opened(scene)
    scene.venue.open_answer = ()
    scene.venue.find_answer = Found(status, "v1", D(0))
    scene.boot()
    await scene.begin()
    await scene.run(WINDOW * 2)
    assert f"cancelled:{order.id}" not in scene.bench.facts()
    assert scene.reconcile.gate.passed("a")
    assert scene.differences() == []


async def test_foreign_orders_are_seen_reported_once_and_left_alone(scene: Scene) -> None:
    scene.venue.open_answer = (
        OpenOrder("web_77", "77", SYMBOL, OrderSide.SELL, D(1), D(0), D(70000)),
    )
    await scene.begin()
    await scene.run(limits.RECONCILE_FULL_S * 3)
    assert scene.differences() == [
        ("foreign_order", "sell 1 at 70000, not placed by us; it is left alone")
    ]
    assert not [call for call in scene.venue.calls if call[0] == "cancel"]


async def test_what_was_told_of_foreign_orders_is_not_told_again_after_a_restart(
    scene: Scene,
) -> None:
    web = OpenOrder("web_77", "77", SYMBOL, OrderSide.SELL, D(1), D(0), D(70000))
    scene.venue.open_answer = (web,)
    await scene.begin()
    await scene.run(1)
    for _ in range(2):
        scene.boot()
        await scene.begin()
        await scene.run(limits.RECONCILE_FULL_S * 2)
    assert [what for what, _ in scene.differences()] == ["foreign_order"]
    # changed by its owner: told, once
    scene.venue.open_answer = (replace(web, price=D(71000)),)
    await scene.run(limits.RECONCILE_FULL_S * 2)
    scene.boot()
    await scene.begin()
    await scene.run(1)
    assert [text for _, text in scene.differences()][1:] == [
        "sell 1 at 71000, not placed by us; it is left alone"
    ]
    # gone is forgotten, so the account does not grow for ever
    scene.venue.open_answer = ()
    await scene.run(limits.RECONCILE_FULL_S * 2)
    assert scene.bench.store.stored("a").external == {}
    assert len(scene.differences()) == 2


async def test_a_foreign_order_is_told_also_when_the_first_look_could_not_end(
    scene: Scene,
) -> None:
    scene.venue.open_answer = (
        OpenOrder("web_77", "77", SYMBOL, OrderSide.SELL, D(1), D(0), D(70000)),
    )
    scene.venue.positions_answer = Unavailable("maintenance")
    await scene.begin()
    await scene.run(1)
    assert scene.differences() == []
    scene.venue.positions_answer = balances()
    await scene.run(limits.RECONCILE_RETRY_MAX_S)
    assert [what for what, _ in scene.differences()] == ["foreign_order"]


async def test_an_order_decided_a_moment_ago_is_not_foreign(scene: Scene) -> None:
    await scene.begin()
    await scene.run(1)
    await scene.bench.enter()
    await scene.worker.turn()
    command = scene.bench.store.outbox("a")[-1].command
    assert isinstance(command, PlaceOrder)
    stale = scene.bench.account("a", "binance")
    scene.boot()
    await scene.rules.turn()
    scene.reconcile.changed(stale, None)  # type: ignore[arg-type]  # not read by it
    scene.venue.open_answer = (listed(command),)
    await scene.run(2)
    assert scene.differences() == []


async def test_less_than_ours_at_the_venue_is_told_when_two_looks_agree(
    scene: Scene,
) -> None:
    order = await opened(scene)
    scene.venue.reports = [fill(order, "t1")]
    scene.venue.positions_answer = balances(**{SYMBOL: order.quantity})
    scene.boot()
    await scene.begin()
    await scene.run(2)
    scene.venue.positions_answer = balances(**{SYMBOL: order.quantity / 2})
    known = len(scene.told())
    await scene.run(limits.RECONCILE_POSITIONS_S)
    assert [one.positions for one in scene.told()[known:] if one.positions] == []
    await scene.run(limits.RECONCILE_POSITIONS_S + 1)
    [told] = [one for one in scene.told()[known:] if one.positions]
    assert told.positions[0].quantity == order.quantity / 2
    assert scene.bench.store.stored("a").short_at_venue == {SYMBOL: order.quantity / 2}


async def test_on_spot_more_at_the_venue_is_no_difference(scene: Scene) -> None:
    order = await opened(scene)
    scene.venue.reports = [fill(order, "t1")]
    scene.venue.positions_answer = balances(**{SYMBOL: order.quantity * 5})
    scene.boot()
    await scene.begin()
    await scene.run(limits.RECONCILE_FULL_S)
    assert [what for what, _ in scene.differences()] == ["fill"]
    assert scene.bench.store.stored("a").short_at_venue == {}


async def test_no_difference_no_notice(scene: Scene) -> None:
    await opened(scene)
    scene.boot()
    await scene.begin()
    await scene.run(limits.RECONCILE_FULL_S * 5)
    notices = [n.kind for d in scene.bench.store.journal["a"] for n in d.notices]
    assert "reconciled" not in notices
    assert "external_trade" not in notices
    assert all(not one.differences for one in scene.told())


async def test_money_is_renewed_while_it_is_used_and_told_when_it_changes(scene: Scene) -> None:
    await scene.begin()
    await scene.run(limits.RECONCILE_FULL_S * 5)
    assert len(scene.told()) == 1  # at start; nothing is open, and nothing changed
    scene.venue.wallet_answer = Wallet(D(50_000), D(50_000), {}, START)
    await scene.run(limits.RECONCILE_FULL_S + 1)
    assert len(scene.told()) == 2
    funds = scene.bench.store.stored("a").funds
    assert funds is not None
    assert funds.free_usd == D(50_000)


async def test_paper_is_compared_at_start_only_and_costs_nothing_without_orders() -> None:
    bench = Scene("a")
    paper: Any = bench.bench.ports.venues["paper"]
    bench.bench.store.open_account(bench.bench.account("p", "paper"))
    await bench.begin()
    await bench.run(limits.RECONCILE_FULL_S * 3)
    assert bench.reconcile.gate.passed("p")
    assert [call for call in paper.calls if call[1] == "p"] == []
    assert bench.kinds("p") == []
    await bench.nursery.stop()


async def test_an_account_whose_keys_are_refused_is_compared_when_there_are_new_ones(
    scene: Scene,
) -> None:
    scene.venue.wallet_answer = Unavailable("no such key", code="authentication_failed")
    scene.brakes.credentials.refused("a", "no such key")
    await scene.brakes.credentials.turn()
    await scene.begin()
    await scene.run(limits.RECONCILE_FULL_S)
    assert scene.bench.store.stored("a").credentials_failed == "no such key"
    assert [name for name, _ in scene.venue.calls] == []
    assert not scene.reconcile.gate.passed("a")


async def test_money_changed_into_another_coin_is_news(scene: Scene) -> None:
    all_of_it = D(100_000)
    scene.venue.wallet_answer = Wallet(all_of_it, all_of_it, {}, START, {"USDT": all_of_it})
    await scene.begin()
    await scene.run(1)
    changed = {"USDT": D(1), "USDC": all_of_it - 1}
    scene.venue.wallet_answer = Wallet(all_of_it, all_of_it, {}, START, changed)
    await scene.run(limits.RECONCILE_FULL_S + 1)
    funds = scene.bench.store.stored("a").funds
    assert funds is not None
    assert funds.free_of == changed


async def test_a_stop_and_a_start_compares_everybody_anew(scene: Scene) -> None:
    await opened(scene)
    assert scene.reconcile.gate.passed("a")
    assert scene.bench.status(scene.bench.store.outbox("a")[-1].command) is OutboxStatus.DONE
    scene.reconcile.begin()
    assert not scene.reconcile.gate.passed("a")
    await scene.run(1)
    assert scene.reconcile.gate.passed("a")


async def test_an_order_nobody_knows_any_more_is_gone_without_a_count(scene: Scene) -> None:
    order = await opened(scene)
    scene.venue.open_answer = ()
    scene.venue.find_answer = Absent()
    scene.boot()
    await scene.begin()
    await scene.run(WINDOW + 2)
    assert scene.bench.facts()[f"cancelled:{order.id}"] == OrderCancelled(order.id, None)


async def test_positions_and_balances_are_compared_every_ten_seconds_and_all_every_minute(
    scene: Scene,
) -> None:
    order = await opened(scene)
    scene.venue.reports = [fill(order, "t1")]
    scene.venue.positions_answer = balances(**{SYMBOL: order.quantity})
    scene.boot()
    await scene.begin()
    await scene.run(limits.RECONCILE_FULL_S)
    before = Counter(what for what, _ in scene.venue.calls)
    await scene.run(600)
    asked = Counter(what for what, _ in scene.venue.calls) - before
    assert (limits.RECONCILE_POSITIONS_S, limits.RECONCILE_FULL_S) == (10, 60)
    assert 56 <= asked["positions"] == asked["wallet"] <= 61
    assert 9 <= asked["open_orders"] <= 11


async def test_accounts_are_compared_in_small_batches() -> None:
    names = [f"a{n}" for n in range(limits.RECONCILE_AT_ONCE * 2)]
    scene = Scene(*names)
    await scene.begin()
    scene.venue.hold = asyncio.Event()
    await scene.run(1)
    asked = Counter(what for what, _ in scene.venue.calls)
    assert asked["open_orders"] == limits.RECONCILE_AT_ONCE
    scene.venue.hold.set()
    await scene.run(1)
    assert all(scene.reconcile.gate.passed(name) for name in names)
    await scene.nursery.stop()


@pytest.mark.parametrize("error", [Unavailable("maintenance"), KeyError("positionAmt")])
async def test_a_venue_that_cannot_be_compared_for_long_alerts_the_owner_once(
    scene: Scene, error: Exception
) -> None:
    scene.venue.positions_answer = error
    await scene.begin()
    await scene.run(20)
    assert scene.bench.store.told == []
    await scene.run(limits.RECONCILE_RETRY_MAX_S * 10)
    [(account, notice)] = scene.bench.store.told
    assert (account, notice.kind) == ("a", "not_compared")
    assert notice.reason == (
        "binance could not be asked 8 times in a row; it is tried again. "
        "Nothing new is decided for this account before."
    )
    scene.venue.positions_answer = ()
    await scene.run(limits.RECONCILE_RETRY_MAX_S)
    assert scene.reconcile.gate.passed("a")


class Away(MemoryStore):
    """Writes no notice while it is ``away``."""

    away = False

    async def tell(self, notice: Notice, now: datetime, account_id: str | None = None) -> None:
        if self.away:
            raise Unavailable("the database is away")
        await super().tell(notice, now, account_id)


async def test_an_alert_that_cannot_be_written_is_told_later(scene: Scene) -> None:
    scene.bench.store = store = Away()
    scene.bench.ports = replace(scene.bench.ports, store=store)
    store.open_account(scene.bench.account("a", "binance"))
    scene.boot()
    store.away = True
    scene.venue.positions_answer = Unavailable("maintenance")
    await scene.begin()
    await scene.run(limits.RECONCILE_RETRY_MAX_S * 10)
    store.away = False
    await scene.run(limits.RECONCILE_RETRY_MAX_S * 4)
    [(_, notice)] = scene.bench.store.told
    assert notice.kind == "not_compared"
    scene.venue.positions_answer = ()
    await scene.run(limits.RECONCILE_RETRY_MAX_S)
    scene.venue.positions_answer = Unavailable("maintenance again")
    await scene.run(limits.RECONCILE_FULL_S + limits.RECONCILE_RETRY_MAX_S * 10)
    assert len(scene.bench.store.told) == 2, "another silence is told again"


async def test_looks_that_ask_nobody_do_not_count_as_unanswered(scene: Scene) -> None:
    await scene.begin()
    await scene.run(1)
    scene.brakes.credentials.refused("a", "no such key")
    await scene.brakes.credentials.turn()
    await scene.run(limits.RECONCILE_FULL_S + limits.RECONCILE_POSITIONS_S * 12)
    scene.venue.positions_answer = Unavailable("maintenance")
    await scene.bench.tell("credentials", CredentialsChanged(None))
    await scene.run(5)
    assert scene.bench.store.told == []
    await scene.run(limits.RECONCILE_RETRY_MAX_S * 10)
    [(_, notice)] = scene.bench.store.told
    assert notice.reason.startswith("binance could not be asked 8 times in a row")
