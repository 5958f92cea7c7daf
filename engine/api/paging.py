"""Opaque cursors over (time, id), and page sizes within their bounds."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime

from foundation import limits
from foundation.errors import InvalidInput


def page_size(limit: int | None) -> int:
    """The number of rows asked for, brought within 1 and the largest page."""
    return min(max(limit or limits.PAGE_DEFAULT, 1), limits.PAGE_MAX)


def encode_cursor(at: datetime, last_id: str) -> str:
    """Where a list goes on after the row with this time and id."""
    return urlsafe_b64encode(f"{at.isoformat()}|{last_id}".encode()).decode().rstrip("=")


def decode_cursor(cursor: str | None) -> tuple[datetime, str] | None:
    """(time, id) of the last row of the page before, None at the start. Raises InvalidInput."""
    if not cursor:
        return None
    try:
        text = urlsafe_b64decode(cursor.encode() + b"=" * (-len(cursor) % 4)).decode()
        stamp, separator, last_id = text.partition("|")
        at = datetime.fromisoformat(stamp)
    except ValueError as error:
        raise _bad() from error
    if not separator or at.tzinfo is None or not last_id.isprintable():
        raise _bad()
    return at, last_id


def _bad() -> InvalidInput:
    return InvalidInput("This cursor is not one of ours; start the list anew.", field="cursor")
