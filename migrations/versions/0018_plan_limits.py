"""Engine: what each person's plan allows their accounts."""

from __future__ import annotations

from alembic import op

revision = "0018_plan_limits"
down_revision = "0017_installation"
branch_labels = None
depends_on = None

_UP = """
create table plan_limits (
    user_id text not null, fact jsonb not null, version bigint not null,
    changed_at timestamptz not null, changed_by text not null,
    constraint pk_plan_limits primary key (user_id),
    constraint fk_plan_limits_user_id_users foreign key (user_id) references users (id)
)
"""


def upgrade() -> None:
    op.execute(_UP)


def downgrade() -> None:
    op.execute("drop table plan_limits")
