"""Tables of people: users, consents, the audit log and what of it can be erased."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Index,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from foundation.db import metadata

users = Table(
    "users",
    metadata,
    Column("id", Text, primary_key=True),
    Column("telegram_id", BigInteger, nullable=False),
    Column("first_name", Text, nullable=False),
    Column("username", Text),
    Column("language", Text),
    Column("role", Text, nullable=False),
    Column("reachable", Boolean, nullable=False, server_default=text("true")),
    Column("created_at", DateTime(timezone=True), nullable=False),
    UniqueConstraint("telegram_id"),
    CheckConstraint("telegram_id > 0", name="telegram_id"),
    CheckConstraint("role in ('owner', 'admin', 'user')", name="role"),
)

consents = Table(
    "consents",
    metadata,
    Column("user_id", Text, ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    Column("document", Text, nullable=False),
    Column("version", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    PrimaryKeyConstraint("user_id", "document", "version"),
)

# No foreign key to users: the log outlives the person it speaks of, and nothing may change it.
audit_log = Table(
    "audit_log",
    metadata,
    Column("id", Text, primary_key=True),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("actor_id", Text),
    Column("action", Text, nullable=False),
    Column("object_type", Text, nullable=False),
    Column("object_id", Text, nullable=False),
    Column("before", JSONB(none_as_null=True)),
    Column("after", JSONB(none_as_null=True)),
    Index(None, "object_type", "object_id", "id"),
    Index(None, "actor_id", "id"),
)

audit_origins = Table(
    "audit_origins",
    metadata,
    Column("audit_id", Text, ForeignKey("audit_log.id"), primary_key=True),
    Column("address", Text),
    Column("user_agent", Text),
)

owner_claims = Table(
    "owner_claims",
    metadata,
    Column("token_hash", Text, primary_key=True),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    Column("used_at", DateTime(timezone=True)),
    Column("used_by", Text, ForeignKey("users.id", ondelete="SET NULL")),
    CheckConstraint("expires_at > created_at", name="expires_later"),
)
