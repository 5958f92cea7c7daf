"""Chart intervals into minutes: `15`, `240`, `D`, `1W`, `1h`."""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import Final

from foundation import limits

_INTERVAL = re.compile(r"([0-9]{0,6})\s*(min|hour|m|h|H|d|D|w|W|M)?")
#: Lower-case `m` is minutes and upper-case `M` months, as TradingView has it.
_MINUTES: Final = MappingProxyType(
    {
        "min": 1,
        "m": 1,
        "hour": 60,
        "h": 60,
        "H": 60,
        "d": 1440,
        "D": 1440,
        "w": 10080,
        "W": 10080,
        "M": 43200,
    }
)


def minutes(interval: str) -> int | None:
    """The interval in minutes, or None when it is none we know (seconds, ticks, ranges)."""
    match = _INTERVAL.fullmatch(interval.strip())
    if match is None or not interval.strip():
        return None
    count, unit = match.groups()
    total = int(count or 1) * (_MINUTES[unit] if unit else 1)
    return total if 1 <= total <= limits.SIGNAL_TIMEFRAME_MAX_MINUTES else None
