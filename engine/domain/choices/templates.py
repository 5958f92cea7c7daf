"""Templates: four tempers of settings to begin with. They leave capital and habits as they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from engine.domain.settings import AccountSettings


@dataclass(frozen=True, slots=True)
class Template:
    """A named set of choices; what it does not say of its fields stands at the default."""

    name: str
    title: str
    explanation: str
    choices: Mapping[str, Any]


FIELDS: Final = (
    "max_open_groups",
    "max_pyramids",
    "ladder",
    "sizing",
    "orders",
    "brackets",
    "stops",
    "tp_mode",
    "tp_execution",
    "tp_aggregate_percent",
    "queue_expiry_minutes",
    "offer_expiry_minutes",
    "risk",
    "protection",
)
"""What a template decides; everything else of the document stays."""


def _ladder(*legs: tuple[str, str, str]) -> list[dict[str, str]]:
    names = ("gap_percent", "weight_percent", "tp_percent")
    return [dict(zip(names, leg, strict=True)) for leg in legs]


_CAUTIOUS: Final = {
    "max_open_groups": 5,
    "max_pyramids": 2,
    "ladder": _ladder(("0", "40", "1.5"), ("-1.5", "30", "1.0"), ("-3.0", "30", "1.0")),
    "sizing": {"pyramid_sizing": "shared"},
    "stops": {"stop_loss_percent": "8"},
    "risk": {"loss_threshold_percent": "-3"},
    "protection": {
        "gate": {"max_symbol_exposure_percent": "25"},
        "drawdown": {"max_drawdown_percent": "10", "soft_drawdown_percent": "5"},
        "locks": [
            {"kind": "cooldown", "stop_minutes": 60},
            {
                "kind": "stop_loss_guard",
                "lookback_minutes": 1440,
                "max_losses": 3,
                "stop_minutes": 720,
            },
        ],
    },
}
_AGGRESSIVE: Final = {
    "max_open_groups": 15,
    "ladder": _ladder(
        ("0", "15", "1.0"),
        ("-1.0", "15", "0.8"),
        ("-2.0", "20", "0.8"),
        ("-4.0", "25", "0.8"),
        ("-7.0", "25", "0.8"),
    ),
    "risk": {"loss_threshold_percent": "-8", "post_full_wait_minutes": 120},
    "protection": {"drawdown": {"max_drawdown_percent": "35", "soft_drawdown_percent": "20"}},
}
_SCALPER: Final = {
    "max_pyramids": 1,
    "ladder": _ladder(("0", "100", "0.6")),
    "orders": {"first_leg": "market", "max_slippage_percent": "0.2", "slippage_action": "reject"},
    "brackets": {"use_signal_targets": True},
    "stops": {"stop_loss_percent": "0.8", "time_limit_minutes": 120},
    "queue_expiry_minutes": 15,
    "offer_expiry_minutes": 5,
    "risk": {"enabled": False},
    "protection": {
        "locks": [
            {"kind": "cooldown", "stop_minutes": 15},
            {
                "kind": "stop_loss_guard",
                "lookback_minutes": 240,
                "max_losses": 4,
                "stop_minutes": 240,
            },
        ],
    },
}

TEMPLATES: Final[Mapping[str, Template]] = MappingProxyType(
    {
        one.name: one
        for one in (
            Template(
                "cautious",
                "Cautious",
                "Few positions, short ladders, a stop, and an early guard.",
                _CAUTIOUS,
            ),
            Template("balanced", "Balanced", "The defaults: five legs, five entries.", {}),
            Template(
                "aggressive",
                "Aggressive",
                "More positions, deeper ladders, and a late guard.",
                _AGGRESSIVE,
            ),
            Template(
                "scalper",
                "Scalper",
                "One leg at market, a near target, a tight stop, and little patience.",
                _SCALPER,
            ),
        )
    }
)


def with_template(settings: AccountSettings, template: Template) -> AccountSettings:
    """The settings with the template's choices; capital, queue and approvals stay as they are."""
    kept = settings.model_dump(exclude=set(FIELDS))
    return AccountSettings.model_validate(kept | dict(template.choices))
