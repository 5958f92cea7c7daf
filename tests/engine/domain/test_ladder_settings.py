"""Defaults and bounds of ladder, sizing, orders and targets (spec engine §1, §2, §3)."""

from __future__ import annotations

from decimal import Decimal as D
from typing import Any

import pytest
from pydantic import ValidationError

from engine.domain.account import Account
from engine.domain.settings import AccountSettings, LegSettings
from engine.policy.rules import instrument_for

LEG = {"gap_percent": "-1", "weight_percent": "100", "tp_percent": "1"}


def legs(*weights: str) -> list[dict[str, str]]:
    return [{**LEG, "weight_percent": weight} for weight in weights]


def test_the_default_ladder_has_five_legs_of_a_fifth_each() -> None:
    shape = [
        (str(leg.gap_percent), str(leg.weight_percent), str(leg.tp_percent))
        for leg in AccountSettings().ladder
    ]
    assert shape == [
        ("0", "20", "1.0"),
        ("-0.5", "20", "0.5"),
        ("-1.0", "20", "0.5"),
        ("-2.0", "20", "0.5"),
        ("-4.0", "20", "0.5"),
    ]


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("total_capital_usd", D(10000)),
        ("max_open_groups", 10),
        ("max_pyramids", 5),
        ("sizing.method", "capital_share"),
        ("sizing.pyramid_sizing", "each"),
        ("orders.first_leg", "limit"),
        ("orders.max_slippage_percent", D("0.5")),
        ("orders.slippage_action", "warn"),
        ("orders.cancel_dca_beyond_percent", None),
        ("orders.entry_expiry_minutes", None),
        ("orders.opposite_side", "queue"),
        ("orders.block_on_missing_metadata", True),
        ("orders.leverage", 1),
        ("orders.margin_mode", "isolated"),
        ("brackets.use_signal_targets", False),
        ("stops.stop_loss_percent", None),
        ("stops.trailing_stop_percent", None),
        ("stops.trailing_take_profit_percent", None),
        ("stops.trailing_step_percent", None),
        ("stops.break_even_at_percent", None),
        ("stops.time_limit_minutes", None),
        ("stops.execution", "resting"),
        ("tp_mode", "per_leg"),
        ("tp_execution", "monitor"),
        ("tp_aggregate_percent", D("1.0")),
    ],
)
def test_what_nobody_set_has_its_default(path: str, value: Any) -> None:
    found: Any = AccountSettings()
    for name in path.split("."):
        found = getattr(found, name)
    assert found == value


@pytest.mark.parametrize(
    "flaw",
    [
        {"gap_percent": "0.1"},
        {"gap_percent": "-100"},
        {"weight_percent": "0"},
        {"weight_percent": "-20"},
        {"tp_percent": "0"},
        {"tp_percent": "-1"},
    ],
)
def test_a_leg_stands_at_or_below_the_entry_and_has_a_weight_and_a_target(
    flaw: dict[str, str],
) -> None:
    assert LegSettings.model_validate({**LEG, "gap_percent": "0"}).gap_percent == 0
    with pytest.raises(ValidationError, match=next(iter(flaw))):
        LegSettings.model_validate({**LEG, **flaw})


def test_a_ladder_has_one_to_seven_legs() -> None:
    seven = legs("40", *["10"] * 6)
    assert len(AccountSettings.model_validate({"ladder": seven}).ladder) == 7
    for wrong in (legs("30", *["10"] * 7), []):
        with pytest.raises(ValidationError, match="ladder"):
            AccountSettings.model_validate({"ladder": wrong})


@pytest.mark.parametrize(("last", "fits"), [("39.99", True), ("40.01", True), ("39.98", False),
                                            ("40.02", False)])  # fmt: skip
@pytest.mark.parametrize("where", ["ladder", "level", "market", "market level"])
def test_weights_sum_to_a_hundred_within_a_hundredth_wherever_a_ladder_stands(
    where: str, last: str, fits: bool
) -> None:
    shape = legs("60", last)
    market = {"symbol": "BTC/USDT", "ladder": legs("100"), "pyramid_levels": {}}
    document: dict[str, Any] = {
        "ladder": {"ladder": shape},
        "level": {"pyramid_levels": {"4": shape}},
        "market": {"market_ladders": [{**market, "ladder": shape}]},
        "market level": {"market_ladders": [{**market, "pyramid_levels": {"1": shape}}]},
    }[where]
    if fits:
        AccountSettings.model_validate(document)
        return
    with pytest.raises(ValidationError, match="they must sum to 100"):
        AccountSettings.model_validate(document)


@pytest.mark.parametrize("index", ["0", "5"])
def test_the_second_to_fifth_entry_may_have_ladders_of_their_own(index: str) -> None:
    for level in ("1", "2", "3", "4"):
        AccountSettings.model_validate({"pyramid_levels": {level: legs("100")}})
    with pytest.raises(ValidationError, match="pyramid_levels"):
        AccountSettings.model_validate({"pyramid_levels": {index: legs("100")}})


@pytest.mark.parametrize(("entries", "fits"), [(1, True), (5, True), (0, False), (6, False)])
def test_a_group_takes_one_to_five_entries(entries: int, fits: bool) -> None:
    if fits:
        assert AccountSettings(max_pyramids=entries).max_pyramids == entries
        return
    with pytest.raises(ValidationError, match="max_pyramids"):
        AccountSettings(max_pyramids=entries)


def test_the_fallback_for_missing_rules_has_its_numbers() -> None:
    settings = AccountSettings.model_validate({"orders": {"block_on_missing_metadata": False}})
    rules = instrument_for(Account("a", "paper", settings), {}, "BTC/USDT")
    assert rules is not None
    numbers = (rules.tick, rules.step, rules.min_quantity, rules.min_notional)
    assert numbers == (D("1e-8"), D("1e-6"), D("1e-6"), D(1))
    assert instrument_for(Account("a", "paper", AccountSettings()), {}, "BTC/USDT") is None
