"""Tables of what is kept for good: trades, executions, equity, risk actions, snapshots."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Identity,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
)
from sqlalchemy import text as sql

from engine.domain.words import ExitReason, Side
from engine.store import columns as c
from foundation.db import metadata

trades = Table(
    "trades",
    metadata,
    Column("id", Text, primary_key=True),
    c.account(),
    c.text("symbol"),
    c.whole("timeframe"),
    *c.word("side", Side),
    c.time("opened_at"),
    c.time("closed_at"),
    c.whole("pyramid_count"),
    c.money("quantity"),
    c.money("entry_price"),
    c.money("exit_price", null=True),
    c.money("cost_usd"),
    c.money("proceeds_usd"),
    c.money("fees_usd"),
    c.money("realized_pnl_usd"),
    *c.word("exit_reason", ExitReason, null=True),
    c.text("source"),
    c.text("strategy"),
    c.text("strategy_version"),
    Column("entries", c.JSON, nullable=False),
    Column("exits", c.JSON, nullable=False),
    Column("imported", Boolean, nullable=False, server_default=sql("false")),
    c.money("mae_percent", null=True),
    c.money("mfe_percent", null=True),
    c.time("measured_at", null=True),
    CheckConstraint("quantity > 0 and entry_price > 0", name="something_was_held"),
    CheckConstraint("closed_at >= opened_at", name="closed_after_opened"),
    CheckConstraint("timeframe > 0", name="timeframe_positive"),
    CheckConstraint("mae_percent >= 0 and mfe_percent >= 0", name="excursions_not_negative"),
)
"""Each closed group that held a position, by its id, and what was imported.

``mae_percent`` and ``mfe_percent``: how far the market went against and for it, of the entry
price; null until ``measured_at``, and where there are no bars.
"""
Index("ix_trades_account_id_closed_at_id", trades.c.account_id, trades.c.closed_at, trades.c.id)
Index(
    "ix_trades_account_id_symbol_closed_at",
    trades.c.account_id,
    trades.c.symbol,
    trades.c.closed_at,
)
Index("ix_trades_unmeasured", trades.c.closed_at, postgresql_where=sql("measured_at is null"))

trade_days = Table(
    "trade_days",
    metadata,
    c.account(primary_key=True),
    Column("day", c.TIME, primary_key=True),
    Column("timeframe", Integer, primary_key=True, autoincrement=False),
    Column("side", Text, primary_key=True),
    Column("source", Text, primary_key=True),
    Column("exit_reason", Text, primary_key=True),
    Column("sign", Integer, primary_key=True, autoincrement=False),
    Column("trades", BigInteger, nullable=False),
    c.money("realized_pnl_usd"),
    c.money("fees_usd"),
    c.money("cost_usd"),
    c.money("best_pnl_usd"),
    c.money("worst_pnl_usd"),
    CheckConstraint("trades > 0", name="something_closed"),
    CheckConstraint("sign in (-1, 0, 1)", name="known_sign"),
)
"""Sums of the trades of a UTC day, by all that people ask by but the symbol.

Triggers on ``trades`` keep it in step, whoever writes there. ``sign`` is that of the result;
without an exit reason ``exit_reason`` is empty.
"""

fills = Table(
    "fills",
    metadata,
    Column("order_id", Text, primary_key=True),
    Column("trade_id", Text, primary_key=True),
    c.account(),
    c.money("quantity"),
    c.money("price"),
    c.time("at"),
    c.money("fee", null=True),
    c.text("fee_asset", null=True),
    c.money("fee_rate", null=True),
    c.money("fee_usd", null=True),
    CheckConstraint("(fee is null) = (fee_asset is null)", name="fee_named_whole"),
)
"""Every execution we were told of, by the venue's id of it, and what was paid for it.

``fee`` in ``fee_asset`` is worth ``fee_usd`` at ``fee_rate``, which is null while nobody knows it;
all four are null of executions of earlier days.
"""

equity_points = Table(
    "equity_points",
    metadata,
    c.account(primary_key=True),
    Column("at", c.TIME, primary_key=True),
    c.money("equity_usd"),
    c.money("realized_usd"),
    c.money("unrealized_usd"),
    c.whole("open_groups"),
    CheckConstraint("open_groups >= 0", name="counts_up"),
)
"""Equity of accounts with open groups, every minute and at each close."""

risk_actions = Table(
    "risk_actions",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    c.account(),
    Column("seq", BigInteger, nullable=False),
    c.time("at"),
    c.text("kind"),
    c.text("action"),
    c.text("loser", null=True),
    c.text("symbol", null=True),
    Column("winners", c.JSON, nullable=False),
    Column("figures", c.JSON, nullable=False),
    c.text("notes"),
    CheckConstraint("kind in ('risk_reviewed', 'risk_action')", name="known_kind"),
    CheckConstraint("jsonb_typeof(winners) = 'array'", name="winners_are_a_list"),
)
"""Every review that found a loser and everything the risk engine, or a person with it, did."""
Index("ix_risk_actions_account_id_id", risk_actions.c.account_id, risk_actions.c.id)
Index(
    "ix_risk_actions_told",
    risk_actions.c.account_id,
    risk_actions.c.id,
    postgresql_where=sql("not (figures ? 'again')"),
)

snapshots = Table(
    "snapshots",
    metadata,
    c.account(primary_key=True),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("core_version", Text, primary_key=True),
    Column("digest", LargeBinary, nullable=False),
    Column("state", LargeBinary, nullable=False),
    c.time("taken_at"),
)
"""An account whole: where a replay of its journal begins."""
