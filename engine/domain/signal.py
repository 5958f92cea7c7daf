"""The normalised signal: a wish from a source, on symbol + timeframe + side."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from engine.domain.record import record
from engine.domain.words import Intent, Side


@record(frozen=True, slots=True)
class Signal:
    """One normalised signal.

    ``timeframe`` is in minutes; ``reduce_fraction`` in (0, 1]; prices in quote currency.
    For an exit or a reduce, ``side`` is the side of the position meant; for a reverse it is
    the side wanted afterwards.
    """

    id: str
    source: str
    producer: str
    received_at: datetime
    signal_time: datetime
    symbol: str
    raw_symbol: str
    timeframe: int
    side: Side
    intent: Intent
    venue_hint: str | None = None
    reduce_fraction: Decimal | None = None
    entry_price: Decimal | None = None
    stop_loss: Decimal | None = None
    take_profit: Decimal | None = None
    size_hint: Decimal | None = None
    max_slippage_percent: Decimal | None = None
    strategy: str = ""
    strategy_version: str = ""
    reason: str = ""
