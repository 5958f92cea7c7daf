"""Sandbox: the stand-in chat."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0007_sandbox"
down_revision = "0006_sessions"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)
_TABLES = (
    "sandbox_texts",
    "sandbox_commands",
    "sandbox_queries",
    "sandbox_files",
    "sandbox_updates",
    "sandbox_messages",
    "sandbox_invoices",
    "sandbox_chats",
    "sandbox_users",
    "sandbox_bot",
)


def upgrade() -> None:
    _people()
    _conversation()
    _updates()
    _queries()
    _profile()


def downgrade() -> None:
    for table in _TABLES:
        op.drop_table(table)


def _people() -> None:
    op.create_table(
        "sandbox_bot",
        sa.Column("id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("last_update_id", sa.BigInteger(), nullable=False, server_default=sa.text("0")),
        sa.Column("allowed_updates", JSONB()),
        sa.Column("webhook", JSONB()),
        sa.Column("menu_button", JSONB()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sandbox_bot")),
        sa.CheckConstraint("id = 1", name=op.f("ck_sandbox_bot_only_one")),
        sa.CheckConstraint("last_update_id >= 0", name=op.f("ck_sandbox_bot_counts_up")),
    )
    op.create_table(
        "sandbox_users",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("first_name", sa.Text(), nullable=False),
        sa.Column("last_name", sa.Text()),
        sa.Column("username", sa.Text()),
        sa.Column("language_code", sa.Text(), nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sandbox_users")),
        sa.CheckConstraint("id > 0", name=op.f("ck_sandbox_users_id_of_a_person")),
        sa.CheckConstraint("first_name <> ''", name=op.f("ck_sandbox_users_has_a_name")),
    )
    op.create_index(
        "uq_sandbox_users_username", "sandbox_users", [sa.text("lower(username)")], unique=True
    )
    op.create_table(
        "sandbox_chats",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("started", sa.Boolean(), nullable=False, server_default=sa.text("false")),
        sa.Column("blocked", sa.Boolean(), nullable=False, server_default=sa.text("false")),
        sa.Column("last_message_id", sa.BigInteger(), nullable=False, server_default=sa.text("0")),
        sa.Column("read_to", sa.BigInteger(), nullable=False, server_default=sa.text("0")),
        sa.Column("pinned_message_id", sa.BigInteger()),
        sa.Column("menu_button", JSONB()),
        sa.Column("reply_keyboard", JSONB()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sandbox_chats")),
        sa.ForeignKeyConstraint(
            ["id"], ["sandbox_users.id"], name=op.f("fk_sandbox_chats_id_sandbox_users")
        ),
    )


def _conversation() -> None:
    op.create_table(
        "sandbox_invoices",
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("content", JSONB(), nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("slug", name=op.f("pk_sandbox_invoices")),
    )
    op.create_table(
        "sandbox_messages",
        sa.Column("chat_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("message_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("from_bot", sa.Boolean(), nullable=False),
        sa.Column("date", _TIME, nullable=False),
        sa.Column("edit_date", _TIME),
        sa.Column("reply_to", sa.BigInteger()),
        sa.Column("content", JSONB(), nullable=False),
        sa.Column("reaction", sa.Text()),
        sa.Column("invoice_slug", sa.Text()),
        sa.PrimaryKeyConstraint("chat_id", "message_id", name=op.f("pk_sandbox_messages")),
        sa.ForeignKeyConstraint(
            ["chat_id"],
            ["sandbox_chats.id"],
            name=op.f("fk_sandbox_messages_chat_id_sandbox_chats"),
        ),
        sa.ForeignKeyConstraint(
            ["invoice_slug"],
            ["sandbox_invoices.slug"],
            name=op.f("fk_sandbox_messages_invoice_slug_sandbox_invoices"),
        ),
        sa.CheckConstraint("message_id > 0", name=op.f("ck_sandbox_messages_counts_from_one")),
        sa.CheckConstraint(
            "edit_date is null or edit_date >= date",
            name=op.f("ck_sandbox_messages_edited_after_sent"),
        ),
        sa.CheckConstraint(
            "jsonb_typeof(content) = 'object'",
            name=op.f("ck_sandbox_messages_content_is_an_object"),
        ),
    )


def _updates() -> None:
    op.create_table(
        "sandbox_updates",
        sa.Column("update_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("body", JSONB(), nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("update_id", name=op.f("pk_sandbox_updates")),
    )
    op.create_table(
        "sandbox_files",
        sa.Column("file_id", sa.Text(), nullable=False),
        sa.Column("unique_id", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("name", sa.Text()),
        sa.Column("mime_type", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("width", sa.Integer()),
        sa.Column("height", sa.Integer()),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("file_id", name=op.f("pk_sandbox_files")),
        sa.UniqueConstraint("path", name=op.f("uq_sandbox_files_path")),
        sa.CheckConstraint(
            "size = octet_length(content)", name=op.f("ck_sandbox_files_size_is_true")
        ),
        sa.CheckConstraint(
            "(width is null) = (height is null)", name=op.f("ck_sandbox_files_measured_both_ways")
        ),
    )


def _queries() -> None:
    op.create_table(
        "sandbox_queries",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("chat_id", sa.BigInteger(), nullable=False),
        sa.Column("message_id", sa.BigInteger()),
        sa.Column("data", sa.Text(), nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("answered_at", _TIME),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sandbox_queries")),
        sa.ForeignKeyConstraint(
            ["chat_id"], ["sandbox_chats.id"], name=op.f("fk_sandbox_queries_chat_id_sandbox_chats")
        ),
        sa.CheckConstraint(
            "kind in ('callback', 'pre_checkout')", name=op.f("ck_sandbox_queries_known_kind")
        ),
        sa.CheckConstraint(
            "answered_at is null or answered_at >= created_at",
            name=op.f("ck_sandbox_queries_answered_after"),
        ),
    )


def _profile() -> None:
    op.create_table(
        "sandbox_commands",
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("language_code", sa.Text(), nullable=False),
        sa.Column("commands", JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("scope", "language_code", name=op.f("pk_sandbox_commands")),
    )
    op.create_table(
        "sandbox_texts",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("language_code", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "language_code", name=op.f("pk_sandbox_texts")),
        sa.CheckConstraint(
            "kind in ('name', 'description', 'short_description')",
            name=op.f("ck_sandbox_texts_known_kind"),
        ),
    )
