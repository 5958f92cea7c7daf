"""People: users, consents, and an audit log that the database itself keeps append-only."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0001_people"
down_revision = None
branch_labels = None
depends_on = None

_REFUSE = """
create function audit_log_refuses() returns trigger language plpgsql as $$
begin
    raise exception 'audit_log is append-only: % is refused', tg_op
        using errcode = 'insufficient_privilege';
end
$$
"""
# "always": also in a session that replays replication, where ordinary triggers are silent
_TRIGGERS = (
    "create trigger audit_log_keeps_rows before update or delete on audit_log "
    "for each row execute function audit_log_refuses()",
    "create trigger audit_log_keeps_all before truncate on audit_log "
    "for each statement execute function audit_log_refuses()",
    "alter table audit_log enable always trigger audit_log_keeps_rows",
    "alter table audit_log enable always trigger audit_log_keeps_all",
)


def upgrade() -> None:
    op.create_table(
        "users",
        sa.Column("id", sa.Text),
        sa.Column("telegram_id", sa.BigInteger, nullable=False),
        sa.Column("first_name", sa.Text, nullable=False),
        sa.Column("username", sa.Text),
        sa.Column("language", sa.Text),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("reachable", sa.Boolean, nullable=False, server_default=sa.text("true")),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_users"),
        sa.UniqueConstraint("telegram_id", name="uq_users_telegram_id"),
        sa.CheckConstraint("telegram_id > 0", name="ck_users_telegram_id"),
        sa.CheckConstraint("role in ('owner', 'admin', 'user')", name="ck_users_role"),
    )
    op.create_table(
        "consents",
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.Column("version", sa.Text, nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("user_id", "document", "version", name="pk_consents"),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="fk_consents_user_id_users", ondelete="CASCADE"
        ),
    )
    _create_audit()
    op.create_table(
        "owner_claims",
        sa.Column("token_hash", sa.Text),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True)),
        sa.Column("used_by", sa.Text),
        sa.PrimaryKeyConstraint("token_hash", name="pk_owner_claims"),
        sa.ForeignKeyConstraint(
            ["used_by"], ["users.id"], name="fk_owner_claims_used_by_users", ondelete="SET NULL"
        ),
        sa.CheckConstraint("expires_at > created_at", name="ck_owner_claims_expires_later"),
    )


def _create_audit() -> None:
    op.create_table(
        "audit_log",
        sa.Column("id", sa.Text),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Text),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("object_type", sa.Text, nullable=False),
        sa.Column("object_id", sa.Text, nullable=False),
        sa.Column("before", JSONB),
        sa.Column("after", JSONB),
        sa.PrimaryKeyConstraint("id", name="pk_audit_log"),
    )
    op.create_index(
        "ix_audit_log_object_type_object_id_id", "audit_log", ["object_type", "object_id", "id"]
    )
    op.create_index("ix_audit_log_actor_id_id", "audit_log", ["actor_id", "id"])
    op.execute(_REFUSE)
    for statement in _TRIGGERS:
        op.execute(statement)
    op.create_table(
        "audit_origins",
        sa.Column("audit_id", sa.Text),
        sa.Column("address", sa.Text),
        sa.Column("user_agent", sa.Text),
        sa.PrimaryKeyConstraint("audit_id", name="pk_audit_origins"),
        sa.ForeignKeyConstraint(
            ["audit_id"], ["audit_log.id"], name="fk_audit_origins_audit_id_audit_log"
        ),
    )


def downgrade() -> None:
    op.drop_table("owner_claims")
    op.drop_table("audit_origins")
    op.drop_table("audit_log")
    op.execute("drop function audit_log_refuses()")
    op.drop_table("consents")
    op.drop_table("users")
