"""Tables of hooks, receipts and signals: what came in, and what it was taken for."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from foundation.db import metadata

_TIME = DateTime(timezone=True)
_JSON = JSONB(none_as_null=True)

hooks = Table(
    "hooks",
    metadata,
    Column("id", Text, primary_key=True),
    Column("user_id", Text, ForeignKey("users.id"), nullable=False),
    Column("account_id", Text, ForeignKey("accounts.id"), nullable=False),
    Column("venue", Text, nullable=False),
    Column("market", Text, nullable=False, server_default="spot"),
    Column("label", Text, nullable=False),
    Column("token_hash", Text, nullable=False),
    Column("token_sealed", LargeBinary, nullable=False),
    Column("secret_sealed", LargeBinary),
    Column("max_lag_seconds", Integer, nullable=False),
    Column("created_at", _TIME, nullable=False),
    Column("revoked_at", _TIME),
    UniqueConstraint("token_hash"),
    CheckConstraint("label <> ''", name="has_a_label"),
    CheckConstraint("max_lag_seconds > 0", name="lag_positive"),
    CheckConstraint("market in ('spot', 'linear')", name="known_market"),
)
"""The token is found by its hash and shown from its sealed copy; a secret may be left out."""
Index(
    "uq_hooks_account_id_label",
    hooks.c.account_id,
    hooks.c.label,
    unique=True,
    postgresql_where=text("revoked_at is null"),
)
Index("ix_hooks_user_id_id", hooks.c.user_id, hooks.c.id)

hook_counters = Table(
    "hook_counters",
    metadata,
    Column("hook_id", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("total", BigInteger, nullable=False),
    Column("last_at", _TIME, nullable=False),
    CheckConstraint("total > 0", name="counts_up"),
)
"""Alerts that left no receipt, by kind; without a body. ``hook_id`` is '' for unknown tokens."""

receipts = Table(
    "receipts",
    metadata,
    Column("id", Text, primary_key=True),
    Column("hook_id", Text, ForeignKey("hooks.id"), nullable=False),
    Column("user_id", Text, ForeignKey("users.id"), nullable=False),
    Column("account_id", Text, ForeignKey("accounts.id"), nullable=False),
    Column("dedupe_key", Text, nullable=False),
    Column("content", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("content_type", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("message", Text, nullable=False),
    Column("field", Text),
    Column("signal_id", Text),
    Column("signal", _JSON),
    Column("received_at", _TIME, nullable=False),
    Column("fanned_out_at", _TIME),
    Column("inbox_key", Text),
    Column("settled_at", _TIME),
    Column("exit_key", Text),
    Column("exit_code", Text),
    Column("exit_message", Text),
    Column("exit_acts", Boolean),
    UniqueConstraint("hook_id", "dedupe_key"),
    CheckConstraint("status in ('accepted', 'stale', 'refused')", name="known_status"),
    CheckConstraint("(signal is null) = (signal_id is null)", name="signal_named_whole"),
    CheckConstraint("status <> 'accepted' or signal_id is not null", name="accepted_has_a_signal"),
    CheckConstraint("fanned_out_at is null or signal_id is not null", name="only_signals_go_on"),
    CheckConstraint(
        "num_nulls(exit_key, exit_code, exit_message, exit_acts) in (0, 4)", name="exit_told_whole"
    ),
)
"""One row for each different alert. ``inbox_key`` names the fact whose outcome is awaited.

A reverse has two halves: ``exit_key`` names the fact that leaves the other side, the other columns
say what became of it; ``status``, ``code`` and ``message`` are its entry's.
"""
Index(
    "ix_receipts_waiting",
    receipts.c.received_at,
    receipts.c.id,
    postgresql_where=text("status = 'accepted' and fanned_out_at is null"),
)
Index(
    "ix_receipts_unsettled",
    receipts.c.received_at,
    postgresql_where=text("inbox_key is not null and settled_at is null"),
)
Index(
    "ix_receipts_leaving",
    receipts.c.received_at,
    postgresql_where=text("exit_code = 'acting'"),
)
Index("ix_receipts_user_id_id", receipts.c.user_id, receipts.c.id)
Index("ix_receipts_account_id_id", receipts.c.account_id, receipts.c.id)
Index("ix_receipts_hook_id_received_at", receipts.c.hook_id, receipts.c.received_at)

signals = Table(
    "signals",
    metadata,
    Column("id", Text, primary_key=True),
    Column("receipt_id", Text, ForeignKey("receipts.id"), nullable=False),
    Column("source", Text, nullable=False),
    Column("producer", Text, nullable=False),
    Column("symbol", Text, nullable=False),
    Column("timeframe", Integer, nullable=False),
    Column("side", Text, nullable=False),
    Column("intent", Text, nullable=False),
    Column("signal", _JSON, nullable=False),
    Column("signal_time", _TIME, nullable=False),
    Column("received_at", _TIME, nullable=False),
    UniqueConstraint("receipt_id"),
    CheckConstraint("side in ('long', 'short')", name="known_side"),
    CheckConstraint("intent in ('enter', 'exit', 'reduce', 'reverse')", name="known_intent"),
    CheckConstraint("timeframe > 0", name="timeframe_positive"),
)
