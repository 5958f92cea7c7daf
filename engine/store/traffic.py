"""Tables through which an account meets the world: inbox, journal, outbox, events, results."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    Identity,
    Index,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy import text as sql

from engine.store import columns as c
from engine.store.port import OutboxStatus
from foundation.db import metadata

inbox = Table(
    "inbox",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    c.account(),
    c.text("key"),
    c.text("kind"),
    Column("fact", c.JSON, nullable=False),
    c.text("correlation_id", null=True),
    c.time("received_at"),
    c.time("handled_at", null=True),
    Column("seq", BigInteger),
    c.text("outcome_status", null=True),
    c.text("outcome_code", null=True),
    c.text("outcome_text", null=True),
    c.text("object_id", null=True),
    Column("outcome_data", c.JSON),
    UniqueConstraint("account_id", "key"),
    CheckConstraint("outcome_status in ('done', 'refused')", name="known_outcome_status"),
    CheckConstraint(
        "(handled_at is null) = (outcome_status is null)", name="handled_has_an_outcome"
    ),
    CheckConstraint(
        "outcome_code = 'set_aside' or (seq is null) = (handled_at is null)",
        name="decided_has_a_seq",
    ),
)
"""Facts for accounts, each told once: (account_id, key) is unique."""
Index(
    "ix_inbox_waiting",
    inbox.c.account_id,
    inbox.c.id,
    postgresql_where=sql("handled_at is null"),
)

journal = Table(
    "journal",
    metadata,
    c.account(primary_key=True),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    c.text("key"),
    c.time("at"),
    Column("event", LargeBinary, nullable=False),
    c.text("core_version"),
    Column("digest", LargeBinary, nullable=False),
    c.text("correlation_id", null=True),
    c.time("written_at"),
    CheckConstraint("seq >= 1", name="counts_from_one"),
    CheckConstraint("octet_length(digest) = 16", name="digest_length"),
)
"""Every decided event as it was written; (account_id, seq) is the fence between two writers."""

outbox = Table(
    "outbox",
    metadata,
    Column("id", Text, primary_key=True),
    c.account(),
    c.ordinal(),
    c.text("venue"),
    c.text("kind"),
    c.text("order_id"),
    Column("priority", SmallInteger, nullable=False),
    Column("command", c.JSON, nullable=False),
    *c.word("status", OutboxStatus),
    c.time("created_at"),
    c.time("valid_until", null=True),
    c.time("claimed_at", null=True),
    c.time("ended_at", null=True),
    c.text("outcome", null=True),
    c.text("correlation_id", null=True),
    CheckConstraint("kind in ('place_order', 'cancel_order')", name="known_kind"),
    CheckConstraint("priority in (0, 1)", name="known_priority"),
    CheckConstraint(
        "status in ('new', 'withdrawn') or claimed_at is not null", name="sent_was_claimed"
    ),
    CheckConstraint(
        "(status in ('done', 'withdrawn')) = (ended_at is not null)", name="ended_has_a_time"
    ),
)
"""Commands on their way to a venue. ``order_id``: the order placed, or the one to cancel."""
Index(
    "ix_outbox_new",
    outbox.c.account_id,
    outbox.c.priority,
    outbox.c.ordinal,
    postgresql_where=sql("status = 'new'"),
)
Index(
    "ix_outbox_unresolved",
    outbox.c.claimed_at,
    postgresql_where=sql("status in ('claimed', 'sent')"),
)

events = Table(
    "events",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    c.account(),
    Column("seq", BigInteger, nullable=False),
    Column("xid8", c.Xid8, nullable=False, server_default=sql("pg_current_xact_id()")),
    c.time("at"),
    c.text("kind"),
    c.text("reason"),
    c.text("group_id", null=True),
    c.text("symbol", null=True),
    c.text("severity"),
    Column("data", c.JSON, nullable=False),
    c.text("correlation_id", null=True),
    CheckConstraint("severity in ('info', 'notice', 'critical')", name="known_severity"),
)
"""What the world is told. Read across accounts by (xid8, id), within one by seq."""
Index("ix_events_xid8_id", events.c.xid8, events.c.id)
Index("ix_events_account_id_seq", events.c.account_id, events.c.seq, events.c.id)
Index(
    "ix_events_group_id_id",
    events.c.group_id,
    events.c.id,
    postgresql_where=sql("group_id is not null"),
)

daily_results = Table(
    "daily_results",
    metadata,
    c.account(primary_key=True),
    Column("day", Date, primary_key=True),
    c.money("realized_pnl_usd"),
    c.money("fees_usd"),
)
"""What each UTC day realised, added up as it is booked."""

heartbeats = Table(
    "heartbeats",
    metadata,
    Column("name", Text, primary_key=True),
    c.time("at"),
    Column("data", c.JSON, nullable=False),
)
"""The last sign of life of each actor that gives one."""
