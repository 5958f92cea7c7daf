"""What the engine shows: frozen views, the same objects for chat, HTTP and tests.

Money, prices and quantities are Decimal (strings in JSON); times are aware UTC.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Generic, Literal, TypeVar

from engine.api.endings import EndingView

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """One page of a list; ``next_cursor`` is None on the last."""

    items: tuple[Item, ...]
    next_cursor: str | None = None


@dataclass(frozen=True, slots=True)
class Accepted:
    """A command that is written down but not decided yet (HTTP 202)."""

    receipt: str
    status: Literal["accepted"] = "accepted"


@dataclass(frozen=True, slots=True)
class AccountView:
    id: str
    venue: str
    label: str
    quote_currency: str
    state: Literal["running", "paused", "halted"]
    halt_reason: str | None
    total_capital_usd: Decimal
    max_open_groups: int
    settings_version: int
    created_at: datetime
    board: str
    market: Literal["spot", "linear"] = "spot"
    installation_state: Literal["running", "paused", "halted"] = "running"


@dataclass(frozen=True, slots=True)
class LegView:
    """One leg. ``state_text`` is one word for people: filled, open, partly filled, queued …"""

    pyramid: int
    index: int
    order_type: Literal["limit", "market", "stop"]
    price: Decimal
    quantity: Decimal
    gap_percent: Decimal
    weight_percent: Decimal
    tp_percent: Decimal
    capital_usd: Decimal
    status: str
    filled_quantity: Decimal
    avg_fill_price: Decimal | None
    fee_usd: Decimal
    tp_price: Decimal | None
    tp_hit: bool
    closed_quantity: Decimal
    realized_pnl_usd: Decimal
    progress_percent: Decimal | None
    submitted_at: datetime | None
    filled_at: datetime | None


@dataclass(frozen=True, slots=True)
class PyramidView:
    index: int
    entry_price: Decimal
    entry_at: datetime
    signal_id: str
    status: str
    legs: tuple[LegView, ...]


@dataclass(frozen=True, slots=True)
class OrderView:
    """One order at the venue; ``outcome_unknown`` means sent without a clear answer."""

    id: str
    venue_order_id: str | None
    purpose: Literal["entry", "take_profit", "exit", "reduce", "stop"]
    side: Literal["buy", "sell"]
    order_type: Literal["limit", "market", "stop"]
    price: Decimal | None
    quantity: Decimal
    status: str
    filled_quantity: Decimal
    avg_fill_price: Decimal | None
    fee_usd: Decimal
    outcome_unknown: bool
    refusal: str | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class GroupView:
    """A position group as a list row. ``timeframe`` in minutes; unrealised is computed at read.

    ``mark_price`` is the last one of the account's own board, ``mark_at`` the moment it held;
    ``mark_stale`` when that is too long ago to decide on.
    """

    id: str
    account_id: str
    venue: str
    symbol: str
    timeframe: int
    side: Literal["long", "short"]
    status: str
    pyramid_count: int
    max_pyramids: int
    legs_filled: int
    legs_total: int
    base_entry_price: Decimal | None
    weighted_avg_price: Decimal | None
    mark_price: Decimal | None
    mark_at: datetime | None
    invested_usd: Decimal
    open_quantity: Decimal
    closed_quantity: Decimal
    unrealized_pnl_usd: Decimal | None
    unrealized_pnl_percent: Decimal | None
    realized_pnl_usd: Decimal
    fees_usd: Decimal
    tp_mode: Literal["per_leg", "aggregate", "hybrid", "pyramid_aggregate"]
    tp_aggregate_percent: Decimal
    next_tp_price: Decimal | None
    next_entry_price: Decimal | None
    source: str
    strategy: str
    exit_reason: str | None
    created_at: datetime
    updated_at: datetime
    closed_at: datetime | None
    board: str
    mark_stale: bool


@dataclass(frozen=True, slots=True)
class StopView:
    """The stop of an open position: reaching ``price`` closes ``quantity``, all that is held.

    ``where`` it waits: an order at the ``venue``, one on its way there (``sending``), or the
    ``engine``, which watches the price and closes at market. ``resting_quantity`` is what orders
    at the venue close by themselves; the rest follows as soon as one of them executes.
    """

    price: Decimal
    quantity: Decimal
    where: Literal["venue", "sending", "engine"]
    resting_quantity: Decimal


@dataclass(frozen=True, slots=True)
class GroupDetail:
    """One group whole; ``stop`` is null while none protects it."""

    group: GroupView
    pyramids: tuple[PyramidView, ...]
    orders: tuple[OrderView, ...]
    ending: EndingView
    stop: StopView | None = None


@dataclass(frozen=True, slots=True)
class EventView:
    """One notice: ``seq`` is per account; ``reason`` is one English sentence."""

    id: int
    account_id: str
    seq: int
    at: datetime
    kind: str
    reason: str
    group_id: str | None
    symbol: str | None
    severity: Literal["info", "notice", "critical"]
    data: Mapping[str, str]
    correlation_id: str | None


@dataclass(frozen=True, slots=True)
class OfferLeg:
    """A leg as it would be ordered: the ladder of an offer."""

    index: int
    order_type: Literal["limit", "market", "stop"]
    price: Decimal
    quantity: Decimal
    capital_usd: Decimal
    gap_percent: Decimal
    tp_percent: Decimal
    tp_price: Decimal


@dataclass(frozen=True, slots=True)
class OfferView:
    """A signal put to one user.

    ``place`` says what approving would do: open a slot, add a pyramid, or wait in the queue.
    ``effective_at`` is the end of the undo window of an approved offer.
    """

    id: str
    account_id: str
    signal_id: str
    receipt_id: str | None
    version: int
    status: Literal["pending", "approved", "rejected", "expired", "withdrawn"]
    symbol: str
    timeframe: int
    side: Literal["long", "short"]
    entry_price: Decimal | None
    market_price: Decimal | None
    legs: tuple[OfferLeg, ...]
    capital_usd: Decimal
    capital_percent: Decimal
    size_factor: Decimal
    exposure_before_usd: Decimal
    exposure_after_usd: Decimal
    average_if_filled: Decimal | None
    target_price: Decimal | None
    stop_price: Decimal | None
    pyramid_step: int
    max_pyramids: int
    place: Literal["slot", "pyramid", "queue", "refused"]
    place_text: str
    slots_taken: int
    slots_total: int
    reason: str
    source: str
    strategy: str
    created_at: datetime
    expires_at: datetime
    decided_by: str | None
    decided_channel: Literal["chat", "app", "policy"] | None
    decided_at: datetime | None
    effective_at: datetime | None
    undo_seconds_left: int
    taken: bool
    group_id: str | None
    outcome_code: str | None
    outcome_text: str | None


@dataclass(frozen=True, slots=True)
class ReceiptView:
    """What became of an alert. ``code``, and ``exit_code`` of leaving by a reverse, are stable."""

    id: str
    hook_id: str
    account_id: str
    status: Literal["accepted", "duplicate", "stale", "refused", "rate_limited", "unauthorised"]
    code: str
    message: str
    field: str | None
    symbol: str | None
    timeframe: int | None
    side: str | None
    intent: str | None
    received_at: datetime
    signal_id: str | None
    exit_code: str | None = None


@dataclass(frozen=True, slots=True)
class HookView:
    """A TradingView hook; ``path`` contains the token and is shown to its owner only."""

    id: str
    account_id: str
    label: str
    path: str
    url: str
    secret: str
    body_to_paste: str
    created_at: datetime
    last_alert_at: datetime | None
    alerts_total: int


@dataclass(frozen=True, slots=True)
class KeysView:
    """Where an account trades and what may be shown of its keys; ``key`` None: it has none.

    ``permissions`` are the exchange's own words for what the key may do.
    """

    account_id: str
    venue: str
    market: Literal["spot", "linear"]
    test_net: bool
    key: str | None
    permissions: tuple[str, ...]
    position_mode: Literal["one_way", "hedge"] | None
    checked_at: datetime | None
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True)
class QuoteView:
    """``at`` is the moment the price held, changed or not; ``stale``: too long ago."""

    symbol: str
    price: Decimal
    at: datetime
    stale: bool


@dataclass(frozen=True, slots=True)
class CandleView:
    """One bar; ``at`` is its opening time."""

    at: datetime
    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal
    volume: Decimal


@dataclass(frozen=True, slots=True)
class FeedHealth:
    """Where a board's prices of one market come from, and the age of their heartbeat in seconds.

    The board is whose prices they are: ``paper``, or an exchange's (``binance``, ``binance-test``).
    """

    feed: str
    live: bool
    heartbeat_age: float | None
    symbols: tuple[str, ...]
    board: str
    market: Literal["spot", "linear"]


@dataclass(frozen=True, slots=True)
class EngineHealth:
    """The engine as seen from outside: heartbeat age in seconds, None before the first."""

    running: bool
    heartbeat_age: float | None
    inbox_waiting: int
    orders_unknown: int


@dataclass(frozen=True, slots=True)
class HomeView:
    """The first screen. All amounts in USD."""

    account: AccountView
    engine: EngineHealth
    feed: FeedHealth
    equity_usd: Decimal
    pnl_today_usd: Decimal
    pnl_today_percent: Decimal
    pnl_total_usd: Decimal
    pnl_total_percent: Decimal
    realized_pnl_usd: Decimal
    unrealized_pnl_usd: Decimal
    deployed_usd: Decimal
    free_usd: Decimal
    groups_open: int
    groups_max: int
    queued: int
    offers_waiting: int
    last_alert: ReceiptView | None
    risk_enabled: bool


@dataclass(frozen=True, slots=True)
class ProfitView:
    """Closed groups of the last ``days`` days (None = all)."""

    days: int | None
    trades: int
    wins: int
    losses: int
    win_rate_percent: Decimal
    realized_pnl_usd: Decimal
    fees_usd: Decimal
    best_symbol: str | None
    best_pnl_usd: Decimal | None
    worst_symbol: str | None
    worst_pnl_usd: Decimal | None
    average_duration_seconds: int
    profit_factor: Decimal | None
