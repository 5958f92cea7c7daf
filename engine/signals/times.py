"""An alert's own time, as people's templates write it, and how old it is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from engine.signals import fields
from engine.signals.body import Number
from engine.signals.fields import Cell
from engine.signals.port import Refused
from foundation import limits

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_OLDEST = datetime(2000, 1, 1, tzinfo=UTC)
_NEWEST = datetime(2100, 1, 1, tzinfo=UTC)
#: Epoch numbers above this are milliseconds: as seconds they would be in the year 5138.
_MILLISECONDS_FROM = Decimal(10) ** 11


def moment(cell: Cell) -> datetime | None:
    """The time in UTC, or None when not given. Raises Refused.

    ISO 8601 (without an offset it is UTC, as TradingView means it) or epoch seconds or
    milliseconds.
    """
    if not cell.given:
        return None
    shown = fields.text(cell)
    try:
        found = _epoch(cell) if _is_epoch(cell, shown) else _iso(shown)
    except (ValueError, OverflowError) as error:
        raise _bad(cell, shown) from error
    if not _OLDEST <= found < _NEWEST:
        raise _bad(cell, shown)
    return found


def refuse_future(cell: Cell, at: datetime | None, received_at: datetime) -> None:
    """Raises Refused when the time is further ahead of ours than clocks may differ."""
    if at is None or at <= received_at + timedelta(seconds=limits.SIGNAL_FUTURE_S):
        return
    ahead = int((at - received_at).total_seconds())
    raise Refused(
        "in_future",
        f"{cell.path} is {ahead} s ahead of our clock: check the time the sender puts there",
        cell.path,
    )


def _is_epoch(cell: Cell, shown: str) -> bool:
    return isinstance(cell.value, Number) or shown.isdecimal()


def _epoch(cell: Cell) -> datetime:
    value = fields.number(cell)
    if value is None:
        raise ValueError("no number")
    millis = value if value >= _MILLISECONDS_FROM else value * 1000
    return _EPOCH + timedelta(milliseconds=int(millis))


def _iso(shown: str) -> datetime:
    found = datetime.fromisoformat(shown)
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def _bad(cell: Cell, shown: str) -> Refused:
    return Refused(
        "bad_time",
        f'{cell.path} is {shown!r}, which is no time: use "{{{{timenow}}}}"',
        cell.path,
    )
