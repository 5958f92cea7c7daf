"""Tables of the stand-in chat; nobody else touches them."""

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
    SmallInteger,
    Table,
    Text,
    func,
)
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import JSONB

from foundation.db import metadata

_TIME = DateTime(timezone=True)
# a missing value is SQL null, never the JSON word null
_JSON = JSONB(none_as_null=True)

bot = Table(
    "sandbox_bot",
    metadata,
    Column("id", SmallInteger, primary_key=True, autoincrement=False),
    Column("last_update_id", BigInteger, nullable=False, server_default=sql("0")),
    Column("allowed_updates", _JSON),
    Column("webhook", _JSON),
    Column("menu_button", _JSON),
    CheckConstraint("id = 1", name="only_one"),
    CheckConstraint("last_update_id >= 0", name="counts_up"),
)
"""One row: the counter every update takes its number from, and what the bot set for itself."""

users = Table(
    "sandbox_users",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("first_name", Text, nullable=False),
    Column("last_name", Text),
    Column("username", Text),
    Column("language_code", Text, nullable=False),
    Column("created_at", _TIME, nullable=False),
    CheckConstraint("id > 0", name="id_of_a_person"),
    CheckConstraint("first_name <> ''", name="has_a_name"),
)
Index("uq_sandbox_users_username", func.lower(users.c.username), unique=True)

chats = Table(
    "sandbox_chats",
    metadata,
    Column("id", BigInteger, ForeignKey(users.c.id), primary_key=True, autoincrement=False),
    Column("started", Boolean, nullable=False, server_default=sql("false")),
    Column("blocked", Boolean, nullable=False, server_default=sql("false")),
    Column("last_message_id", BigInteger, nullable=False, server_default=sql("0")),
    Column("read_to", BigInteger, nullable=False, server_default=sql("0")),
    Column("pinned_message_id", BigInteger),
    Column("menu_button", _JSON),
    Column("reply_keyboard", _JSON),
)
"""The private chat of one user with the bot; its id is the user's, as in Telegram."""

invoices = Table(
    "sandbox_invoices",
    metadata,
    Column("slug", Text, primary_key=True),
    Column("content", _JSON, nullable=False),
    Column("created_at", _TIME, nullable=False),
)

messages = Table(
    "sandbox_messages",
    metadata,
    Column("chat_id", BigInteger, ForeignKey(chats.c.id), primary_key=True, autoincrement=False),
    Column("message_id", BigInteger, primary_key=True, autoincrement=False),
    Column("from_bot", Boolean, nullable=False),
    Column("date", _TIME, nullable=False),
    Column("edit_date", _TIME),
    Column("reply_to", BigInteger),
    Column("content", _JSON, nullable=False),
    Column("reaction", Text),
    Column("invoice_slug", Text, ForeignKey(invoices.c.slug)),
    CheckConstraint("message_id > 0", name="counts_from_one"),
    CheckConstraint("edit_date is null or edit_date >= date", name="edited_after_sent"),
    CheckConstraint("jsonb_typeof(content) = 'object'", name="content_is_an_object"),
)
"""`content` holds the message's own fields as the Bot API names them (text, entities, photo …)."""

updates = Table(
    "sandbox_updates",
    metadata,
    Column("update_id", BigInteger, primary_key=True, autoincrement=False),
    Column("kind", Text, nullable=False),
    Column("body", _JSON, nullable=False),
    Column("created_at", _TIME, nullable=False),
)
"""What the bot has not confirmed yet."""

files = Table(
    "sandbox_files",
    metadata,
    Column("file_id", Text, primary_key=True),
    Column("unique_id", Text, nullable=False),
    Column("path", Text, nullable=False, unique=True),
    Column("name", Text),
    Column("mime_type", Text, nullable=False),
    Column("size", Integer, nullable=False),
    Column("width", Integer),
    Column("height", Integer),
    Column("content", LargeBinary, nullable=False),
    Column("created_at", _TIME, nullable=False),
    CheckConstraint("size = octet_length(content)", name="size_is_true"),
    CheckConstraint("(width is null) = (height is null)", name="measured_both_ways"),
)

queries = Table(
    "sandbox_queries",
    metadata,
    Column("id", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("chat_id", BigInteger, ForeignKey(chats.c.id), nullable=False),
    Column("message_id", BigInteger),
    Column("data", Text, nullable=False),
    Column("created_at", _TIME, nullable=False),
    Column("answered_at", _TIME),
    CheckConstraint("kind in ('callback', 'pre_checkout')", name="known_kind"),
    CheckConstraint("answered_at is null or answered_at >= created_at", name="answered_after"),
)
"""Button presses (`data` = callback data) and checkouts (`data` = invoice slug) put to the bot."""

commands = Table(
    "sandbox_commands",
    metadata,
    Column("scope", Text, primary_key=True),
    Column("language_code", Text, primary_key=True),
    Column("commands", _JSON, nullable=False),
)

texts = Table(
    "sandbox_texts",
    metadata,
    Column("kind", Text, primary_key=True),
    Column("language_code", Text, primary_key=True),
    Column("text", Text, nullable=False),
    CheckConstraint("kind in ('name', 'description', 'short_description')", name="known_kind"),
)
"""What the bot calls itself; the empty language code is everybody's."""
