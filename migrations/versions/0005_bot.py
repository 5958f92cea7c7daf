"""Bot: update inbox, message outbox, which message shows what, reading positions, chat choices."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0005_bot"
down_revision = "0004_market"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)
_JSON = JSONB(none_as_null=True)
_WAITING = sa.text("'waiting'")
_ZERO = sa.text("0")


def upgrade() -> None:
    _updates()
    _outbox()
    _shown()


def _updates() -> None:
    op.create_table(
        "telegram_updates",
        sa.Column("bot_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("update_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("user_key", sa.Text, nullable=False),
        sa.Column("payload", sa.Text, nullable=False),
        sa.Column("received_at", _TIME, nullable=False),
        sa.Column("status", sa.Text, nullable=False, server_default=_WAITING),
        sa.Column("attempts", sa.Integer, nullable=False, server_default=_ZERO),
        sa.Column("not_before", _TIME, nullable=False),
        sa.Column("handled_at", _TIME),
        sa.Column("reference", sa.Text),
        sa.CheckConstraint("status in ('waiting', 'handled', 'set_aside')", name="known_status"),
        sa.CheckConstraint(
            "(status = 'waiting') = (handled_at is null)", name="handled_has_a_time"
        ),
        sa.CheckConstraint(
            "status <> 'set_aside' or reference is not null", name="set_aside_is_told"
        ),
        sa.CheckConstraint("attempts >= 0", name="counts_up"),
    )
    op.create_index(
        "ix_telegram_updates_waiting",
        "telegram_updates",
        ["bot_id", "user_key", "update_id"],
        postgresql_where=sa.text("status = 'waiting'"),
    )
    op.create_index(
        "ix_telegram_updates_handled",
        "telegram_updates",
        ["handled_at"],
        postgresql_where=sa.text("handled_at is not null"),
    )


def _outbox() -> None:
    op.create_table(
        "telegram_outbox",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
        sa.Column("bot_id", sa.BigInteger, nullable=False),
        sa.Column("chat_id", sa.BigInteger, nullable=False),
        sa.Column("priority", sa.SmallInteger, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("dedupe_key", sa.Text),
        sa.Column("object_kind", sa.Text),
        sa.Column("object_id", sa.Text),
        sa.Column("reply_kind", sa.Text),
        sa.Column("reply_id", sa.Text),
        sa.Column("payload", _JSON, nullable=False),
        sa.Column("photo", _JSON),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False, server_default=_WAITING),
        sa.Column("attempts", sa.Integer, nullable=False, server_default=_ZERO),
        sa.Column("not_before", _TIME, nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("done_at", _TIME),
        sa.Column("message_id", sa.BigInteger),
        sa.Column("last_error", sa.Text),
        sa.CheckConstraint("priority between 0 and 3", name="known_priority"),
        sa.CheckConstraint("kind in ('send', 'edit', 'live', 'delete', 'call')", name="known_kind"),
        sa.CheckConstraint(
            "status in ('waiting', 'claimed', 'sent', 'failed', 'superseded')",
            name="known_status",
        ),
        sa.CheckConstraint(
            "(kind = 'live') = (object_kind is not null)", name="live_shows_an_object"
        ),
        sa.CheckConstraint("(object_kind is null) = (object_id is null)", name="object_is_whole"),
        sa.CheckConstraint("(reply_kind is null) = (reply_id is null)", name="reply_is_whole"),
        sa.CheckConstraint(
            "(status in ('waiting', 'claimed')) = (done_at is null)", name="done_has_time"
        ),
        sa.CheckConstraint("status <> 'failed' or last_error is not null", name="failed_says_why"),
    )
    _outbox_indexes()


def _outbox_indexes() -> None:
    op.create_index(
        "uq_telegram_outbox_dedupe",
        "telegram_outbox",
        ["bot_id", "dedupe_key"],
        unique=True,
        postgresql_where=sa.text("dedupe_key is not null"),
    )
    op.create_index(
        "uq_telegram_outbox_live",
        "telegram_outbox",
        ["bot_id", "chat_id", "object_kind", "object_id"],
        unique=True,
        postgresql_where=sa.text("kind = 'live' and status = 'waiting'"),
    )
    op.create_index(
        "ix_telegram_outbox_pending",
        "telegram_outbox",
        ["bot_id", "chat_id", "priority", "id"],
        postgresql_where=sa.text("status in ('waiting', 'claimed')"),
    )
    op.create_index(
        "ix_telegram_outbox_done",
        "telegram_outbox",
        ["done_at"],
        postgresql_where=sa.text("done_at is not null"),
    )


def _shown() -> None:
    op.create_table(
        "telegram_messages",
        sa.Column("bot_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("chat_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("object_kind", sa.Text, primary_key=True),
        sa.Column("object_id", sa.Text, primary_key=True),
        sa.Column("message_id", sa.BigInteger, nullable=False),
        sa.Column("has_photo", sa.Boolean, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("photo_digest", sa.Text),
        sa.Column("shown_at", _TIME, nullable=False),
        sa.CheckConstraint("has_photo = (photo_digest is not null)", name="photo_is_known"),
    )
    op.create_table(
        "telegram_cursors",
        sa.Column("bot_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("position", sa.Text, nullable=False),
        sa.Column("moved_at", _TIME, nullable=False),
    )
    op.create_table(
        "telegram_chats",
        sa.Column("user_id", sa.Text, sa.ForeignKey("users.id"), primary_key=True),
        sa.Column("chart_theme", sa.Text, nullable=False, server_default=sa.text("'dark'")),
        sa.CheckConstraint("chart_theme in ('dark', 'light')", name="known_theme"),
    )


def downgrade() -> None:
    for table in (
        "telegram_chats",
        "telegram_cursors",
        "telegram_messages",
        "telegram_outbox",
        "telegram_updates",
    ):
        op.drop_table(table)
