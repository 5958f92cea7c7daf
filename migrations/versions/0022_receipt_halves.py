"""Receipts: a reverse tells what became of each of its halves."""

from __future__ import annotations

from alembic import op

revision = "0022_receipt_halves"
down_revision = "0021_engine_state_events"
branch_labels = None
depends_on = None

_DDL = (
    "alter table receipts add column exit_key text, add column exit_code text, "
    "add column exit_message text, add column exit_acts boolean",
    "alter table receipts add constraint ck_receipts_exit_told_whole "
    "check (num_nulls(exit_key, exit_code, exit_message, exit_acts) in (0, 4))",
    "create index ix_receipts_leaving on receipts (received_at) where exit_code = 'acting'",
)
#: Reverses whose exit is on its way while their entry is offered: each half has its place now.
_ON_THEIR_WAY = """
update receipts set exit_key = inbox_key, exit_code = 'acting', exit_acts = true,
    exit_message = 'The exit is on its way to the account.', inbox_key = null
where signal->>'intent' = 'reverse' and inbox_key like 'signal:%' and settled_at is null
"""


def upgrade() -> None:
    for statement in _DDL:
        op.execute(statement)
    op.execute(_ON_THEIR_WAY)


def downgrade() -> None:
    op.execute(
        "update receipts set inbox_key = exit_key "
        "where exit_code = 'acting' and inbox_key is null and settled_at is null"
    )
    op.execute("drop index ix_receipts_leaving")
    op.execute(
        "alter table receipts drop column exit_key, drop column exit_code, "
        "drop column exit_message, drop column exit_acts"
    )
