"""Tables of offers: what was put to whom, what was decided, and what changed when."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Identity,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy import text as sql

from engine.domain.words import Side
from engine.offers.words import CHANNELS, DECISIONS, STATUSES
from engine.store import columns as c
from foundation.db import metadata


def _one_of(column: str, words: tuple[str, ...]) -> str:
    return f"{column} in ({', '.join(repr(word) for word in words)})"


offers = Table(
    "offers",
    metadata,
    Column("id", Text, primary_key=True),
    Column("signal_id", Text, ForeignKey("signals.id"), nullable=False),
    Column("receipt_id", Text, ForeignKey("receipts.id"), nullable=False),
    c.account(),
    Column("user_id", Text, ForeignKey("users.id"), nullable=False),
    c.whole("version"),
    c.text("status"),
    c.text("symbol"),
    c.whole("timeframe"),
    *c.word("side", Side),
    c.money("entry_price", null=True),
    c.money("size_factor"),
    Column("quote", c.JSON, nullable=False),
    c.money("max_drift_percent"),
    c.whole("undo_seconds"),
    c.text("source"),
    c.text("strategy"),
    c.text("reason"),
    c.time("created_at"),
    c.time("quoted_at"),
    c.time("expires_at"),
    c.text("decided_by", null=True),
    c.text("decided_channel", null=True),
    c.time("decided_at", null=True),
    c.text("consent_version", null=True),
    c.time("effective_at", null=True),
    c.time("taken_at", null=True),
    c.text("group_id", null=True),
    c.text("outcome_code", null=True),
    c.text("outcome_text", null=True),
    UniqueConstraint("signal_id", "account_id"),
    CheckConstraint(_one_of("status", STATUSES), name="known_status"),
    CheckConstraint(_one_of("decided_channel", CHANNELS), name="known_channel"),
    CheckConstraint("version >= 1", name="counts_from_one"),
    CheckConstraint("size_factor > 0 and size_factor <= 1", name="size_of_the_whole"),
    CheckConstraint("expires_at > created_at", name="expires_later"),
    CheckConstraint(
        "(decided_by is null) = (decided_at is null)"
        " and (decided_by is null) = (decided_channel is null)",
        name="decided_whole",
    ),
    CheckConstraint(
        "status not in ('approved', 'rejected') or decided_at is not null", name="decided_by_one"
    ),
    CheckConstraint(
        "status <> 'approved' or effective_at is not null", name="approved_takes_effect"
    ),
    CheckConstraint("taken_at is null or status = 'approved'", name="only_approved_are_taken"),
)
"""``effective_at``: the end of the undo window; ``taken_at``: put into the account's inbox."""
Index("ix_offers_user_id_created_at_id", offers.c.user_id, offers.c.created_at, offers.c.id)
Index(
    "ix_offers_identity",
    offers.c.account_id,
    offers.c.symbol,
    offers.c.timeframe,
    offers.c.side,
    postgresql_where=sql("status = 'pending' or (status = 'approved' and taken_at is null)"),
)
Index("ix_offers_pending", offers.c.expires_at, postgresql_where=sql("status = 'pending'"))
Index(
    "ix_offers_effective",
    offers.c.effective_at,
    postgresql_where=sql("status = 'approved' and taken_at is null"),
)

offer_decisions = Table(
    "offer_decisions",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("offer_id", Text, ForeignKey("offers.id"), nullable=False),
    c.whole("version"),
    c.text("decision"),
    c.text("decided_by"),
    c.text("channel"),
    c.text("consent_version", null=True),
    c.time("at"),
    UniqueConstraint("offer_id", "version", "decision"),
    CheckConstraint(_one_of("decision", DECISIONS), name="known_decision"),
    CheckConstraint(_one_of("channel", CHANNELS), name="known_channel"),
)
"""Every decision that counted. ``decided_by``: a user's id, or ``policy``."""
Index(
    "uq_offer_decisions_first",
    offer_decisions.c.offer_id,
    offer_decisions.c.version,
    unique=True,
    postgresql_where=sql("decision in ('approve', 'reject')"),
)

offer_events = Table(
    "offer_events",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("xid8", c.Xid8, nullable=False, server_default=sql("pg_current_xact_id()")),
    Column("offer_id", Text, ForeignKey("offers.id"), nullable=False),
    Column("user_id", Text, nullable=False),
    Column("version", Integer, nullable=False),
    c.text("kind"),
    c.time("at"),
)
"""What happened to offers, for whoever shows them; read by (xid8, id)."""
Index("ix_offer_events_xid8_id", offer_events.c.xid8, offer_events.c.id)
