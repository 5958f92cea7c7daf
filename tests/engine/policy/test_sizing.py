"""Which ladder a pyramid gets and what it may spend (spec engine §2)."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal as D
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.domain.account import Account
from engine.domain.protection import Guard
from engine.domain.settings import AccountSettings, LegSettings
from engine.domain.words import Side
from engine.policy.grid import LadderRefused, ladder
from engine.policy.sizing import Entry, capital_usd, shape_of
from tests.engine.decide.kit import instrument

ENTRY = Entry("BTC/USDT", 15, Side.LONG, 0, D(60000))


def one_leg(tp: str) -> list[dict[str, str]]:
    return [{"gap_percent": "0", "weight_percent": "100", "tp_percent": tp}]


def account(**settings: Any) -> Account:
    return Account("acc", "paper", AccountSettings(**settings))


def spent(entry: Entry = ENTRY, **settings: Any) -> D | LadderRefused:
    of = account(**settings)
    return capital_usd(of, entry, shape_of(of.settings, entry.symbol, entry.timeframe, entry.index))


def test_the_closest_ladder_is_chosen_symbol_and_timeframe_before_symbol_before_account() -> None:
    settings = AccountSettings(
        market_ladders=[
            {"symbol": "BTC/USDT", "ladder": one_leg("3")},
            {"symbol": "BTC/USDT", "timeframe": 60, "ladder": one_leg("4")},
        ]
    )
    assert shape_of(settings, "BTC/USDT", 60)[0].tp_percent == 4
    assert shape_of(settings, "BTC/USDT", 15)[0].tp_percent == 3
    assert shape_of(settings, "BTC/USDT:USDT", 15)[0].tp_percent == 3
    assert shape_of(settings, "ETH/USDT", 60) == settings.ladder


def test_a_pyramid_may_have_a_ladder_of_its_own() -> None:
    settings = AccountSettings(
        pyramid_levels={"1": one_leg("7")},
        market_ladders=[
            {
                "symbol": "ETH/USDT",
                "ladder": one_leg("3"),
                "pyramid_levels": {"2": one_leg("9")},
            }
        ],
    )
    assert shape_of(settings, "BTC/USDT", 15, 1)[0].tp_percent == 7
    assert shape_of(settings, "BTC/USDT", 15, 2) == settings.ladder
    assert shape_of(settings, "ETH/USDT", 15, 1)[0].tp_percent == 3
    assert shape_of(settings, "ETH/USDT", 15, 2)[0].tp_percent == 9


def test_each_pyramid_gets_the_group_capital_or_they_share_it() -> None:
    assert spent() == 1000
    assert spent(replace(ENTRY, index=2)) == 1000
    assert spent(sizing={"pyramid_sizing": "shared"}) == 200
    assert spent(replace(ENTRY, size_factor=D("0.5"))) == 500


def test_a_fixed_sum_is_spent_whatever_the_capital() -> None:
    assert spent(sizing={"method": "fixed_usd", "fixed_usd": "123"}) == 123


def test_a_share_of_equity_follows_what_the_guard_last_saw() -> None:
    sizing = {"method": "equity_percent", "equity_percent": "2"}
    assert spent(sizing=sizing) == 200
    grown = replace(account(sizing=sizing), guard=Guard(equity_usd=D(20000)))
    assert capital_usd(grown, ENTRY, grown.settings.ladder) == 400


def test_risk_sizing_loses_the_chosen_share_at_the_stop() -> None:
    sizing = {"method": "risk_percent", "risk_percent": "1"}
    assert spent(sizing=sizing, stops={"stop_loss_percent": "4"}) == 100 / D("0.04")
    at_stop = spent(replace(ENTRY, stop=D(57000)), sizing=sizing, ladder=one_leg("1"))
    assert not isinstance(at_stop, LadderRefused)
    assert abs(at_stop - 100 / D("0.05")) < D("0.000001")


@given(side=st.sampled_from(Side), away=st.decimals("5", "40", places=2))
def test_a_ladder_sized_by_risk_loses_no_more_than_the_risk_when_all_of_it_fills(
    side: Side, away: D
) -> None:
    stop = ENTRY.price * (1 - side.sign * away / 100)
    of = account(sizing={"method": "risk_percent", "risk_percent": "1"})
    entry = replace(ENTRY, side=side, stop=stop)
    capital = capital_usd(of, entry, of.settings.ladder)
    assert not isinstance(capital, LadderRefused)
    fine = instrument(tick=D("0.00000001"), step=D("0.00000001"))
    legs = ladder(of.settings.ladder, side, entry.price, capital, fine)
    assert not isinstance(legs, LadderRefused)
    lost = sum(((leg.price - stop) * side.sign * leg.quantity for leg in legs), D(0))
    assert D("99.9") < lost <= D(100) + D("0.001")


def test_risk_sizing_without_a_stop_or_with_one_inside_the_ladder_is_refused() -> None:
    sizing = {"method": "risk_percent"}
    for entry, code in ((ENTRY, "no_stop"), (replace(ENTRY, stop=D(61000)), "stop_inside_ladder")):
        refused = spent(entry, sizing=sizing)
        assert isinstance(refused, LadderRefused)
        assert refused.code == code


def test_the_signals_own_size_is_taken_as_it_is() -> None:
    sizing = {"method": "signal_size", "pyramid_sizing": "shared"}
    assert spent(replace(ENTRY, size=D("0.05")), sizing=sizing) == 3000
    refused = spent(sizing=sizing)
    assert isinstance(refused, LadderRefused)
    assert refused.code == "no_size"


SHAPES = st.lists(st.integers(1, 50), min_size=1, max_size=7)


@given(
    weights=SHAPES,
    capital=st.decimals("10", "100000", places=2),
    entry=st.decimals("0.5", "90000", places=2),
    side=st.sampled_from(Side),
)
def test_no_leg_is_under_the_minimum_or_over_its_share_and_all_stand_on_the_passive_side(
    weights: list[int], capital: D, entry: D, side: Side
) -> None:
    total = sum(weights)
    shape = tuple(
        LegSettings(
            gap_percent=D(-n), weight_percent=(D(100) * w / total).quantize(D("0.000001")),
            tp_percent=D(1),
        )
        for n, w in enumerate(weights)
    )  # fmt: skip
    rules = instrument(max_quantity=D(50000))
    legs = ladder(shape, side, entry, capital, rules)
    if isinstance(legs, LadderRefused):
        assert legs.code in ("under_min_notional", "under_min_quantity", "over_max_quantity")
        return
    for leg in legs:
        exact = entry * (1 + side.sign * leg.gap_percent / 100)
        assert (exact - leg.price) * side.sign >= 0
        assert leg.quantity * leg.price <= capital * leg.weight_percent / 100
        assert leg.quantity * leg.price >= rules.min_notional
        assert rules.min_quantity <= leg.quantity <= D(50000)
        assert leg.quantity % rules.step == 0


def test_more_than_the_venue_takes_in_one_order_is_refused_with_the_fix() -> None:
    shape = AccountSettings().ladder
    refused = ladder(shape, Side.LONG, D(60000), D(1000), instrument(max_quantity=D("0.001")))
    assert isinstance(refused, LadderRefused)
    assert refused.code == "over_max_quantity"
    assert "maximum of 0.001" in refused.text


@pytest.mark.parametrize("method", ["capital_share", "fixed_usd", "equity_percent"])
def test_half_size_halves_whatever_the_method(method: str) -> None:
    whole = spent(sizing={"method": method})
    half = spent(replace(ENTRY, size_factor=D("0.5")), sizing={"method": method})
    assert not isinstance(whole, LadderRefused)
    assert half == whole / 2
