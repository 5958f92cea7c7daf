"""Waiting signals: whether one waits for the first price of its symbol."""

from __future__ import annotations

from alembic import op

revision = "0024_waits_for_price"
down_revision = "0023_fill_fees"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "alter table queued_signals add column waits_for_price boolean not null default false"
    )
    # until now it was told by how long a signal may wait at most
    op.execute(
        "update queued_signals set waits_for_price = true where status = 'queued' "
        "and loss_percent is null and expires_at - queued_at <= interval '30 seconds'"
    )
    op.execute("alter table queued_signals alter column waits_for_price drop default")


def downgrade() -> None:
    op.execute("alter table queued_signals drop column waits_for_price")
