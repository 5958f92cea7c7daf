"""Engine: the trading state of all accounts together."""

from __future__ import annotations

from alembic import op

revision = "0017_installation"
down_revision = "0016_books"
branch_labels = None
depends_on = None

_UP = """
create table installation (
    one boolean default true not null, state text not null, version bigint not null,
    changed_at timestamptz not null, changed_by text not null,
    constraint pk_installation primary key (one),
    constraint ck_installation_one_row check (one),
    constraint ck_installation_known_state check (state in ('running', 'paused', 'halted'))
)
"""


def upgrade() -> None:
    op.execute(_UP)


def downgrade() -> None:
    op.execute("drop table installation")
