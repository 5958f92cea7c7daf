"""Sandbox: the stand-in chat."""

from __future__ import annotations

revision = "0007_sandbox"
down_revision = "0006_sessions"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
