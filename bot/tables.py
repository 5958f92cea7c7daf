"""Tables of the bot: updates come in, messages go out, and which message shows what."""

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
    Integer,
    SmallInteger,
    Table,
    Text,
)
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import JSONB

from foundation.db import metadata

_TIME = DateTime(timezone=True)
_JSON = JSONB(none_as_null=True)

updates = Table(
    "telegram_updates",
    metadata,
    Column("bot_id", BigInteger, primary_key=True, autoincrement=False),
    Column("update_id", BigInteger, primary_key=True, autoincrement=False),
    Column("user_key", Text, nullable=False),
    # text, not jsonb: a message may hold \u0000, which jsonb refuses
    Column("payload", Text, nullable=False),
    Column("received_at", _TIME, nullable=False),
    Column("status", Text, nullable=False, server_default=sql("'waiting'")),
    Column("attempts", Integer, nullable=False, server_default=sql("0")),
    Column("not_before", _TIME, nullable=False),
    Column("handled_at", _TIME),
    Column("reference", Text),
    CheckConstraint("status in ('waiting', 'handled', 'set_aside')", name="known_status"),
    CheckConstraint("(status = 'waiting') = (handled_at is null)", name="handled_has_a_time"),
    CheckConstraint("status <> 'set_aside' or reference is not null", name="set_aside_is_told"),
    CheckConstraint("attempts >= 0", name="counts_up"),
)
"""One row per update of a bot; while it is worked on, ``not_before`` is the end of the lease."""
Index(
    "ix_telegram_updates_waiting",
    updates.c.bot_id,
    updates.c.user_key,
    updates.c.update_id,
    postgresql_where=sql("status = 'waiting'"),
)
Index(
    "ix_telegram_updates_handled",
    updates.c.handled_at,
    postgresql_where=sql("handled_at is not null"),
)

outbox = Table(
    "telegram_outbox",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("bot_id", BigInteger, nullable=False),
    Column("chat_id", BigInteger, nullable=False),
    Column("priority", SmallInteger, nullable=False),
    Column("kind", Text, nullable=False),
    Column("dedupe_key", Text),
    Column("object_kind", Text),
    Column("object_id", Text),
    Column("reply_kind", Text),
    Column("reply_id", Text),
    Column("payload", _JSON, nullable=False),
    Column("photo", _JSON),
    Column("digest", Text, nullable=False),
    Column("status", Text, nullable=False, server_default=sql("'waiting'")),
    Column("attempts", Integer, nullable=False, server_default=sql("0")),
    Column("not_before", _TIME, nullable=False),
    Column("created_at", _TIME, nullable=False),
    Column("done_at", _TIME),
    Column("message_id", BigInteger),
    Column("last_error", Text),
    CheckConstraint("priority between 0 and 3", name="known_priority"),
    CheckConstraint("kind in ('send', 'edit', 'live', 'delete', 'call')", name="known_kind"),
    CheckConstraint(
        "status in ('waiting', 'claimed', 'sent', 'failed', 'superseded')", name="known_status"
    ),
    CheckConstraint("(kind = 'live') = (object_kind is not null)", name="live_shows_an_object"),
    CheckConstraint("(object_kind is null) = (object_id is null)", name="object_is_whole"),
    CheckConstraint("(reply_kind is null) = (reply_id is null)", name="reply_is_whole"),
    CheckConstraint("(status in ('waiting', 'claimed')) = (done_at is null)", name="done_has_time"),
    CheckConstraint("status <> 'failed' or last_error is not null", name="failed_says_why"),
)
"""One row per message on its way. ``photo`` is the recipe of a chart, drawn when it is sent."""
Index(
    "uq_telegram_outbox_dedupe",
    outbox.c.bot_id,
    outbox.c.dedupe_key,
    unique=True,
    postgresql_where=sql("dedupe_key is not null"),
)
# latest wins: at most one waiting edit per object and chat
Index(
    "uq_telegram_outbox_live",
    outbox.c.bot_id,
    outbox.c.chat_id,
    outbox.c.object_kind,
    outbox.c.object_id,
    unique=True,
    postgresql_where=sql("kind = 'live' and status = 'waiting'"),
)
Index(
    "ix_telegram_outbox_pending",
    outbox.c.bot_id,
    outbox.c.chat_id,
    outbox.c.priority,
    outbox.c.id,
    postgresql_where=sql("status in ('waiting', 'claimed')"),
)
Index("ix_telegram_outbox_done", outbox.c.done_at, postgresql_where=sql("done_at is not null"))

messages = Table(
    "telegram_messages",
    metadata,
    Column("bot_id", BigInteger, primary_key=True, autoincrement=False),
    Column("chat_id", BigInteger, primary_key=True, autoincrement=False),
    Column("object_kind", Text, primary_key=True),
    Column("object_id", Text, primary_key=True),
    Column("message_id", BigInteger, nullable=False),
    Column("has_photo", Boolean, nullable=False),
    Column("digest", Text, nullable=False),
    Column("photo_digest", Text),
    Column("shown_at", _TIME, nullable=False),
    CheckConstraint("has_photo = (photo_digest is not null)", name="photo_is_known"),
)
"""Which message shows which object in which chat, and what it shows (digests of content)."""

cursors = Table(
    "telegram_cursors",
    metadata,
    Column("bot_id", BigInteger, primary_key=True, autoincrement=False),
    Column("name", Text, primary_key=True),
    Column("position", Text, nullable=False),
    Column("moved_at", _TIME, nullable=False),
)
"""How far the bot has read what the engine tells."""

chats = Table(
    "telegram_chats",
    metadata,
    Column("user_id", Text, ForeignKey("users.id"), primary_key=True),
    Column("chart_theme", Text, nullable=False, server_default=sql("'dark'")),
    CheckConstraint("chart_theme in ('dark', 'light')", name="known_theme"),
)
"""What a person chose about their chat."""
