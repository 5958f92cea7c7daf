"""Hooks: which market of its venue an account trades, so that a ticker means the right symbol."""

from __future__ import annotations

from alembic import op

revision = "0014_hook_markets"
down_revision = "0013_risk_actions"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "alter table hooks add column market text default 'spot' not null, "
        "add constraint ck_hooks_known_market check (market in ('spot', 'linear'))"
    )
    op.execute("update hooks h set market = a.market from accounts a where a.id = h.account_id")


def downgrade() -> None:
    op.execute("alter table hooks drop constraint ck_hooks_known_market, drop column market")
