"""Tables of the exchanges' adapters: keys of accounts, symbols traded there, rules read last."""

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
)
from sqlalchemy.dialects.postgresql import JSONB

from foundation.db import metadata

#: One row per account at an exchange, from the moment it is opened; without keys ``sealed`` is
#: null. ``key_hash`` finds a key given twice. Revoking empties what is secret and keeps the seat.
venue_keys = Table(
    "venue_keys",
    metadata,
    Column("account_id", Text, ForeignKey("accounts.id"), primary_key=True),
    Column("user_id", Text, ForeignKey("users.id"), nullable=False),
    Column("venue", Text, nullable=False),
    Column("market", Text, nullable=False),
    Column("test_net", Boolean, nullable=False),
    Column("revision", BigInteger, nullable=False, server_default="0"),
    Column("sealed", LargeBinary),
    Column("key_hash", Text),
    Column("masked", Text),
    Column("permissions", JSONB, nullable=False, server_default="[]"),
    Column("position_mode", Text),
    Column("checked_at", DateTime(timezone=True)),
    Column("revoked_at", DateTime(timezone=True)),
    CheckConstraint("market in ('spot', 'linear')", name="known_market"),
    CheckConstraint("position_mode in ('one_way', 'hedge')", name="known_position_mode"),
    CheckConstraint(
        "(sealed is null) = (masked is null) and (sealed is null) = (key_hash is null)"
        " and (sealed is null or (position_mode is not null and checked_at is not null))",
        name="keys_whole",
    ),
)
Index("ix_venue_keys_user_id", venue_keys.c.user_id)
Index(
    "uq_venue_keys_key",
    venue_keys.c.venue,
    venue_keys.c.market,
    venue_keys.c.key_hash,
    unique=True,
)

#: Symbols an account has ever had an order of, written before the first order leaves. ``mark`` is
#: where reading its executions begins; ``leverage`` and ``margin_mode`` what was set there last.
venue_symbols = Table(
    "venue_symbols",
    metadata,
    Column("account_id", Text, ForeignKey("accounts.id"), primary_key=True),
    Column("symbol", Text, primary_key=True),
    Column("mark", Text, nullable=False),
    Column("leverage", Integer),
    Column("since", DateTime(timezone=True), nullable=False),
    Column("margin_mode", Text),
    CheckConstraint("margin_mode in ('isolated', 'cross')", name="known_margin_mode"),
)

#: The exchange's rules as read last, so that a start without it, and other processes, have them.
venue_rules = Table(
    "venue_rules",
    metadata,
    Column("venue", Text, primary_key=True),
    Column("market", Text, primary_key=True),
    Column("test_net", Boolean, primary_key=True),
    Column("rules", JSONB, nullable=False),
    Column("read_at", DateTime(timezone=True), nullable=False),
)
