"""Small phrases that several cards share: sides, timeframes, durations, colours by sign."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from bot.i18n import Texts
from engine.api.views import FeedHealth
from foundation.limits import FEED_STALE_S

SYMBOL_MAX: Final = 24
REASON_MAX: Final = 160
_MINUTE: Final = 60


def side_icon(side: str) -> str:
    """Green for long, red for short; the word always stands beside it."""
    return "🟢" if side == "long" else "🔴"


def result_icon(pnl: Decimal) -> str:
    """A win, a loss or neither."""
    if pnl > 0:
        return "✅"
    return "🔻" if pnl < 0 else "⚪"


def timeframe(texts: Texts, minutes: int) -> str:
    """``15 min``, ``4 h``, ``1 day``."""
    for unit, size in (("weeks", 10080), ("days", 1440), ("hours", 60)):
        if minutes >= size and minutes % size == 0:
            return texts("timeframe", unit=unit, count=minutes // size)
    return texts("timeframe", unit="minutes", count=minutes)


def duration(texts: Texts, seconds: int) -> str:
    """``2 d 3 h``, ``4 h 5 min``, ``7 min``, ``40 s``."""
    if seconds < _MINUTE:
        return texts("duration-seconds", seconds=max(seconds, 0))
    days, hours, minutes = texts.numbers.duration(max(seconds, 0))
    return texts("duration", days=days, hours=hours, minutes=minutes)


def arriving(feed: FeedHealth) -> bool:
    """Whether prices were heard of a moment ago, from whatever feed."""
    return feed.heartbeat_age is not None and feed.heartbeat_age <= FEED_STALE_S


def change_percent(base: Decimal, price: Decimal) -> Decimal:
    """How far ``price`` is from ``base``, in percent."""
    return (price - base) / base * 100 if base else Decimal(0)


def coded(texts: Texts, prefix: str, code: str | None, sentence: str | None) -> str | None:
    """Our own words for an outcome code, else the sentence that came with it."""
    if code and texts.has(f"{prefix}{code}"):
        return texts(f"{prefix}{code}")
    return sentence
