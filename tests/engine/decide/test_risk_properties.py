"""At plan prices and after costs a plan loses at most a step per winner (spec engine §6)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.domain.account import Account
from engine.domain.commands import PlaceOrder
from engine.domain.events import SettingsChanged
from engine.domain.offset import PlanStatus
from engine.domain.settings import AccountSettings
from engine.domain.words import Side
from tests.engine.decide.kit import D
from tests.engine.decide.risks import RiskDesk

SYMBOLS = ("AAA/USDT", "BBB/USDT", "CCC/USDT", "DDD/USDT", "EEE/USDT")
STEPS = (D("0.00001"), D("0.001"), D("0.1"), D(1))
LADDER = [
    {"gap_percent": gap, "weight_percent": weight, "tp_percent": "900"}
    for gap, weight in (("0", "20"), ("-3", "30"), ("-9", "50"))
]


@dataclass(frozen=True)
class Held:
    """A position: where each of its two entries was, its step, and where the price is now."""

    first: Decimal
    second: Decimal
    side: Side
    step: Decimal
    now: Decimal


def percents(low: int, high: int) -> st.SearchStrategy[Decimal]:
    return st.integers(low * 100, high * 100).map(lambda number: D(number) / 100)


HELD = st.lists(
    st.builds(
        Held,
        first=percents(20, 60),
        second=percents(20, 60),
        side=st.sampled_from(Side),
        step=st.sampled_from(STEPS),
        now=percents(10, 90),
    ),
    min_size=2,
    max_size=5,
)
RISK = st.fixed_dictionaries(
    {
        "closing_fee_percent": st.sampled_from(("0", "0.1", "1")),
        "max_winners_to_combine": st.integers(1, 4),
        "partial_close_enabled": st.booleans(),
        "on_insufficient_profit": st.sampled_from(("wait", "partial")),
        "min_close_notional_usd": st.sampled_from(("0", "20")),
    }
)


def desk_of(held: list[Held], risk: dict[str, object]) -> RiskDesk:
    desk = RiskDesk(enabled=False)
    changes = {"ladder": LADDER, "max_pyramids": 2, "total_capital_usd": D(100_000)}
    plain = desk.account.settings.model_dump() | changes
    desk.account = Account("acc", "paper", AccountSettings(**plain))
    for symbol, one in zip(SYMBOLS, held, strict=False):
        desk.market(symbol, step=one.step, min_quantity=one.step)
        for price in (one.first, one.second):
            desk.enter(str(price), symbol=symbol, side=one.side)
            for order in desk.new_orders():
                desk.fill(order)
    for symbol, one in zip(SYMBOLS, held, strict=False):
        desk.prices[symbol] = one.now
    rules = desk.account.settings.risk.model_dump() | {"enabled": True, **risk}
    plain = desk.account.settings.model_dump() | {"risk": rules}
    desk.give(SettingsChanged(2, AccountSettings(**plain)))
    return desk


@settings(max_examples=150, deadline=None)
@given(held=HELD, risk=RISK)
def test_at_plan_prices_a_plan_realises_at_least_minus_a_step_per_winner(
    held: list[Held], risk: dict[str, object]
) -> None:
    desk = desk_of(held, risk)
    before = {group.id: group for group in desk.account.groups.values()}
    if desk.run().code != "risk_started":
        return
    plan = desk.plan
    named = [part.group_id for part in plan.winners] + [plan.loser_id]
    assert len(set(named)) == len(named), "a group stands in a plan once"
    desk.fill_all()
    for order in desk.commands:
        if isinstance(order, PlaceOrder) and order.reduce_only:
            assert order.group_id in named
    for group in desk.account.groups.values():
        assert group.filled_quantity == before[group.id].filled_quantity, "exposure was opened"
        assert 0 <= group.open_quantity <= before[group.id].open_quantity
    realised = sum(
        (g.realized_pnl_usd - before[g.id].realized_pnl_usd for g in desk.account.groups.values()),
        D(0),
    )
    allowed = sum(
        (desk.instruments[part.symbol].step * part.price for part in plan.winners), D("0.000001")
    )
    assert desk.plan.status is PlanStatus.DONE
    assert realised >= -allowed
