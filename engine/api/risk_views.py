"""What the risk engine shows: its positions, the plan before it runs, and what it did."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal


@dataclass(frozen=True, slots=True)
class RiskPosition:
    """An open position as the risk engine sees it; P&L None without a fresh price.

    ``code`` is ``loser``, ``winner`` or why it is neither (``blocked``, ``pyramids``, ``timer``,
    ``timer_not_started``, ``age``, ``not_open``, ``above_threshold``, ``no_fresh_price``).
    ``aged_at`` is when it is old enough, None when age does not count.
    """

    group_id: str
    symbol: str
    timeframe: int
    side: Literal["long", "short"]
    pnl_usd: Decimal | None
    pnl_percent: Decimal | None
    code: str
    text: str
    timer_expires_at: datetime | None
    blocked: bool
    skip_once: bool
    invested_usd: Decimal
    pyramid_count: int
    max_pyramids: int
    opened_at: datetime
    aged_at: datetime | None


@dataclass(frozen=True, slots=True)
class RiskWinner:
    """What a winner gives: quantity in base, USD after closing costs."""

    group_id: str
    symbol: str
    quantity: Decimal
    price: Decimal
    whole: bool
    expected_usd: Decimal
    realized_usd: Decimal
    done: bool


@dataclass(frozen=True, slots=True)
class RiskPlan:
    """A plan that runs or the last one that ran. ``status``: winners, loser, done, failed."""

    id: str
    status: Literal["winners", "loser", "done", "failed"]
    loser_id: str
    loser_symbol: str
    loser_price: Decimal
    loser_quantity: Decimal
    loser_fraction: Decimal
    required_usd: Decimal
    realized_usd: Decimal
    winners: tuple[RiskWinner, ...]
    started_at: datetime
    note: str


@dataclass(frozen=True, slots=True)
class GuardView:
    """The drawdown guard. ``stage``: calm, warned, soft (no entries) or hard (all closed).

    ``equity_usd`` and ``drawdown_percent`` are of this moment; None while equity cannot be told.
    """

    enabled: bool
    stage: Literal["calm", "warned", "soft", "hard"]
    equity_usd: Decimal | None
    peak_usd: Decimal | None
    drawdown_percent: Decimal | None
    warn_percent: Decimal
    soft_percent: Decimal
    max_percent: Decimal
    min_equity_usd: Decimal


@dataclass(frozen=True, slots=True)
class LockView:
    """No entries until ``until``: on one symbol, or on all of them (None)."""

    kind: str
    symbol: str | None
    until: datetime
    text: str


@dataclass(frozen=True, slots=True)
class RiskView:
    """The projection of this moment. ``code``: no_loser, ready, or why the loser waits.

    ``day_loss_usd`` is what was lost today (UTC); at ``day_loss_max_usd`` entries stop.
    """

    account_id: str
    enabled: bool
    reviewed_at: datetime | None
    code: str
    text: str
    loser_id: str | None
    loser_symbol: str | None
    loser_quantity: Decimal
    loser_fraction: Decimal
    loss_usd: Decimal
    loss_percent: Decimal
    required_usd: Decimal
    available_usd: Decimal
    shortfall_usd: Decimal
    winners: tuple[RiskWinner, ...]
    left_out: tuple[str, ...]
    positions: tuple[RiskPosition, ...]
    plan: RiskPlan | None
    threshold_percent: Decimal
    interval_seconds: int
    guard: GuardView
    locks: tuple[LockView, ...]
    day_loss_usd: Decimal
    day_loss_max_usd: Decimal | None


@dataclass(frozen=True, slots=True)
class RiskActionView:
    """One review that found a loser, or one action; ``winners`` and ``figures`` are strings."""

    id: int
    at: datetime
    kind: Literal["risk_reviewed", "risk_action"]
    action: str
    loser: str | None
    symbol: str | None
    winners: tuple[Mapping[str, str], ...]
    figures: Mapping[str, str]
    notes: str
