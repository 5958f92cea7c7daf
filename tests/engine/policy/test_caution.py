"""Raising risk is asked for once more (spec miniapp, sign-in): which changes do."""

from __future__ import annotations

from typing import Any

import pytest

from engine.domain.choices.catalogue import catalogue
from engine.domain.choices.changes import differences
from engine.domain.settings import AccountSettings
from engine.policy.caution import _LESS, _MORE, _VALUES, riskier

LOCK = {"kind": "cooldown", "stop_minutes": 60}


def raised(before: dict[str, Any], after: dict[str, Any]) -> tuple[str, ...]:
    old, new = AccountSettings.model_validate(before), AccountSettings.model_validate(after)
    return riskier(old, new, differences(old, new))


@pytest.mark.parametrize(
    ("before", "after", "path"),
    [
        ({}, {"total_capital_usd": "20000"}, "total_capital_usd"),
        ({}, {"orders": {"leverage": 2}}, "orders.leverage"),
        (
            {"stops": {"stop_loss_percent": "5"}},
            {"stops": {"stop_loss_percent": "9"}},
            "stops.stop_loss_percent",
        ),
        ({"stops": {"stop_loss_percent": "5"}}, {}, "stops.stop_loss_percent"),
        ({}, {"auto_approve": "all"}, "auto_approve"),
        (
            {},
            {"protection": {"drawdown": {"enabled": False}}},
            "protection.drawdown.enabled",
        ),
        ({"protection": {"locks": [LOCK]}}, {}, "protection.locks[0].kind"),
        (
            {"protection": {"locks": [LOCK]}},
            {"protection": {"locks": [LOCK | {"stop_minutes": 5}]}},
            "protection.locks[0].stop_minutes",
        ),
        (
            {"sizing": {"pyramid_sizing": "shared"}},
            {"sizing": {"pyramid_sizing": "each"}},
            "sizing.pyramid_sizing",
        ),
    ],
)
def test_more_to_lose_is_named_and_the_way_back_is_not(
    before: dict[str, Any], after: dict[str, Any], path: str
) -> None:
    assert raised(before, after) == (path,)
    assert raised(after, before) == ()


def test_what_costs_nothing_is_not_asked_for() -> None:
    assert raised({}, {"queue_limit": 1, "undo_seconds": 9, "tp_mode": "aggregate"}) == ()
    assert raised({}, {"stops": {"stop_loss_percent": "5"}}) == ()


def test_every_path_named_is_a_setting() -> None:
    assert {*_MORE, *_LESS, *_VALUES} <= {row.path for row in catalogue()}
