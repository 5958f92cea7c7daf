"""The defaults of pool, queue, risk engine and protection, as numbers (spec engine §5 to §8)."""

from __future__ import annotations

from decimal import Decimal

import pytest
from pydantic import ValidationError

from engine.domain.choices.queue import RankRule
from engine.domain.choices.risk import TimerStart
from engine.domain.settings import AccountSettings
from foundation import limits

D = Decimal


def test_the_defaults_of_pool_and_queue() -> None:
    settings = AccountSettings()
    assert (settings.max_open_groups, settings.queue_limit) == (10, 50)
    assert settings.queue_expiry_minutes == 24 * 60
    assert settings.max_drift_percent == 1
    assert settings.queue.rules == (
        RankRule.CONTINUATION,
        RankRule.DEEPEST_LOSS,
        RankRule.REPLACEMENTS,
        RankRule.OLDEST,
    )
    assert (settings.queue.same_pair_timeframe, settings.queue.continuation_bypasses) == (
        True,
        False,
    )


def test_the_defaults_of_the_risk_engine() -> None:
    risk = AccountSettings().risk
    assert (risk.enabled, risk.require_full_pyramids) == (True, True)
    assert risk.evaluate_interval_seconds == 60
    assert risk.loss_threshold_percent == -5
    assert (risk.use_trade_age_filter, risk.age_threshold_minutes) == (False, 200)
    assert risk.timer_start_condition is TimerStart.AFTER_ALL_FILLED
    assert [start.value for start in TimerStart] == [
        "after_5_pyramids",
        "after_all_dca_submitted",
        "after_all_dca_filled",
    ]
    assert (risk.post_full_wait_minutes, risk.reset_timer_on_replacement) == (60, False)
    assert (risk.max_winners_to_combine, risk.partial_close_enabled) == (3, True)
    assert risk.min_close_notional_usd == 20
    assert (risk.on_insufficient_profit, risk.cover_tolerance_percent) == ("wait", 2)


def test_the_defaults_of_protection() -> None:
    protection = AccountSettings().protection
    assert protection.drawdown.enabled
    assert protection.drawdown.max_drawdown_percent == 20
    assert protection.drawdown.soft_drawdown_percent == 10
    assert protection.drawdown.min_equity_usd == 0
    assert protection.locks == ()
    gate = protection.gate.model_dump()
    assert gate.pop("require_fresh_price") is True
    assert set(gate.values()) == {None}, "no limit that nobody has set"
    assert (limits.GUARD_WARN_PERCENT, limits.EQUITY_JUMP_PERCENT) == (75, 5)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("max_open_groups", 0),
        ("max_open_groups", "ten"),
        ("queue_limit", -1),
        ("risk.loss_threshold_percent", 1),
        ("risk.evaluate_interval_seconds", 0),
        ("protection.drawdown.max_drawdown_percent", 101),
        ("surprise", 1),
        ("risk.surprise", 1),
    ],
)
def test_a_setting_outside_its_bounds_or_unknown_is_refused(path: str, value: object) -> None:
    document: object = value
    for name in reversed(path.split(".")):
        document = {name: document}
    with pytest.raises(ValidationError, match=path.rpartition(".")[2]):
        AccountSettings.model_validate(document)
