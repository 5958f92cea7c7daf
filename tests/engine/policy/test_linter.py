"""The ladder linter (spec engine §2): what settings will do, told when they are saved."""

from __future__ import annotations

from decimal import Decimal as D
from typing import Any

from engine.domain.settings import AccountSettings
from engine.policy.linter import Remark, lint
from tests.engine.decide.kit import instrument


def linted(**settings: Any) -> dict[str, Remark]:
    known = {"BTC/USDT": instrument(), "ETH/USDT": instrument("ETH/USDT", step=D("0.0001"))}
    prices = {"BTC/USDT": D(60000), "ETH/USDT": D(3000)}
    return {one.code: one for one in lint(AccountSettings(**settings), known, prices)}


def test_the_funds_needed_at_worst_are_told_with_the_numbers() -> None:
    remark = linted()["funds_at_worst"]
    assert remark.level == "warning"
    assert "50000 USD are needed, 500 % of the capital of 10000 USD" in remark.text


def test_settings_whose_worst_fits_the_capital_have_no_remark() -> None:
    assert linted(sizing={"pyramid_sizing": "shared"}) == {}


def test_first_entries_that_exceed_the_capital_are_a_problem() -> None:
    remark = linted(sizing={"method": "fixed_usd", "fixed_usd": "2000"})["over_capital"]
    assert remark.level == "problem"
    assert "20000 USD for their first entries alone" in remark.text


def test_legs_under_the_minimum_are_told_per_symbol() -> None:
    remark = linted(total_capital_usd=D(200))["under_min_notional"]
    assert "BTC/USDT, ETH/USDT will be refused" in remark.text
    assert "leg 1" in remark.text
    only = linted(total_capital_usd=D(200), market_ladders=[
        {"symbol": "ETH/USDT", "ladder": [
            {"gap_percent": 0, "weight_percent": 100, "tp_percent": 1}]},
    ])["under_min_notional"]  # fmt: skip
    assert only.symbol == "BTC/USDT"


def test_exposure_limits_under_one_entry_are_a_problem() -> None:
    protection = {"gate": {"max_exposure_usd": "500", "max_symbol_exposure_percent": "5"}}
    remark = linted(protection=protection)["over_exposure"]
    assert "allows 500 USD" in remark.text
    assert remark.level == "problem"


def test_a_stop_inside_the_ladder_is_told_with_the_leg_it_cuts_off() -> None:
    remark = linted(stops={"stop_loss_percent": "2.5"})["stop_inside_ladder"]
    assert "before leg 5 can fill" in remark.text
    assert "stop_inside_ladder" not in linted(stops={"stop_loss_percent": "4"})
    assert "before leg 4" in linted(stops={"trailing_stop_percent": "2"})["stop_inside_ladder"].text


def test_a_stop_inside_the_ladder_of_a_short_alone_is_told_as_well() -> None:
    # leg 5 of a long stands 3.15 % below the average of those before it, of a short 3.1 % above
    assert "before leg 5" in linted(stops={"stop_loss_percent": "3.12"})["stop_inside_ladder"].text
    assert "stop_inside_ladder" not in linted(stops={"stop_loss_percent": "3.2"})


def test_legs_that_are_cancelled_before_they_can_fill_are_told() -> None:
    remark = linted(orders={"cancel_dca_beyond_percent": "3"})["leg_out_of_reach"]
    assert "the last stands 4 % from it" in remark.text


def test_sizing_by_risk_without_a_stop_is_a_problem() -> None:
    assert linted(sizing={"method": "risk_percent"})["no_stop"].level == "problem"
