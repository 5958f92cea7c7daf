"""Engine: events of states have one name, whoever's state it is."""

from __future__ import annotations

from alembic import op

revision = "0021_engine_state_events"
down_revision = "0020_margin_mode"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "update events set kind = 'engine_state', "
        """data = '{"scope": "account"}'::jsonb || data where kind = 'state_changed'"""
    )


def downgrade() -> None:
    op.execute("delete from events where kind = 'engine_state' and data->>'scope' = 'engine'")
    op.execute("update events set kind = 'state_changed' where kind = 'engine_state'")
