"""Engine: addresses its events are posted to."""

from __future__ import annotations

from alembic import op

revision = "0011_webhooks"
down_revision = "0009_venue_keys"
branch_labels = None
depends_on = None

_UP = """
create table webhooks (
    id text not null, user_id text not null, account_id text not null, label text not null,
    url text not null, secret bytea not null, created_at timestamptz not null,
    seq bigint not null, event_id bigint not null, failures integer default '0' not null,
    retry_at timestamptz, leased_until timestamptz, last_at timestamptz, last_answer text,
    disabled_at timestamptz,
    constraint pk_webhooks primary key (id),
    constraint fk_webhooks_account_id_accounts foreign key (account_id) references accounts (id),
    constraint fk_webhooks_user_id_users foreign key (user_id) references users (id),
    constraint ck_webhooks_failures_counted check (failures >= 0)
)
"""


def upgrade() -> None:
    op.execute(_UP)
    op.create_index("ix_webhooks_account_id", "webhooks", ["account_id"])


def downgrade() -> None:
    op.execute("drop table webhooks")
