"""Engine: accounts, groups, the inbox, the journal and the outbox."""

from __future__ import annotations

revision = "0002_engine"
down_revision = "0001_people"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
