"""Times that the reader's own client renders: in their zone, or relative and counting down."""

from __future__ import annotations

from datetime import datetime

from aiogram.utils.formatting import DateTime


def relative(at: datetime) -> DateTime:
    """“in 12 minutes”; a client that cannot do this shows the UTC time."""
    return DateTime(f"{at:%H:%M} UTC", unix_time=int(at.timestamp()), date_time_format="r")


def in_seconds(at: datetime) -> DateTime:
    """The same for what is seconds away."""
    return DateTime(f"{at:%H:%M:%S} UTC", unix_time=int(at.timestamp()), date_time_format="r")


def clock_time(at: datetime) -> DateTime:
    """“09:41” in the reader's zone."""
    return DateTime(f"{at:%H:%M} UTC", unix_time=int(at.timestamp()), date_time_format="t")


def day_time(at: datetime) -> DateTime:
    """Date and time in the reader's zone."""
    text = f"{at:%Y-%m-%d %H:%M} UTC"
    return DateTime(text, unix_time=int(at.timestamp()), date_time_format="dt")
