"""When the core decides again after the world said no for a while."""

from __future__ import annotations

from datetime import datetime, timedelta

from foundation import limits


def exit_retry_at(now: datetime, attempts: int, wait_s: int = 0) -> datetime:
    """Exits are tried for ever: after 1, 2, 4 … 32 s, or when the venue said that it may pass."""
    seconds = min(max(2 ** min(attempts, 10), wait_s), limits.EXIT_RETRY_MAX_S)
    return now + timedelta(seconds=seconds)


def entry_fresh(now: datetime, decided_at: datetime) -> bool:
    """Whether an entry whose order was lost may still be tried with a new id."""
    return now - decided_at <= timedelta(seconds=limits.ENTRY_FRESH_S)
