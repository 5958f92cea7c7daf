"""Bot: update inbox, message outbox, chat state."""

from __future__ import annotations

revision = "0005_bot"
down_revision = "0004_market"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
