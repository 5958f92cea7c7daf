"""The ladder (spec engine §2): prices, quantities, rounding and minimums."""

from __future__ import annotations

from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from engine.domain.instrument import Instrument
from engine.domain.leg import LegPlan
from engine.domain.settings import AccountSettings, LegSettings
from engine.domain.words import Side
from engine.policy import grid
from engine.policy.grid import LadderRefused
from engine.policy.take_profit import progress_percent, target
from foundation.money import plain
from tests.engine.decide.kit import instrument


def ladder(
    settings: AccountSettings, side: Side, entry: D, rules: Instrument
) -> tuple[LegPlan, ...] | LadderRefused:
    return grid.ladder(settings.ladder, side, entry, group_capital_usd(settings), rules)


def group_capital_usd(settings: AccountSettings) -> D:
    return settings.total_capital_usd / settings.max_open_groups


def test_leg_capital_is_its_weight_of_the_group_capital() -> None:
    settings = AccountSettings()
    assert group_capital_usd(settings) == D(1000)
    legs = ladder(settings, Side.LONG, D(100), instrument(step=D("0.1"), tick=D("0.1")))
    assert not isinstance(legs, LadderRefused)
    assert [leg.quantity for leg in legs] == [D("2"), D("2"), D("2"), D("2"), D("2")]
    assert legs[0].capital_usd == D(200)


def test_prices_round_to_the_passive_side() -> None:
    coarse = instrument(tick=D(1))
    longs = ladder(AccountSettings(), Side.LONG, D("100.9"), coarse)
    shorts = ladder(AccountSettings(), Side.SHORT, D("100.1"), coarse)
    assert not isinstance(longs, LadderRefused)
    assert not isinstance(shorts, LadderRefused)
    assert longs[0].price == D(100)
    assert shorts[0].price == D(101)


@given(
    entry=st.decimals("0.01", "200000", places=4),
    side=st.sampled_from(Side),
    capital=st.decimals("1000", "1000000", places=2),
)
def test_no_leg_costs_more_than_its_share_and_all_fit_the_steps(
    entry: D, side: Side, capital: D
) -> None:
    rules = instrument(tick=D("0.0001"), step=D("0.00000001"), min_quantity=D("0.00000001"))
    settings = AccountSettings(total_capital_usd=capital)
    legs = ladder(settings, side, entry, rules)
    if isinstance(legs, LadderRefused):
        assert legs.text
        return
    for leg in legs:
        assert leg.quantity * leg.price <= group_capital_usd(settings) * leg.weight_percent / 100
        assert leg.quantity % rules.step == 0
        assert leg.price % rules.tick == 0


def test_a_refusal_names_leg_numbers_and_fix() -> None:
    refused = ladder(AccountSettings(total_capital_usd=D(100)), Side.LONG, D(60000), instrument())
    assert isinstance(refused, LadderRefused)
    assert refused.code == "under_min_notional"
    assert refused.leg == 0
    assert refused.text == (
        "leg 1: 1.8 USD is under the 5 USD minimum of BTC/USDT; "
        "raise the capital of an entry to 27 USD or use fewer legs"
    )


@given(
    entry=st.decimals("0.01", "200000", places=4),
    side=st.sampled_from(Side),
    step=st.sampled_from([D("0.00001"), D("0.1"), D(1), D(1000)]),
    notional=st.sampled_from([D(0), D(1), D("5.5"), D(100)]),
    quantity=st.sampled_from([D("0.00001"), D(1), D(7)]),
)
def test_the_fix_of_a_refusal_is_a_fix_and_a_cent_less_is_none(
    entry: D, side: Side, step: D, notional: D, quantity: D
) -> None:
    rules = instrument(tick=D("0.0001"), step=step, min_notional=notional, min_quantity=quantity)
    shape = AccountSettings().ladder
    least = grid.least_capital_usd(shape, side, entry, rules)
    assert not isinstance(grid.ladder(shape, side, entry, least, rules), LadderRefused)
    less = grid.ladder(shape, side, entry, least - D("0.01"), rules)
    assert isinstance(less, LadderRefused)
    assert f"raise the capital of an entry to {plain(least)} USD" in less.text


@given(
    average=st.decimals("0.01", "200000", places=6),
    percent=st.decimals("0.1", "50", places=2),
    side=st.sampled_from(Side),
)
def test_a_target_never_earns_less_than_was_asked(average: D, percent: D, side: Side) -> None:
    level = target(side, average, percent, D("0.0001"))
    gain = (level - average) * side.sign
    assert gain >= average * percent / 100
    assert gain <= average * percent / 100 + D("0.0001")


def test_progress_runs_from_nothing_to_all() -> None:
    assert progress_percent(D(100), D(99), D(110)) == 0
    assert progress_percent(D(100), D(105), D(110)) == 50
    assert progress_percent(D(100), D(120), D(110)) == 100
    assert progress_percent(D(100), D(95), D(90)) == 50


def test_weights_must_sum_to_a_hundred() -> None:
    leg = LegSettings(gap_percent=D(0), weight_percent=D(60), tp_percent=D(1))
    with pytest.raises(ValidationError, match="they must sum to 100"):
        AccountSettings(ladder=(leg,))
