"""Signals: hooks, receipts, signals, offers."""

from __future__ import annotations

revision = "0003_signals"
down_revision = "0002_engine"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
