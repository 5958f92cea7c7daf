"""What protects an account, as state: the guard's view of equity, locks, recent results, funds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from engine.domain.leg import ZERO
from engine.domain.record import record
from engine.domain.words import ExitReason, Side


class GuardStage(StrEnum):
    """How far the drawdown guard has gone; from soft on only a person brings it back to calm."""

    CALM = "calm"
    WARNED = "warned"
    SOFT = "soft"
    HARD = "hard"


@record(frozen=True, slots=True)
class Guard:
    """Equity against its peak, in USD. ``moved_usd`` sums deposits minus withdrawals.

    ``wallet_base_usd`` is a perpetuals wallet less ``realized_usd`` when both were known together.
    ``warned`` is set once the warning was told, until a new peak. ``realized_usd`` is all we ever
    realised; ``day`` and ``realized_today_usd`` count the UTC day of the last closing or fill.
    """

    stage: GuardStage = GuardStage.CALM
    peak_usd: Decimal | None = None
    equity_usd: Decimal | None = None
    moved_usd: Decimal = ZERO
    realized_usd: Decimal = ZERO
    day: date | None = None
    realized_today_usd: Decimal = ZERO
    warned: bool = False
    wallet_base_usd: Decimal | None = None


@record(frozen=True, slots=True)
class EntryLock:
    """No entries until ``until``: on one symbol, or on all of them (None)."""

    kind: str
    symbol: str | None
    until: datetime
    text: str


@record(frozen=True, slots=True)
class Result:
    """What a closed group ended with; kept as long as protections look back."""

    group_id: str
    symbol: str
    side: Side
    closed_at: datetime
    pnl_usd: Decimal
    reason: ExitReason


@record(frozen=True, slots=True)
class Funds:
    """The venue's word on money, in USD: free to spend, and the wallet without open profit.

    ``free_of`` is what is free of a currency where it alone pays for what is quoted in it.
    """

    free_usd: Decimal
    wallet_usd: Decimal
    seen_at: datetime
    free_of: Mapping[str, Decimal] = field(default_factory=dict)

    def free_in(self, quote: str) -> Decimal:
        """What is free for something that is quoted in this currency."""
        return self.free_of.get(quote, self.free_usd)
