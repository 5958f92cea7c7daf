"""Fills: what was paid for each, in which asset, at which rate, and its worth."""

from __future__ import annotations

from alembic import op

revision = "0023_fill_fees"
down_revision = "0022_receipt_halves"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "alter table fills add column fee numeric, add column fee_asset text, "
        "add column fee_rate numeric, add column fee_usd numeric"
    )
    op.execute(
        "alter table fills add constraint ck_fills_fee_named_whole "
        "check ((fee is null) = (fee_asset is null))"
    )


def downgrade() -> None:
    op.execute(
        "alter table fills drop column fee, drop column fee_asset, drop column fee_rate, "
        "drop column fee_usd"
    )
