"""Market: quotes, candles, the paper venue."""

from __future__ import annotations

revision = "0004_market"
down_revision = "0003_signals"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
