"""Engine: accounts as they stood when they were opened or the core was upgraded."""

from __future__ import annotations

from alembic import op

revision = "0015_snapshots"
down_revision = "0014_hook_markets"
branch_labels = None
depends_on = None

_UP = """
alter table accounts add column core_version text default '' not null;
create table snapshots (
    account_id text not null, seq bigint not null, core_version text not null,
    digest bytea not null, state bytea not null, taken_at timestamptz not null,
    constraint pk_snapshots primary key (account_id, seq, core_version),
    constraint fk_snapshots_account_id_accounts foreign key (account_id) references accounts (id)
)
"""
_DOWN = """
drop table snapshots;
alter table accounts drop column core_version
"""


def upgrade() -> None:
    for statement in _UP.split(";"):
        op.execute(statement)


def downgrade() -> None:
    for statement in _DOWN.split(";"):
        op.execute(statement)
