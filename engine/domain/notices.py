"""Notices: what the world is told of a step, and the outcome of the fact that caused it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from enum import StrEnum
from typing import Literal

from engine.domain.record import record


class NoticeKind(StrEnum):
    SIGNAL_RECEIVED = "signal_received"
    SIGNAL_REFUSED = "signal_refused"
    OFFER_DECIDED = "offer_decided"
    QUEUED = "queued"
    REPLACED = "replaced"
    DEQUEUED = "dequeued"
    PROMOTED = "promoted"
    GROUP_OPENED = "group_opened"
    GROUP_WAITING = "group_waiting"
    PYRAMID_ADDED = "pyramid_added"
    ORDER_SUBMITTED = "order_submitted"
    ORDER_ACCEPTED = "order_accepted"
    ORDER_FAILED = "order_failed"
    ORDER_CANCELLED = "order_cancelled"
    ORDER_UNCLEAR = "order_unclear"
    NOT_COMPARED = "not_compared"
    LEG_FILLED = "leg_filled"
    TP_HIT = "tp_hit"
    EXIT_STARTED = "exit_started"
    REDUCED = "reduced"
    REDUCER_FILLED = "reducer_filled"
    GROUP_CLOSED = "group_closed"
    TRADE_CLOSED = "trade_closed"
    GROUP_FAILED = "group_failed"
    ENGINE_STATE = "engine_state"
    SETTINGS_CHANGED = "settings_changed"
    LIMITS_CHANGED = "limits_changed"
    STOP_MOVED = "stop_moved"
    TARGETS_CHANGED = "targets_changed"
    SLIPPAGE = "slippage"
    DRIFTED = "drifted"
    RISK_REVIEWED = "risk_reviewed"
    RISK_ACTION = "risk_action"
    GUARD_TRIGGERED = "guard_triggered"
    ENTRIES_LOCKED = "entries_locked"
    EQUITY_JUMPED = "equity_jumped"
    CREDENTIALS = "credentials"
    RECONCILED = "reconciled"
    EXTERNAL_TRADE = "external_trade"
    FUNDING_PAID = "funding_paid"
    FUNDING_UNCLAIMED = "funding_unclaimed"
    FALLBACK_RULES = "fallback_rules"
    ENTRIES_CANCELLED = "entries_cancelled"
    ENTRIES_LEFT = "entries_left"
    WEBHOOK_DISABLED = "webhook_disabled"
    WEBHOOK_TEST = "webhook_test"
    MARGIN_KEPT = "margin_kept"


SCOPE = "scope"
"""In the data of `ENGINE_STATE`: whose state it is, ``account``, ``installation`` or ``engine``."""

AGAIN = "again"
"""In the data of a notice that repeats the last of its kind: kept as a row, told to nobody."""


ENTRY_CODE, ENTRY_TEXT = "entry_code", "entry_text"
"""In the data of the outcome of a reverse that was left: why the entry after it was refused."""


@record(frozen=True, slots=True)
class Notice:
    """One thing worth telling: ``data`` holds plain strings (numbers without exponent).

    ``reason`` is one English sentence that explains the decision; surfaces may render their own
    from ``kind`` and ``data``.
    """

    kind: NoticeKind
    reason: str
    group_id: str | None = None
    symbol: str | None = None
    data: Mapping[str, str] = field(default_factory=dict)


@record(frozen=True, slots=True)
class Outcome:
    """What became of the fact: stored beside it in the inbox and told to whoever waits.

    ``code`` is stable and machine-readable (``opened``, ``pyramid_added``, ``queued``,
    ``closing``, ``nothing_to_close``, ``pool_full`` …); ``object_id`` names the group or queued
    signal it concerns.
    """

    status: Literal["done", "refused"]
    code: str
    text: str
    object_id: str | None = None
    data: Mapping[str, str] = field(default_factory=dict)
