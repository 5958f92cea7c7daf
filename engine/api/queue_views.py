"""What the waiting queue shows: a signal, its rank and why, and what a person may do with it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal


@dataclass(frozen=True, slots=True)
class QueueView:
    """A waiting signal. ``blocked_code`` and its sentence say why promoting it now would be
    refused, None when it would not; ``forcible`` when only the limit of the pool is in the way.
    """

    signal_id: str
    account_id: str
    symbol: str
    timeframe: int
    side: Literal["long", "short"]
    rank: int
    of: int
    explanation: str
    entry_price: Decimal | None
    current_loss_percent: Decimal | None
    replacement_count: int
    queued_at: datetime
    expires_at: datetime
    continues: bool
    expected_profit_usd: Decimal
    blocked_code: str | None
    blocked_text: str | None
    forcible: bool
