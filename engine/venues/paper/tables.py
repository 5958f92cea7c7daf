"""Tables of the paper venue: its books, kept apart from ours as any exchange's would be."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Numeric,
    Table,
    Text,
    UniqueConstraint,
)

from foundation.db import metadata

paper_orders = Table(
    "paper_orders",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("account_id", Text, nullable=False),
    Column("client_id", Text, nullable=False),
    Column("symbol", Text, nullable=False),
    Column(
        "side", Text, CheckConstraint("side in ('buy', 'sell')", name="side_known"), nullable=False
    ),
    Column("order_type", Text, nullable=False),
    Column("quantity", Numeric, nullable=False),
    Column("price", Numeric),
    Column("trigger_price", Numeric),
    Column("time_in_force", Text, nullable=False, server_default="gtc"),
    Column("reduce_only", Boolean, nullable=False),
    Column("filled", Numeric, nullable=False),
    Column("status", Text, nullable=False),
    Column("placed_at", DateTime(timezone=True), nullable=False),
    Column("updated_at", DateTime(timezone=True), nullable=False),
    UniqueConstraint("account_id", "client_id"),
    CheckConstraint("order_type in ('limit', 'market', 'stop')", name="order_type_known"),
    CheckConstraint("status in ('open', 'filled', 'cancelled')", name="status_known"),
    CheckConstraint("quantity > 0 and filled between 0 and quantity", name="filled_within"),
    CheckConstraint("status <> 'filled' or filled = quantity", name="filled_whole"),
    CheckConstraint("order_type <> 'limit' or price > 0", name="limit_has_price"),
    CheckConstraint("order_type <> 'stop' or trigger_price > 0", name="stop_has_trigger"),
    CheckConstraint("time_in_force in ('gtc', 'ioc')", name="time_in_force_known"),
)
Index(
    "ix_paper_orders_open",
    paper_orders.c.symbol,
    postgresql_where=paper_orders.c.status == "open",
)

#: Executions, and (``ended``) that the venue took off the rest of an order. Ids rise in the
#: order of commits within an account, so they serve as its cursor.
paper_fills = Table(
    "paper_fills",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("account_id", Text, nullable=False),
    Column("order_id", BigInteger, ForeignKey("paper_orders.id"), nullable=False),
    Column("quantity", Numeric, nullable=False),
    Column("price", Numeric, nullable=False),
    Column("fee_usd", Numeric, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("ended", Boolean, nullable=False, server_default="false"),
    CheckConstraint("(quantity > 0 or ended) and price > 0 and fee_usd >= 0", name="amounts"),
)
Index("ix_paper_fills_account_id_id", paper_fills.c.account_id, paper_fills.c.id)

#: What an account holds there, by asset; below zero is a short, or cash spent on credit of 1x.
paper_balances = Table(
    "paper_balances",
    metadata,
    Column("account_id", Text, primary_key=True),
    Column("asset", Text, primary_key=True),
    Column("amount", Numeric, nullable=False),
)
