"""Realised + unrealised is conserved by every step, whatever the venue says it did (spec §3)."""

from __future__ import annotations

import random
from datetime import timedelta
from decimal import Decimal as D
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.decide.step import step
from engine.domain.account import Account
from engine.domain.commands import PlaceOrder
from engine.domain.events import FeeConverted, FundingPaid, OrderFilled, OrderLost
from engine.domain.rules import NO_RULES, NO_STOP
from engine.domain.words import GroupStatus, OrderSide, Side, TakeProfitExecution, TakeProfitMode
from engine.store.closed import TRADE_COLUMNS, trade_row
from foundation.money import money_context, usd
from tests.engine.decide.kit import Desk, instrument

STEP = D("0.00001")


def unmatched(desk: Desk) -> D:
    """What the books say all executions came to: realised less what open lots cost."""
    groups = desk.account.groups.values()
    realised = desk.account.guard.realized_usd
    return realised - sum((g.side.sign * g.invested_usd for g in groups), D(0))


class Ledger:
    """An independent count of cash, fed with what the venue really did."""

    def __init__(self, desk: Desk, dice: random.Random) -> None:
        self.desk, self.dice, self.cash, self.trades = desk, dice, D(0), 0
        self.unpriced: list[OrderFilled] = []

    def orders(self, *, reduce_only: bool) -> list[PlaceOrder]:
        """Everything ever ordered, also what we believe lost, cancelled or filled."""
        placed = [c for c in self.desk.commands if isinstance(c, PlaceOrder)]
        return [order for order in placed if order.reduce_only is reduce_only]

    def execute(self, order: PlaceOrder, quantity: D) -> None:
        """One execution; its fee is priced at once, later, or was taken in what was bought."""
        self.trades += 1
        price = order.price or self.desk.prices["BTC/USDT"]
        converted, bought = self.dice.random() < 0.7, order.side is OrderSide.BUY
        in_base = not order.reduce_only and bought and self.dice.random() < 0.3
        kept = quantity / 1000 if in_base else D(0)
        fee = kept * price if in_base else D("0.05") if converted else D(0)
        fact = OrderFilled(
            order.id, f"t{self.trades}", quantity, price, fee, kept, self.desk.now, converted
        )
        self.cash -= (1 if bought else -1) * quantity * price + (D(0) if in_base else fee)
        if not converted and not in_base:
            self.unpriced.append(fact)
        self.desk.give(fact)

    def strange_entry(self) -> None:
        """An entry executes: in part, beyond its quantity, or though we called it lost."""
        orders = self.orders(reduce_only=False)
        if orders:
            order = self.dice.choice(orders)
            most = int(order.quantity * 2 / STEP)
            self.execute(order, self.dice.randint(1, most) * STEP)

    def strange_exit(self) -> None:
        """A reducer executes, never more than its group holds."""
        orders = self.orders(reduce_only=True)
        if not orders:
            return
        order = self.dice.choice(orders)
        held = int(self.desk.account.groups[order.group_id].open_quantity / STEP)
        if held:
            most = min(held, int(order.quantity * 2 / STEP))
            self.execute(order, self.dice.randint(1, most) * STEP)

    def late_money(self) -> None:
        """A fee is priced after the fact, or funding comes."""
        if self.unpriced and self.dice.random() < 0.5:
            fact = self.unpriced.pop()
            self.cash -= D("0.07")
            self.desk.give(FeeConverted(fact.order_id, fact.trade_id, D("0.07")))
        else:
            amount = usd(D(self.dice.randint(-500, 500)) / 997)
            self.cash += amount
            paid_at = self.desk.now - timedelta(seconds=self.dice.choice([0, 5, 300, 10**5]))
            self.desk.give(FundingPaid("BTC/USDT", amount, paid_at))


def strange_life(seed: int, **wishes: Any) -> tuple[Desk, Ledger]:
    dice = random.Random(seed)
    desk = Desk(total_capital_usd=D(10**8), max_open_groups=10**2, **wishes)
    desk.instruments["BTC/USDT"] = instrument(min_notional=D(0))
    ledger, side = Ledger(desk, dice), dice.choice(list(Side))
    for _ in range(40):
        match dice.randrange(9):
            case 0 | 1:
                desk.enter(None, side=side, timeframe=dice.choice([15, 60]))
            case 2 | 3:
                ledger.strange_entry()
            case 4 | 5:
                ledger.strange_exit()
            case 6:
                ledger.late_money()
            case 7:
                moved = desk.prices["BTC/USDT"] * D(dice.randint(980, 1020)) / 1000
                desk.cross(str(moved.quantize(D("0.01"))))
            case _:
                waiting = ledger.orders(reduce_only=dice.random() < 0.5)
                if waiting:
                    desk.give(OrderLost(dice.choice(waiting).id))
        assert unmatched(desk) == ledger.cash
    return desk, ledger


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 10**9),
    mode=st.sampled_from(TakeProfitMode),
    execution=st.sampled_from(TakeProfitExecution),
)
def test_every_dollar_is_counted_once_however_strange_the_venue(
    seed: int, mode: TakeProfitMode, execution: TakeProfitExecution
) -> None:
    with money_context():
        desk, _ = strange_life(seed, tp_mode=mode, tp_execution=execution)
    account = Account("acc", "paper", desk.account.settings)
    for event in desk.journal:
        account = step(account, event).account
    assert account == desk.account


def held(**changes: Any) -> Desk:
    desk = Desk(**changes)
    desk.enter()
    for order in desk.new_orders()[:2]:
        desk.fill(order)
    return desk


def test_entry_fees_are_realised_at_the_fill() -> None:
    desk = Desk()
    desk.enter()
    desk.fill(desk.placed(0), fee="0.2")
    assert desk.group.realized_pnl_usd == D("-0.2")


def test_a_fee_without_a_rate_is_corrected_by_a_later_fact() -> None:
    desk = held()
    first = desk.placed(0)
    assert desk.give(FeeConverted(first.id, "t1", D("0.3"))).code == "fee_booked"
    assert desk.group.fees_usd == D("0.3")
    assert desk.group.realized_pnl_usd == D("-0.3")
    desk.exit()
    order = desk.new_orders()[0]
    desk.fill(order, "60000")
    before = desk.group.realized_pnl_usd
    desk.give(FeeConverted(order.id, "t9", D("0.1")))
    assert desk.group.realized_pnl_usd == before - D("0.1")
    assert desk.group.fees_usd == sum(leg.fee_usd for _, leg in desk.group.legs)
    assert desk.give(FeeConverted("unknown", "t9", D(1))).code == "foreign_order"


def test_funding_is_spread_over_the_open_lots_of_the_symbol_and_nothing_is_lost() -> None:
    desk = held()
    desk.enter(timeframe=60)
    desk.fill(desk.new_orders()[0])
    desk.give(FundingPaid("BTC/USDT", D("-1")))
    realised = [group.realized_pnl_usd for group in desk.account.groups.values()]
    assert sum(realised) == D("-1")
    assert realised[0] < realised[1] < 0
    assert desk.told[-1] == "funding_paid"


def test_funding_that_comes_after_its_group_closed_is_borne_by_it() -> None:
    desk = held()
    held_at = desk.now
    desk.wait(60)
    desk.exit()
    waiting = [cancel.order_id for cancel in desk.new_cancels()]
    desk.fill(desk.reducers()[-1], "60000")
    for order_id in waiting:
        desk.cancelled(order_id)
    closed = desk.group
    assert closed.status is GroupStatus.CLOSED
    desk.wait(120)
    desk.enter(timeframe=60)
    desk.fill(desk.new_orders()[0])
    assert desk.give(FundingPaid("BTC/USDT", D("-1"), held_at)).code == "funding_booked"
    late = desk.account.groups[closed.id]
    assert late.realized_pnl_usd == closed.realized_pnl_usd - 1
    assert late.closed_at == closed.closed_at
    row = trade_row(desk.account.id, late)
    assert row is not None
    assert row[TRADE_COLUMNS.index("realized_pnl_usd")] == late.realized_pnl_usd


def test_funding_is_borne_by_what_was_held_when_it_was_paid_not_when_it_is_told() -> None:
    desk = held()
    first, paid_at = desk.group.id, desk.now
    desk.wait(60)
    desk.enter(timeframe=60)
    desk.fill(desk.new_orders()[0])
    before = {key: group.realized_pnl_usd for key, group in desk.account.groups.items()}
    desk.give(FundingPaid("BTC/USDT", D("-1"), paid_at))
    after = {key: group.realized_pnl_usd for key, group in desk.account.groups.items()}
    assert {key: after[key] - before[key] for key in after if after[key] != before[key]} == {
        first: D(-1)
    }


def test_funding_that_no_group_is_known_for_is_booked_on_the_account_and_told_once() -> None:
    desk = Desk()
    assert desk.give(FundingPaid("BTC/USDT", D("0.5"))).code == "booked_on_account"
    assert desk.account.guard.realized_usd == D("0.5")
    assert desk.account.guard.realized_today_usd == D("0.5")
    assert desk.told == ["funding_unclaimed"]


def test_default_settings_ask_for_nothing_a_group_would_have_to_keep() -> None:
    desk = held()
    assert desk.group.rules is NO_RULES
    assert desk.group.stop is NO_STOP
