"""Venues: the margin mode that was set for each symbol last."""

from __future__ import annotations

from alembic import op

revision = "0020_margin_mode"
down_revision = "0019_boards"
branch_labels = None
depends_on = None

_UP = (
    "alter table venue_symbols add column margin_mode text",
    "alter table venue_symbols add constraint ck_venue_symbols_known_margin_mode "
    "check (margin_mode in ('isolated', 'cross'))",
)


def upgrade() -> None:
    for statement in _UP:
        op.execute(statement)


def downgrade() -> None:
    op.execute("alter table venue_symbols drop column margin_mode")
