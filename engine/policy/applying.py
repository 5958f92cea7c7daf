"""Settings for positions that are open already: what "apply to open groups" would change.

The ladder of each entry stays as it was drawn, and so do a signal's own stop and target.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from engine.domain.changed import replace
from engine.domain.choices.catalogue import unit_of
from engine.domain.choices.changes import Change
from engine.domain.group import Group
from engine.domain.settings import AccountSettings
from engine.policy.rules import Wishes, group_rules
from foundation.money import plain

RULES = {
    "tp_execution": "tp_execution",
    "stop_loss_percent": "stops.stop_loss_percent",
    "trailing_stop_percent": "stops.trailing_stop_percent",
    "trailing_take_profit_percent": "stops.trailing_take_profit_percent",
    "trailing_step_percent": "stops.trailing_step_percent",
    "break_even_at_percent": "stops.break_even_at_percent",
    "cancel_dca_beyond_percent": "orders.cancel_dca_beyond_percent",
    "stop_rests": "stops.execution",
    "entry_expiry_minutes": "orders.entry_expiry_minutes",
    "closes_at": "stops.time_limit_minutes",
}
"""What a group keeps, and the setting it comes from."""
OWN = ("tp_mode", "tp_aggregate_percent", "max_pyramids")


def with_settings(group: Group, settings: AccountSettings, version: int) -> Group:
    """The group as if it had opened with these settings, but for its ladders."""
    fresh = group_rules(settings, group.created_at, Wishes(stop=group.rules.signal_stop))
    taken = {name: getattr(fresh, name) for name in RULES}
    rules = replace(group.rules, **taken)
    return replace(
        group,
        tp_mode=settings.tp_mode,
        tp_aggregate_percent=settings.tp_aggregate_percent,
        max_pyramids=max(settings.max_pyramids, len(group.pyramids)),
        settings_version=version,
        rules=group.rules if rules == group.rules else rules,
    )


def changes(before: Group, after: Group) -> tuple[Change, ...]:
    """What would be different for the group, named as in the settings."""
    found = [_change(name, getattr(before, name), getattr(after, name)) for name in OWN]
    for name, path in RULES.items():
        found.append(_change(path, getattr(before.rules, name), getattr(after.rules, name)))
    return tuple(change for change in found if change.before != change.after)


def _change(path: str, before: object, after: object) -> Change:
    unit = "" if isinstance(before or after, datetime) else unit_of(path)
    return Change(path, _text(before), _text(after), unit)


def _text(value: object) -> str:
    match value:
        case None:
            return "off"
        case bool():
            return "resting" if value else "monitor"
        case Decimal():
            return plain(value)
        case datetime():
            return f"closes at {value:%Y-%m-%d %H:%M} UTC"
        case StrEnum():
            return value.value
        case _:
            return str(value)
