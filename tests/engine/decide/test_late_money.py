"""Money on a group that is over changes its books and nothing else (spec engine §3, §11)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.decide.step import Step, step
from engine.decide.wants import wants
from engine.domain.events import Fact, FeeConverted, FundingPaid
from engine.domain.group import Group
from engine.domain.settings import LegSettings
from engine.domain.words import GroupStatus
from foundation import limits
from tests.engine.decide.kit import D, Desk, instrument

ONE_LEG = (LegSettings(gap_percent=D(0), weight_percent=D(100), tp_percent=D(1)),)
SYMBOL = "BTC/USDT"


def closed_with_dust() -> tuple[Desk, Group]:
    """A group that closed on 5.96 USD, of which the step let 3 be sold: too little to order."""
    desk = Desk(price="3000", total_capital_usd=D(500), ladder=ONE_LEG)
    desk.instruments[SYMBOL] = instrument(step=D("0.001"), min_quantity=D("0.001"))
    desk.enter("3000")
    entry = desk.placed()
    desk.accept(entry)
    desk.fill(entry, quantity=D("0.012"))
    desk.close()
    desk.fill(desk.placed(), price="3000", quantity=D("0.012"))
    desk.fill(entry, quantity=D("0.002"), fee_in_base="0.000013")
    desk.cancelled(entry.id, filled="0.014")
    closed = desk.group
    assert (closed.status, closed.open_quantity) == (GroupStatus.CLOSED, D("0.001987"))
    return desk, closed


def money(desk: Desk, closed: Group) -> dict[str, Fact]:
    """Both kinds of money that may come late; the funding was paid as the group still held."""
    entry = next(iter(closed.orders.values()))
    return {
        "fee": FeeConverted(entry.id, "t1", D("0.01")),
        "funding": FundingPaid(SYMBOL, D("-0.01"), closed.created_at),
    }


def told_late(desk: Desk, closed: Group, fact: Fact) -> Step:
    """The fact, told of a group that its account has let go long ago."""
    desk.wait(limits.CLOSED_GROUP_KEPT_S + 5)
    desk.wait(10)
    assert desk.account.groups == {}
    done = step(desk.account, replace(desk.event(fact), recalled=(closed,)))
    desk.account = done.account
    return done


@pytest.mark.parametrize("kind", ["fee", "funding"])
def test_late_money_sells_nothing_of_a_group_that_was_let_go(kind: str) -> None:
    desk, closed = closed_with_dust()
    desk.prices[SYMBOL] = D(9000)  # what was dust could be sold by now, were it still ours
    done = told_late(desk, closed, money(desk, closed)[kind])
    assert done.commands == ()
    after = done.account.groups[closed.id]
    assert after.realized_pnl_usd == closed.realized_pnl_usd - D("0.01")
    assert after.orders.keys() == closed.orders.keys()
    assert done.account.guard.realized_today_usd == closed.realized_pnl_usd - D("0.01")


@pytest.mark.parametrize("kind", ["fee", "funding"])
def test_a_group_recalled_on_a_symbol_that_is_gone_is_let_go_again_at_once(kind: str) -> None:
    desk, closed = closed_with_dust()
    facts = money(desk, closed)
    desk.prices.clear()
    desk.instruments.clear()
    done = told_late(desk, closed, facts[kind])
    assert done.account.groups[closed.id].exit_retry_at is None
    due = wants(done.account).next_due
    assert due is not None
    assert due <= desk.now
    desk.wait(1)
    assert desk.account.groups == {}


def test_money_that_comes_twice_sells_nothing_either_though_its_group_is_back_by_then() -> None:
    desk, closed = closed_with_dust()
    desk.prices[SYMBOL] = D(9000)
    facts = money(desk, closed)
    assert told_late(desk, closed, facts["fee"]).commands == ()
    for fact in facts.values():
        desk.give(fact)
        assert desk.new_orders() == []
        assert desk.group.status is GroupStatus.CLOSED
