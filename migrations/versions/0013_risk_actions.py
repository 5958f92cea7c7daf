"""Engine: what the risk engine found and did."""

from __future__ import annotations

from alembic import op

revision = "0013_risk_actions"
down_revision = "0012_trades"
branch_labels = None
depends_on = None

_UP = """
create table risk_actions (
    id bigint generated always as identity, account_id text not null, seq bigint not null,
    at timestamptz not null, kind text not null, action text not null, loser text, symbol text,
    winners jsonb not null, figures jsonb not null, notes text not null,
    constraint pk_risk_actions primary key (id),
    constraint fk_risk_actions_account_id_accounts foreign key (account_id)
        references accounts (id),
    constraint ck_risk_actions_known_kind check (kind in ('risk_reviewed', 'risk_action')),
    constraint ck_risk_actions_winners_are_a_list check (jsonb_typeof(winners) = 'array')
);
create index ix_risk_actions_account_id_id on risk_actions (account_id, id)
"""


def upgrade() -> None:
    for statement in _UP.split(";"):
        op.execute(statement)


def downgrade() -> None:
    op.execute("drop table risk_actions")
