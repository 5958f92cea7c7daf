"""Which changes of settings may cost more than before: a surface asks once more for those.

A setting stands here with the direction that loses more; off counts as without limit.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Final

from engine.domain.choices.changes import Change
from engine.domain.settings import AccountSettings
from engine.policy.linter import needed_at_worst_usd

_MORE: Final = (
    "total_capital_usd",
    "max_open_groups",
    "max_pyramids",
    "sizing.fixed_usd",
    "sizing.equity_percent",
    "sizing.risk_percent",
    "orders.leverage",
    "orders.max_slippage_percent",
    "stops.stop_loss_percent",
    "stops.trailing_stop_percent",
    "stops.time_limit_minutes",
    "protection.gate.max_groups_per_symbol",
    "protection.gate.max_symbol_exposure_percent",
    "protection.gate.max_exposure_usd",
    "protection.gate.max_daily_loss_usd",
    "protection.drawdown.max_drawdown_percent",
    "protection.drawdown.soft_drawdown_percent",
    "protection.locks[].max_losses",
    "protection.locks[].min_trades",
)
_LESS: Final = (
    "protection.drawdown.min_equity_usd",
    "protection.locks[].stop_minutes",
    "protection.locks[].lookback_minutes",
    "protection.locks[].required_profit_usd",
)
_VALUES: Final[Mapping[str, str]] = {
    "auto_approve": "all",
    "orders.margin_mode": "cross",
    "orders.slippage_action": "warn",
    "orders.block_on_missing_metadata": "no",
    "protection.gate.require_fresh_price": "no",
    "protection.drawdown.enabled": "no",
    "risk.enabled": "no",
    "stops.execution": "monitor",
}
_SIZING: Final = ("sizing.method", "sizing.pyramid_sizing")


def riskier(
    before: AccountSettings, after: AccountSettings, changes: tuple[Change, ...]
) -> tuple[str, ...]:
    """The paths of the changes by which more can be lost than before."""
    more_bound = _more(_text(needed_at_worst_usd(before)), _text(needed_at_worst_usd(after)))
    return tuple(
        change.path
        for change in changes
        if _costs_more(change) or (more_bound and change.path in _SIZING)
    )


def _costs_more(change: Change) -> bool:
    path = re.sub(r"\[[^]]*\]", "[]", change.path)
    if path == "protection.locks[].kind":
        return change.after is None  # the lock is gone
    if path in _MORE:
        return _more(change.before, change.after)
    if path in _LESS:
        return None not in (change.before, change.after) and _more(change.after, change.before)
    return path in _VALUES and change.after == _VALUES[path]


def _more(before: str | None, after: str | None) -> bool:
    """Whether it grew; what is off, or not there, has no limit."""
    old, new = _number(before), _number(after)
    if old is None:
        return False
    return new is None or new > old


def _number(text: str | None) -> Decimal | None:
    try:
        return None if text is None else Decimal(text)
    except InvalidOperation:
        return None


def _text(value: Decimal | None) -> str | None:
    return None if value is None else str(value)
