"""Sessions of the Mini App."""

from __future__ import annotations

revision = "0006_sessions"
down_revision = "0005_bot"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
